import { describe, expect, test } from 'vitest';
import {
  labelDifference,
  paymentDifferences,
  type BookedPayment,
  type OrderAccount,
} from '../../src/domain/ledgers.js';

const account = (changes: Partial<OrderAccount> = {}): OrderAccount => ({
  orderId: 'ord_1',
  status: 'delivered',
  fulfillmentStatus: 'delivered',
  currency: 'EUR',
  capturedMinor: 0,
  refundedMinor: 0,
  latePaymentIds: [],
  ...changes,
});

const payment = (changes: Partial<BookedPayment> = {}): BookedPayment => ({
  paymentId: 'pi_1',
  orderId: 'ord_1',
  capturedMinor: 0,
  refundedMinor: 0,
  authorizedMinor: 0,
  currency: 'EUR',
  ...changes,
});

describe('the sums of an order', () => {
  test('agree over several payments', () => {
    const order = account({ capturedMinor: 500, refundedMinor: 100 });
    const payments = [
      payment({ capturedMinor: 300 }),
      payment({ paymentId: 'pi_2', capturedMinor: 200, refundedMinor: 100 }),
    ];
    expect(paymentDifferences(order, payments)).toEqual([]);
  });

  test('differ each for itself, with what is at stake', () => {
    const order = account({ capturedMinor: 500 });
    expect(
      paymentDifferences(order, [payment({ capturedMinor: 400, refundedMinor: 400 })]),
    ).toEqual([
      {
        kind: 'sums_differ',
        subject: 'captured: 5.00 EUR in our books, 4.00 EUR at the provider',
        exposure: { amountMinor: 100, currency: 'EUR' },
      },
      {
        kind: 'sums_differ',
        subject: 'refunded: 0.00 EUR in our books, 4.00 EUR at the provider',
        exposure: { amountMinor: 400, currency: 'EUR' },
      },
    ]);
  });

  const back = payment({ capturedMinor: 400, refundedMinor: 400 });

  test.each<[string, Partial<OrderAccount>, BookedPayment, number]>([
    ['leave out a late payment that was returned', { latePaymentIds: ['pi_1'] }, back, 0],
    ['agree when a void recorded the refund of a capture alone', { refundedMinor: 400 }, back, 0],
    [
      'count a late payment that was not returned',
      { latePaymentIds: ['pi_1'] },
      payment({ capturedMinor: 400 }),
      1,
    ],
    [
      'count no money of another currency',
      { capturedMinor: 400 },
      payment({ capturedMinor: 400, currency: 'USD' }),
      1,
    ],
  ])('%s', (_title, changes, paid, differences) => {
    expect(paymentDifferences(account(changes), [paid])).toHaveLength(differences);
  });
});

describe('an open authorization', () => {
  const held = payment({ authorizedMinor: 400 });

  test.each(['pending', 'awaiting_payment', 'confirmed', 'shipped'] as const)(
    'is as it should be while the order is %s',
    (status) => {
      expect(paymentDifferences(account({ status }), [held])).toEqual([]);
    },
  );

  test.each(['cancelled', 'rejected', 'failed'] as const)(
    'of an order that ended %s is settled as late',
    (status) => {
      expect(paymentDifferences(account({ status }), [held])).toMatchObject([
        { kind: 'open_authorization', fix: 'settle_late' },
      ]);
    },
  );

  test('is only released where a part was captured', () => {
    const order = account({ status: 'failed', capturedMinor: 100 });
    const partly = payment({ capturedMinor: 100, authorizedMinor: 300 });
    expect(paymentDifferences(order, [partly])).toMatchObject([{ fix: 'release_remainder' }]);
  });

  test('of a delivered order is for a person', () => {
    expect(paymentDifferences(account(), [held])).toMatchObject([{ fix: null }]);
  });
});

describe('a label', () => {
  const live = { voided: false };
  const voided = { voided: true };
  const open = { status: 'confirmed', fulfillmentStatus: 'reserved' } as const;
  const cancelled = { status: 'cancelled', fulfillmentStatus: 'none' } as const;
  const lost = { status: 'failed', fulfillmentStatus: 'lost' } as const;

  test.each([
    [open, 'created', undefined, undefined],
    [open, 'created', live, undefined],
    [open, 'bought', live, undefined],
    [open, 'bought', voided, 'label_given_back'],
    [open, 'bought', undefined, 'label_unknown_to_carrier'],
    [open, 'voided', live, 'label_not_voided'],
    [open, 'voided', voided, undefined],
    [open, 'voided', undefined, undefined],
    [cancelled, 'created', live, 'label_not_voided'],
    [cancelled, 'bought', live, 'label_not_voided'],
    [cancelled, 'bought', voided, undefined],
    [lost, 'bought', live, undefined],
    [lost, 'bought', undefined, 'label_unknown_to_carrier'],
  ] as const)(
    'of an order %o whose row is %s, %o at the carrier: %s',
    (order, state, label, is) => {
      const shipment = { shipmentId: 'shp_1', state, providerId: 'prv_1' } as const;
      expect(labelDifference(order, shipment, label)).toBe(is);
    },
  );
});
