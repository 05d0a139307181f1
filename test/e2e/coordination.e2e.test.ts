import { describe, expect, test } from 'vitest';
import { roleNames } from '../../src/up/part.js';
import { newProduct } from '../support/new-product.js';
import { balance, inTwoParcels, kinds, silentHarbor, templates } from '../support/placed-orders.js';
import { useTestStack } from '../support/test-stack.js';
import { waitFor } from '../support/wait-for.js';

const stack = useTestStack({
  roles: roleNames,
  extraEnv: {
    services: { SERVICES_RETRY_CAP_MS: '1000', SERVICES_MAX_ATTEMPTS: '40' },
  },
});

const nowhere = {
  shipping_address: { ...silentHarbor.shipping_address, city: 'Nowhere' },
};

describe.each(['orchestrated', 'choreographed'] as const)('an order that is %s', (coordination) => {
  const place = (changes: object = {}) =>
    stack.placeOrder({ coordination, service_level: 'demo', ...changes });

  test('is charged once, shipped once and delivered', async () => {
    const { id } = await place();
    await stack.waitForStatus(id, 'delivered');
    await stack.waitForFact(id, 'points.awarded');
    await stack.waitForFact(id, 'seller.notified');
    const ledger = await stack.ledger(id);
    expect(kinds(ledger.payments)).toEqual(['authorize', 'capture']);
    expect(kinds(ledger.labels)).toEqual(['buy']);
    expect(await stack.held(id)).toBe(0);
    expect(await stack.points(id)).toBeGreaterThan(0);
    expect(await stack.order(id)).toMatchObject({
      coordination,
      status: 'delivered',
      stage: 'done',
      payment_status: 'captured',
      fulfillment_status: 'delivered',
    });
  });

  test('whose card is declined releases its goods', async () => {
    const { id } = await place({ payment_method: 'pm_card_visa_chargeDeclined' });
    const order = await stack.waitForStatus(id, 'rejected');
    expect(order.payment_status).toBe('declined');
    await stack.waitForFact(id, 'cancellation.sent');
    const { payments, labels } = await stack.expectNothingLeft(id);
    expect(kinds(payments)).toEqual(['decline']);
    expect(labels).toEqual([]);
    expect(order.shipments).toEqual([]);
  });

  test('with too little stock is never charged', async () => {
    const { id } = await place({
      lines: [{ sku: await newProduct(stack, 1), quantity: 2 }],
    });
    await stack.waitForStatus(id, 'rejected');
    await stack.waitForFact(id, 'cancellation.sent');
    expect((await stack.expectNothingLeft(id)).payments).toEqual([]);
  });

  test('that no carrier takes is undone in reverse', async () => {
    await stack.fault({ service: 'carrier', operation: 'buy_label', kind: 'refuse' });
    const { id } = await place();
    await stack.waitForStatus(id, 'rejected');
    const { payments } = await stack.expectNothingLeft(id);
    expect(kinds(payments)).toEqual(['authorize', 'void']);
    const facts = await stack.facts(id);
    const wayBack = ['shipment.refused', 'payment.voided', 'inventory.released', 'order.rejected'];
    expect(facts.filter((fact) => wayBack.includes(fact))).toEqual(wayBack);
  });

  test('whose address no carrier knows is compensated', async () => {
    const { id } = await place(nowhere);
    await stack.waitForStatus(id, 'rejected');
    await stack.expectNothingLeft(id);
  });

  test('does not wait for its mails', async () => {
    await stack.fault({ service: 'mail', operation: 'send', kind: 'error_500', times: 3 });
    const { id } = await place();
    await stack.waitForStatus(id, 'delivered');
    await stack.waitForFact(id, 'confirmation.sent', 60_000);
    await waitFor(
      'the mails',
      async () => {
        expect(templates(await stack.ledger(id))).toEqual([
          'delivered',
          'order_confirmation',
          'order_placed',
          'seller_notice',
          'shipped',
        ]);
      },
      60_000,
    );
  });

  test('is charged once when the answer to its charge is lost', async () => {
    const { id } = await place(silentHarbor);
    await stack.fault({
      service: 'payments',
      operation: 'capture',
      kind: 'drop_response',
      order_id: id,
    });
    await stack.waitForFact(id, 'payment.captured');
    expect(kinds((await stack.ledger(id)).payments)).toEqual(['authorize', 'capture']);
    expect((await stack.cancel(id)).status).toBe(200);
    await stack.expectNothingLeft(id);
  });

  test('gets carrier webhooks late, twice and out of order, and is delivered once', async () => {
    for (const kind of ['late', 'duplicate', 'late'] as const) {
      await stack.fault({ service: 'carrier', operation: 'webhook', kind, delay_ms: 1_500 });
    }
    const { id } = await place();
    await stack.waitForStatus(id, 'delivered');
    const facts = await stack.facts(id);
    for (const once of ['shipment.handed_over', 'shipment.delivered', 'order.delivered']) {
      expect(facts.filter((fact) => fact === once)).toEqual([once]);
    }
    expect(await stack.held(id)).toBe(0);
  });

  test('is refunded when its parcel is lost', async () => {
    const { id } = await place({
      shipping_address: { ...silentHarbor.shipping_address, city: 'Lost Valley' },
    });
    await stack.waitForStatus(id, 'failed');
    expect(balance(await stack.ledger(id))).toBe(0);
    expect(await stack.held(id)).toBe(0);
  });

  test('is sent in two parcels, each with its own money', async () => {
    const { id } = await place({ ...inTwoParcels });
    const order = await stack.waitForStatus(id, 'delivered');
    expect(order.shipments).toHaveLength(2);
    expect(order.payment_status).toBe('captured');
    const { payments, labels } = await stack.ledger(id);
    expect(kinds(payments)).toEqual(['authorize', 'capture', 'capture']);
    expect(payments[1]!.amount + payments[2]!.amount).toBe(payments[0]!.amount);
    expect(kinds(labels)).toEqual(['buy', 'buy']);
    expect(await stack.held(id)).toBe(0);
  });

  test('one of whose two parcels no carrier accepts is compensated as a whole', async () => {
    await stack.fault({ service: 'carrier', operation: 'buy_label', kind: 'refuse' });
    const { id } = await place({ ...silentHarbor, ...inTwoParcels });
    await stack.waitForStatus(id, 'rejected');
    await stack.expectNothingLeft(id);
  });

  describe('can be cancelled', () => {
    test('while its payment cannot be made', async () => {
      await stack.fault({
        service: 'payments',
        operation: 'authorize',
        kind: 'error_500',
        for_ms: 60_000,
      });
      const { id } = await place();
      await stack.waitForFact(id, 'inventory.reserved');
      await stack.cancel(id);
      await stack.waitForStatus(id, 'cancelled');
      expect(kinds((await stack.expectNothingLeft(id)).payments)).toEqual([]);
    });

    test('while its label cannot be bought', { timeout: 60_000 }, async () => {
      await stack.fault({
        service: 'carrier',
        operation: 'buy_label',
        kind: 'error_500',
        for_ms: 60_000,
      });
      const { id } = await place();
      await stack.waitForStatus(id, 'confirmed');
      await stack.cancel(id);
      await stack.waitForStatus(id, 'cancelled');
      expect(kinds((await stack.expectNothingLeft(id)).payments)).toEqual(['authorize', 'void']);
    });

    test('when it is paid and labelled', async () => {
      const { id } = await place(silentHarbor);
      await stack.waitForFact(id, 'payment.captured');
      await stack.waitForFact(id, 'points.awarded');
      const answer = await stack.cancel(id);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({
        status: 'cancelled',
        payment_status: 'refunded',
      });
      await stack.waitForFact(id, 'cancellation.sent');
      const { payments, labels } = await stack.expectNothingLeft(id);
      expect(kinds(payments)).toEqual(['authorize', 'capture', 'refund']);
      expect(kinds(labels)).toEqual(['buy', 'void']);
    });

    test('at the moment in which it was placed', async () => {
      const { id } = await place(silentHarbor);
      await stack.cancel(id);
      await stack.waitForStatus(id, 'cancelled');
      await stack.expectNothingLeft(id);
    });

    test('twice, with one effect', async () => {
      const { id } = await place(silentHarbor);
      await stack.waitForStatus(id, 'confirmed');
      await stack.cancel(id);
      await stack.waitForStatus(id, 'cancelled');
      await stack.waitForFact(id, 'cancellation.sent');
      const before = await stack.facts(id);
      expect((await stack.cancel(id)).status).toBe(200);
      expect(await stack.facts(id)).toEqual(before);
    });
  });

  test('can no longer be cancelled when the carrier has it', async () => {
    const { id } = await place(silentHarbor);
    await stack.waitForFact(id, 'payment.captured');
    const { shipments } = await stack.order(id);
    await stack.scan(shipments[0]!.tracking_number, 'in_transit');
    await stack.waitForStatus(id, 'shipped');
    const refusal = await stack.cancel(id);
    expect(refusal.status).toBe(409);
    expect(await refusal.json()).toMatchObject({
      code: 'order_not_cancellable',
      alternatives: ['return'],
    });
    expect(balance(await stack.ledger(id))).toBeGreaterThan(0);
  });
});

