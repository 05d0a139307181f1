import { describe, expect, test } from 'vitest';
import { money } from '../../src/domain/money.js';
import { type Fakes, gate, type Script } from '../support/fakes.js';
import {
  byParcel,
  inTwoParcels,
  ofParcel,
  firstIsPaid,
  scripted,
  undosOncePaid,
} from '../support/scripts.js';
import { expectAuthorizations } from '../support/placed-order.js';
import { useOrderWorker } from '../support/order-worker.js';

const orders = useOrderWorker();

const lost = () => ({ kind: 'authorization_lost' });
const declined = () => ({ kind: 'declined', code: 'generic_decline' });
const eur = (amountMinor: number) => money(amountMinor, 'EUR');

const authorized = (paymentId: string) => () => ({ kind: 'authorized', paymentId });
const renewed = { authorizePayment: [authorized('pi_1'), authorized('pi_2')] };

/** Nothing can be taken from the first authorization any more. */
const firstIsLost: Script = ({ paymentId }: { paymentId: string }) =>
  paymentId === 'pi_1' ? lost() : undefined;

const inTwo =
  (scripts: Readonly<Record<string, readonly Script[]>>, capture: Script) =>
  (fakes: Fakes): void => {
    inTwoParcels(fakes);
    scripted(scripts)(fakes);
    fakes.always('capturePayment', capture);
  };

/** Two parcels; the second one's authorization runs out when the first one has been paid. */
function runsOutBetween(fakes: Fakes): void {
  inTwo(renewed, ofParcel(1, firstIsLost))(fakes);
  fakes.always('createShipment', ofParcel(1, firstIsPaid(fakes)));
}

describe.concurrent('an authorization that ran out', () => {
  test('is renewed once', async () => {
    const order = await orders.place({}, scripted({ ...renewed, capturePayment: [lost] }));
    await order.isDelivered();
    expectAuthorizations(order, 1780, 1780);
    expect(order.amounts('payment.captured')).toEqual([eur(1780)]);
    expect(order.recorded('order.confirmed')).toHaveLength(1);
  });

  test('is not renewed a second time', async () => {
    const order = await orders.place({}, scripted({ capturePayment: [lost, lost] }));
    await order.isRejected('payment_declined');
    expectAuthorizations(order, 1780, 1780);
    expect(order.fakes.times('capturePayment')).toBe(2);
    expect(order.fakes.undos).toContain('releaseInventory');
  });

  test('ends the order, whose label is voided, when its renewal is declined', async () => {
    const answers = { authorizePayment: [authorized('pi_1'), declined], capturePayment: [lost] };
    const order = await orders.place({}, scripted(answers));
    await order.isRejected('payment_declined');
    expect(order.fakes.times('capturePayment')).toBe(1);
    expect(order.fakes.undos).toEqual(['voidLabel 0', ...undosOncePaid]);
    expect(await order.handle.result()).toMatchObject({ paymentStatus: 'declined' });
  });

  test('is renewed once for two parcels that find it out at once', async () => {
    const order = await orders.place({}, (fakes) => {
      const together: Script = async (request) => {
        await fakes.waitForCall('capturePayment', 2);
        return firstIsLost(request);
      };
      inTwo(renewed, together)(fakes);
    });
    await order.isDelivered(2);
    expectAuthorizations(order, 1780, 1780);
    expect(order.amounts('payment.captured')).toEqual([eur(890), eur(890)]);
    const taken = order.fakes.requests('capturePayment').slice(-2);
    expect(taken).toMatchObject([{ paymentId: 'pi_2' }, { paymentId: 'pi_2' }]);
  });
});

describe.concurrent('an order whose authorization was renewed', () => {
  test('renewed only what was not taken yet, and gives each parcel’s money back where it was taken from', async () => {
    const order = await orders.place({}, runsOutBetween);
    await order.waitForFact('payment.captured', 2);
    await order.waitForState({ stage: 'hand_over', paymentStatus: 'captured' });
    expectAuthorizations(order, 1780, 890);
    expect(order.amounts('payment.captured')).toEqual([eur(890), eur(890)]);
    await order.cancel();
    await order.endsAs('cancelled', 'refunded');
    const captures = order.fakes.requests('capturePayment') as { idempotencyKey: string }[];
    expect(order.fakes.requests('refundPayment')).toMatchObject([
      { paymentId: 'pi_2', amount: eur(890), captureKey: captures.at(-1)?.idempotencyKey },
      { paymentId: 'pi_1', amount: eur(890), captureKey: captures[0]?.idempotencyKey },
    ]);
  });

  test('takes the money of a parcel that comes meanwhile from the new one', async () => {
    const renewal = gate<object>();
    const order = await orders.place({}, (fakes) => {
      inTwo({ authorizePayment: [authorized('pi_1'), renewal.wait] }, firstIsLost)(fakes);
      fakes.always(
        'createShipment',
        ofParcel(1, () => fakes.waitForCall('authorizePayment', 2)),
      );
    });
    await order.waitForFact('shipment.created', 2);
    renewal.open(authorized('pi_2')());
    await order.waitForFact('payment.captured', 2);
    await order.isDelivered(2);
    expect(order.fakes.requests('capturePayment')).toMatchObject(
      ['pi_1', 'pi_2', 'pi_2'].map((paymentId) => ({ paymentId })),
    );
  });

  test('releases what it holds of a parcel that was paid from the old one meanwhile', async () => {
    const order = await orders.place({}, (fakes) => {
      const renewing: Script = () => fakes.waitForCall('authorizePayment', 2);
      inTwo(renewed, byParcel(renewing, firstIsLost))(fakes);
    });
    await order.waitForFact('payment.remainder_released');
    await order.isDelivered(2);
    expectAuthorizations(order, 1780, 1780);
    expect(order.fakes.requests('releaseRemainder')).toMatchObject([{ paymentId: 'pi_2' }]);
    expect(order.amounts('payment.remainder_released')).toEqual([eur(890)]);
  });

  test('takes no money of a parcel that comes after the renewal was declined', async () => {
    const order = await orders.place({}, (fakes) => {
      inTwo({ authorizePayment: [authorized('pi_1'), declined] }, lost)(fakes);
      fakes.always(
        'createShipment',
        ofParcel(1, () => {
          if (!fakes.calls.includes('releaseParcel')) throw new Error('not yet');
        }),
      );
    });
    await order.endsAs('rejected', undefined, 'none');
    expect(order.fakes.requests('capturePayment')).toMatchObject([{ paymentId: 'pi_1' }]);
    expect(order.fakes.times('authorizePayment')).toBe(2);
  });
});
