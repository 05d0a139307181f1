import { describe, expect, test } from 'vitest';
import { newProduct } from '../support/new-product.js';
import {
  balance,
  inTwoParcels,
  silentHarbor,
  templates,
  useCoordinationDesk,
} from '../support/coordination-desk.js';
import { kinds } from '../support/running-stack.js';
import { waitFor } from '../support/wait-for.js';

const desk = useCoordinationDesk();

const nowhere = {
  shipping_address: { ...silentHarbor.shipping_address, city: 'Nowhere' },
};

describe.each(['orchestrated', 'choreographed'] as const)('an order that is %s', (coordination) => {
  const place = (changes: object = {}) =>
    desk.running.placeOrder({ coordination, service_level: 'demo', ...changes });

  test('is charged once, shipped once and delivered', async () => {
    const { id } = await place();
    await desk.running.waitForStatus(id, 'delivered');
    await desk.running.waitForFact(id, 'points.awarded');
    await desk.running.waitForFact(id, 'seller.notified');
    const ledger = await desk.running.ledger(id);
    expect(kinds(ledger.payments)).toEqual(['authorize', 'capture']);
    expect(kinds(ledger.labels)).toEqual(['buy']);
    expect(await desk.held(id)).toBe(0);
    expect(await desk.points(id)).toBeGreaterThan(0);
    expect(await desk.running.order(id)).toMatchObject({
      coordination,
      status: 'delivered',
      stage: 'done',
      payment_status: 'captured',
      fulfillment_status: 'delivered',
    });
  });

  test('whose card is declined gives its goods back', async () => {
    const { id } = await place({ payment_method: 'pm_card_visa_chargeDeclined' });
    const order = await desk.running.waitForStatus(id, 'rejected');
    expect(order.payment_status).toBe('declined');
    await desk.running.waitForFact(id, 'cancellation.sent');
    const { payments, labels } = await desk.expectNothingLeft(id);
    expect(kinds(payments)).toEqual(['decline']);
    expect(labels).toEqual([]);
    expect(order.shipments).toEqual([]);
  });

  test('of which too little is there is never charged', async () => {
    const { id } = await place({
      lines: [{ sku: await newProduct(desk.running, 1), quantity: 2 }],
    });
    await desk.running.waitForStatus(id, 'rejected');
    await desk.running.waitForFact(id, 'cancellation.sent');
    expect((await desk.expectNothingLeft(id)).payments).toEqual([]);
  });

  test('that no carrier takes is undone in reverse', async () => {
    await desk.running.fault({ service: 'carrier', operation: 'buy_label', kind: 'refuse' });
    const { id } = await place();
    await desk.running.waitForStatus(id, 'rejected');
    const { payments } = await desk.expectNothingLeft(id);
    expect(kinds(payments)).toEqual(['authorize', 'void']);
    const facts = await desk.running.facts(id);
    const wayBack = ['shipment.refused', 'payment.voided', 'inventory.released', 'order.rejected'];
    expect(facts.filter((fact) => wayBack.includes(fact))).toEqual(wayBack);
  });

  test('whose address no carrier knows is undone', async () => {
    const { id } = await place(nowhere);
    await desk.running.waitForStatus(id, 'rejected');
    await desk.expectNothingLeft(id);
  });

  test('does not wait for its mails', async () => {
    await desk.running.fault({ service: 'mail', operation: 'send', kind: 'error_500', times: 3 });
    const { id } = await place();
    await desk.running.waitForStatus(id, 'delivered');
    await desk.running.waitForFact(id, 'confirmation.sent', 60_000);
    await waitFor(
      'the mails',
      async () => {
        expect(templates(await desk.running.ledger(id))).toEqual([
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
    await desk.running.fault({
      service: 'payments',
      operation: 'capture',
      kind: 'drop_response',
      order_id: id,
    });
    await desk.running.waitForFact(id, 'payment.captured');
    expect(kinds((await desk.running.ledger(id)).payments)).toEqual(['authorize', 'capture']);
    expect((await desk.cancel(id)).status).toBe(200);
    await desk.expectNothingLeft(id);
  });

  test('hears of the carrier late, twice, and out of order, and is delivered once', async () => {
    for (const kind of ['late', 'duplicate', 'late'] as const) {
      await desk.running.fault({ service: 'carrier', operation: 'webhook', kind, delay_ms: 1_500 });
    }
    const { id } = await place();
    await desk.running.waitForStatus(id, 'delivered');
    const facts = await desk.running.facts(id);
    for (const once of ['shipment.handed_over', 'shipment.delivered', 'order.delivered']) {
      expect(facts.filter((fact) => fact === once)).toEqual([once]);
    }
    expect(await desk.held(id)).toBe(0);
  });

  test('is refunded when its parcel is lost', async () => {
    const { id } = await place({
      shipping_address: { ...silentHarbor.shipping_address, city: 'Lost Valley' },
    });
    await desk.running.waitForStatus(id, 'failed');
    expect(balance(await desk.running.ledger(id))).toBe(0);
    expect(await desk.held(id)).toBe(0);
  });

  test('is sent in two parcels, each with its own money', async () => {
    const { id } = await place({
      ...inTwoParcels,
    });
    const order = await desk.running.waitForStatus(id, 'delivered');
    expect(order.shipments).toHaveLength(2);
    expect(order.payment_status).toBe('captured');
    const { payments, labels } = await desk.running.ledger(id);
    expect(kinds(payments)).toEqual(['authorize', 'capture', 'capture']);
    expect(payments[1]!.amount + payments[2]!.amount).toBe(payments[0]!.amount);
    expect(kinds(labels)).toEqual(['buy', 'buy']);
    expect(await desk.held(id)).toBe(0);
  });

  test('one of whose two parcels no carrier takes is undone whole', async () => {
    await desk.running.fault({ service: 'carrier', operation: 'buy_label', kind: 'refuse' });
    const { id } = await place({
      ...silentHarbor,
      ...inTwoParcels,
    });
    await desk.running.waitForStatus(id, 'rejected');
    await desk.expectNothingLeft(id);
  });

  test('goes on when its processes are killed in the middle', async () => {
    await desk.running.fault({
      service: 'payments',
      operation: 'authorize',
      kind: 'delay',
      delay_ms: 700,
    });
    const { id } = await place();
    await desk.running.waitForPayment(id, 'authorize');
    const victim = coordination === 'orchestrated' ? 'worker' : 'services';
    desk.running.stack.kill(victim, 'SIGKILL');
    await desk.running.waitForStatus(id, 'delivered', 90_000);
    expect(kinds((await desk.running.ledger(id)).payments)).toEqual(['authorize', 'capture']);
  });
});

test('both kinds of orders look the same to those who read them', async () => {
  const stories = [];
  for (const coordination of ['orchestrated', 'choreographed']) {
    const { id } = await desk.running.placeOrder({ coordination, service_level: 'demo' });
    await desk.running.waitForStatus(id, 'delivered');
    for (const last of ['points.awarded', 'seller.notified', 'confirmation.sent']) {
      await desk.running.waitForFact(id, last);
    }
    await waitFor('the mails', async () => {
      expect(templates(await desk.running.ledger(id))).toHaveLength(5);
    });
    await waitFor('the facts', async () => {
      expect((await desk.running.facts(id)).filter((fact) => fact === 'mail.sent')).toHaveLength(3);
    });
    stories.push({
      facts: (await desk.running.facts(id)).sort(),
      mails: templates(await desk.running.ledger(id)),
    });
  }
  expect(stories[1]).toEqual(stories[0]);
});
