import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import {
  authorization,
  buyLabel,
  failureOf,
  outcomeOf,
  parcelFor,
  startHarness,
  type Harness,
} from './harness.js';
import { waitFor } from '../support/wait-for.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterEach(() => harness.control('DELETE', 'faults'));
afterAll(() => harness.stop());

const authorize = (orderId: string) => harness.stripe.paymentIntents.create(authorization(orderId));
const outcomes = async (orderIds: string[]) => {
  const found: string[] = [];
  for (const orderId of orderIds) found.push(await outcomeOf(authorize(orderId)));
  return found;
};
const declines = { service: 'payments', operation: 'authorize', kind: 'decline' };

test('strikes once unless told otherwise', async () => {
  await harness.fault(declines);
  expect(await outcomes(['a', 'b'])).toEqual(['card_declined', 'requires_capture']);
});

test('strikes as many times as asked', async () => {
  await harness.fault({ ...declines, times: 2 });
  expect(await outcomes(['a', 'b', 'c'])).toEqual([
    'card_declined',
    'card_declined',
    'requires_capture',
  ]);
});

test('strikes for a time', async () => {
  await harness.fault({ ...declines, for_ms: 600 });
  expect(await outcomes(['a', 'b', 'c'])).toEqual(Array(3).fill('card_declined'));
  await waitFor('the end of the fault', async () => {
    const [outcome] = await outcomes(['d']);
    return outcome === 'requires_capture';
  });
  expect((await harness.control('GET', 'faults')).body.data).toEqual([]);
});

test('strikes the order that it was set for', async () => {
  await harness.fault({ ...declines, order_id: 'ord_victim' });
  expect(await outcomes(['ord_lucky', 'ord_victim'])).toEqual([
    'requires_capture',
    'card_declined',
  ]);
});

test('strikes a capture, whose order is known only to the provider', async () => {
  const { id } = await authorize('ord_capture');
  await harness.fault({
    service: 'payments',
    operation: 'capture',
    kind: 'refuse',
    order_id: 'ord_capture',
  });
  await expect(harness.stripe.paymentIntents.capture(id)).rejects.toMatchObject({
    statusCode: 400,
    code: 'charge_expired_for_capture',
  });
  expect((await harness.ledger('ord_capture')).payments).toHaveLength(1);
});

test('strikes any operation of a service with a star', async () => {
  await harness.fault({ service: '*', operation: '*', kind: 'error_500', times: 2 });
  expect(await failureOf(harness.stripe.paymentIntents.list())).toMatchObject({ statusCode: 500 });
  const shipment = harness.easypost.Shipment.create(parcelFor('ord_star'));
  await expect(shipment).rejects.toMatchObject({ statusCode: 500 });
});

test('cuts the connection before any effect when the provider is down', async () => {
  await harness.fault({
    service: 'payments',
    operation: '*',
    kind: 'down',
    order_id: 'ord_down',
    for_ms: 60_000,
  });
  const error = await failureOf(authorize('ord_down'));
  expect(error.type).toBe('StripeConnectionError');
  expect((await harness.ledger('ord_down')).payments).toEqual([]);
});

test('answers late after the effect', async () => {
  await harness.fault({
    service: 'payments',
    operation: 'authorize',
    kind: 'delay',
    delay_ms: 300,
  });
  const startMs = Date.now();
  await authorize('ord_slow');
  expect(Date.now() - startMs).toBeGreaterThanOrEqual(290);
});

test('refuses to sell or to take back a label', async () => {
  const refuse = { service: 'carrier', kind: 'refuse' };
  await harness.fault({ ...refuse, operation: 'buy_label' });
  await expect(buyLabel(harness.easypost, 'ord_label')).rejects.toMatchObject({
    statusCode: 422,
    code: 'SHIPMENT.POSTAGE.FAILURE',
  });
  const { id } = await buyLabel(harness.easypost, 'ord_label');
  await harness.fault({ ...refuse, operation: 'void_label' });
  await expect(harness.easypost.Shipment.refund(id)).rejects.toMatchObject({
    statusCode: 422,
    code: 'SHIPMENT.REFUND.FAILURE',
  });
  expect((await harness.ledger('ord_label')).labels).toMatchObject([{ kind: 'buy' }]);
});

test('buys one label when the answer was lost', async () => {
  const shipment = await harness.easypost.Shipment.create(parcelFor('ord_lost:1'));
  await harness.fault({ service: 'carrier', operation: 'buy_label', kind: 'drop_response' });
  await failureOf(harness.easypost.Shipment.buy(shipment.id, shipment.rates[0]!));
  const found = await harness.easypost.Shipment.retrieve('ord_lost:1');
  expect(found.tracking_code).toMatch(/^SBX\d{12}$/);
  expect((await harness.ledger('ord_lost')).labels).toMatchObject([
    { kind: 'buy', tracking_number: found.tracking_code },
  ]);
});

test('can be listed and taken back one by one', async () => {
  const one = await harness.fault({ ...declines, times: 3, order_id: 'ord_1' });
  const two = await harness.fault({ ...declines, order_id: 'ord_2' });
  expect((await harness.control('DELETE', `faults/${one}`)).status).toBe(204);
  const { data } = (await harness.control('GET', 'faults')).body;
  expect(data).toMatchObject([{ id: two, order_id: 'ord_2', remaining: 1 }]);
  expect((await harness.control('DELETE', `faults/${one}`)).status).toBe(404);
});

test.each([
  { service: 'payments', operation: 'authorize', kind: 'explode' },
  { service: 'payments', operation: 'authorize', kind: 'late' },
  { service: 'payments', operation: 'webhook', kind: 'down' },
  { service: 'payments', operation: 'capture', kind: 'decline' },
  { service: 'payments', operation: 'authorize', kind: 'delay', delay: 5 },
])('refuses a fault that cannot be: %o', async (fault) => {
  const { status, body } = await harness.control('POST', 'faults', fault);
  expect(status).toBe(400);
  expect(body.error.message).not.toBe('');
});
