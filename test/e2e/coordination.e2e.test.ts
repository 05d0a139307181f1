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

const coordinations = ['orchestrated', 'choreographed'] as const;
type Coordination = (typeof coordinations)[number];

const placing =
  (coordination: Coordination) =>
  (changes: object = {}) =>
    stack.placeOrder({ coordination, service_level: 'demo', ...changes });

const inCity = (city: string) => ({
  shipping_address: { ...silentHarbor.shipping_address, city },
});

const mails = ['delivered', 'order_confirmation', 'order_placed', 'seller_notice', 'shipped'];

// Without faults: they run side by side.
describe.concurrent.each(coordinations)('an order that is %s', (coordination) => {
  const place = placing(coordination);

  test.each([
    ['card is declined', { payment_method: 'pm_card_visa_chargeDeclined' }, 'declined'],
    ['address no carrier knows', inCity('Nowhere'), 'voided'],
  ])('whose %s is rejected and leaves nothing', async (_what, changes, payment_status) => {
    const { id } = await place(changes);
    expect(await stack.waitForStatus(id, 'rejected')).toMatchObject({ payment_status });
    await stack.waitForFact(id, 'cancellation.sent');
    expect((await stack.expectNothingLeft(id)).labels).toEqual([]);
  });

  test('with too little stock is never charged', async () => {
    const { id } = await place({
      lines: [{ sku: await newProduct(stack, 1), quantity: 2 }],
    });
    await stack.waitForStatus(id, 'rejected');
    await stack.waitForFact(id, 'cancellation.sent');
    expect((await stack.expectNothingLeft(id)).payments).toEqual([]);
  });

  test('is refunded when its parcel is lost', async () => {
    const { id } = await place(inCity('Lost Valley'));
    await stack.waitForStatus(id, 'failed');
    expect(balance(await stack.ledger(id))).toBe(0);
    expect(await stack.held(id)).toBe(0);
  });

  test('is sent in two parcels, each with its own money', async () => {
    const { id } = await place(inTwoParcels);
    const order = await stack.waitForStatus(id, 'delivered');
    expect(order.shipments).toHaveLength(2);
    expect(order.payment_status).toBe('captured');
    const { payments, labels } = await stack.ledger(id);
    expect(kinds(payments)).toEqual(['authorize', 'capture', 'capture']);
    expect(payments[1]!.amount + payments[2]!.amount).toBe(payments[0]!.amount);
    expect(kinds(labels)).toEqual(['buy', 'buy']);
    expect(await stack.held(id)).toBe(0);
  });

  test('can be cancelled at the moment in which it was placed', async () => {
    const { id } = await place(silentHarbor);
    await stack.cancel(id);
    await stack.waitForStatus(id, 'cancelled');
    await stack.expectNothingLeft(id);
  });

  test('can be cancelled twice, with one effect', async () => {
    const { id } = await place(silentHarbor);
    await stack.waitForStatus(id, 'confirmed');
    await stack.cancel(id);
    await stack.waitForStatus(id, 'cancelled');
    await stack.waitForFact(id, 'cancellation.sent');
    const before = await stack.facts(id);
    expect((await stack.cancel(id)).status).toBe(200);
    expect(await stack.facts(id)).toEqual(before);
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

describe.each(coordinations)('an order that is %s, while a provider fails,', (coordination) => {
  const place = placing(coordination);
  const labels = { service: 'carrier', operation: 'buy_label' };

  test('is compensated in reverse when no carrier takes it', async () => {
    await stack.fault({ ...labels, kind: 'refuse' });
    const { id } = await place();
    await stack.waitForStatus(id, 'rejected');
    const { payments } = await stack.expectNothingLeft(id);
    expect(kinds(payments)).toEqual(['authorize', 'void']);
    const facts = await stack.facts(id);
    const undone = ['shipment.refused', 'payment.voided', 'inventory.released', 'order.rejected'];
    expect(facts.filter((fact) => undone.includes(fact))).toEqual(undone);
  });

  test('is compensated as a whole when no carrier accepts one of its two parcels', async () => {
    await stack.fault({ ...labels, kind: 'refuse' });
    const { id } = await place({ ...silentHarbor, ...inTwoParcels });
    await stack.waitForStatus(id, 'rejected');
    await stack.expectNothingLeft(id);
  });

  test('does not wait for its mails', async () => {
    await stack.fault({ service: 'mail', operation: 'send', kind: 'error_500', times: 3 });
    const { id } = await place();
    await stack.waitForStatus(id, 'delivered');
    await stack.waitForFact(id, 'confirmation.sent', 60_000);
    const sent = async () => templates(await stack.ledger(id));
    await waitFor('the mails', async () => (await sent()).length >= mails.length, 60_000);
    expect(await sent()).toEqual(mails);
  });

  test('is charged once when the answer to its charge is lost', async () => {
    await stack.fault({ service: 'payments', operation: 'capture', kind: 'drop_response' });
    const { id } = await place(silentHarbor);
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
    const { payments, labels } = await stack.ledger(id);
    expect([kinds(payments), kinds(labels)]).toEqual([['authorize', 'capture'], ['buy']]);
    expect(await stack.held(id)).toBe(0);
  });

  test.each([
    ['payment', { service: 'payments', operation: 'authorize' }, 'inventory.reserved', []],
    ['label', labels, 'order.confirmed', ['authorize', 'void']],
  ])('can be cancelled though its %s fails', async (_what, failing, before, payments) => {
    await stack.fault({ ...failing, kind: 'error_500', for_ms: 60_000 });
    const { id } = await place();
    await stack.waitForFact(id, before);
    await stack.cancel(id);
    await stack.waitForStatus(id, 'cancelled');
    expect(kinds((await stack.expectNothingLeft(id)).payments)).toEqual(payments);
  });
});

test('a choreographed order continues when its services are killed in the middle', async () => {
  await stack.fault({ service: 'payments', operation: 'authorize', kind: 'delay', delay_ms: 700 });
  const { id } = await placing('choreographed')();
  await stack.waitForPayment(id, 'authorize');
  stack.processes.kill('services', 'SIGKILL');
  await stack.waitForStatus(id, 'delivered', 90_000);
  expect(kinds((await stack.ledger(id)).payments)).toEqual(['authorize', 'capture']);
});