test('both kinds of orders look the same to those who read them', async () => {
  const stories = [];
  for (const coordination of ['orchestrated', 'choreographed']) {
    const { id } = await stack.placeOrder({ coordination, service_level: 'demo' });
    await stack.waitForStatus(id, 'delivered');
    for (const last of ['points.awarded', 'seller.notified', 'confirmation.sent']) {
      await stack.waitForFact(id, last);
    }
    await waitFor('the mails', async () => {
      expect(templates(await stack.ledger(id))).toHaveLength(5);
    });
    await waitFor('the facts', async () => {
      expect((await stack.facts(id)).filter((fact) => fact === 'mail.sent')).toHaveLength(3);
    });
    stories.push({
      facts: (await stack.facts(id)).sort(),
      mails: templates(await stack.ledger(id)),
    });
  }
  expect(stories[1]).toEqual(stories[0]);
});

test('a choreographed order continues when its services are killed in the middle', async () => {
  await stack.fault({ service: 'payments', operation: 'authorize', kind: 'delay', delay_ms: 700 });
  const { id } = await stack.placeOrder({ coordination: 'choreographed', service_level: 'demo' });
  await stack.waitForPayment(id, 'authorize');
  stack.processes.kill('services', 'SIGKILL');
  await stack.waitForStatus(id, 'delivered', 90_000);
  expect(kinds((await stack.ledger(id)).payments)).toEqual(['authorize', 'capture']);
});
