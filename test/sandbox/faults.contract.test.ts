import { afterEach, expect, test } from 'vitest';

import { waitFor } from '../support/wait-for.js';
import { failureOf, outcomeOf, useTestSandbox } from './test-sandbox.js';

const sandbox = useTestSandbox();
afterEach(() => sandbox.control('DELETE', 'faults'));

const declines = { service: 'payments', operation: 'authorize', kind: 'decline' };
const outcomes = async (...orderIds: string[]) => {
  const found: string[] = [];
  for (const orderId of orderIds) found.push(await outcomeOf(sandbox.authorize(orderId)));
  return found;
};

test.each([
  ['once unless a number is given', {}, ['card_declined', 'requires_capture']],
  ['as many times as asked', { times: 2 }, ['card_declined', 'card_declined', 'requires_capture']],
])('a fault strikes %s', async (_rule, limits, expected) => {
  await sandbox.fault({ ...declines, ...limits });
  expect(await outcomes(...expected.map((_, index) => `ord_${index}`))).toEqual(expected);
});

test('a fault with a time strikes until the time ends', async () => {
  await sandbox.fault({ ...declines, for_ms: 600 });
  expect(await outcomes('a', 'b', 'c')).toEqual(Array(3).fill('card_declined'));
  await waitFor('the end of the fault', async () => {
    const [outcome] = await outcomes('d');
    return outcome === 'requires_capture';
  });
  expect((await sandbox.control('GET', 'faults')).body.data).toEqual([]);
});

test('a fault with an order strikes that order alone', async () => {
  await sandbox.fault({ ...declines, order_id: 'ord_victim' });
  const expected = ['requires_capture', 'card_declined'];
  expect(await outcomes('ord_lucky', 'ord_victim')).toEqual(expected);
});

test('a fault with an order strikes a capture, whose order only the provider knows', async () => {
  const { id } = await sandbox.authorize('ord_capture');
  const fault = { service: 'payments', operation: 'capture', kind: 'refuse' };
  await sandbox.fault({ ...fault, order_id: 'ord_capture' });
  const refused = { statusCode: 400, code: 'charge_expired_for_capture' };
  await expect(sandbox.intents.capture(id)).rejects.toMatchObject(refused);
  expect(await sandbox.paid('ord_capture')).toEqual(['authorize 2500']);
});

test('a fault with stars strikes any operation of any service', async () => {
  await sandbox.fault({ service: '*', operation: '*', kind: 'error_500', times: 2 });
  expect(await failureOf(sandbox.intents.list())).toMatchObject({ statusCode: 500 });
  await expect(sandbox.quote('ord_star')).rejects.toMatchObject({ statusCode: 500 });
});

test('a provider that is down cuts the connection before any effect', async () => {
  const fault = { service: 'payments', operation: '*', kind: 'down', for_ms: 60_000 };
  await sandbox.fault({ ...fault, order_id: 'ord_down' });
  expect((await failureOf(sandbox.authorize('ord_down'))).type).toBe('StripeConnectionError');
  expect(await sandbox.paid('ord_down')).toEqual([]);
});

test('a delay answers late after the effect', async () => {
  const fault = { service: 'payments', operation: 'authorize', kind: 'delay', delay_ms: 300 };
  await sandbox.fault(fault);
  const startMs = Date.now();
  await sandbox.authorize('ord_slow');
  expect(Date.now() - startMs).toBeGreaterThanOrEqual(290);
});

test('the carrier can refuse to sell a label and to void it', async () => {
  const refuse = { service: 'carrier', kind: 'refuse' };
  await sandbox.fault({ ...refuse, operation: 'buy_label' });
  const unsold = { statusCode: 422, code: 'SHIPMENT.POSTAGE.FAILURE' };
  await expect(sandbox.buyLabel('ord_label')).rejects.toMatchObject(unsold);
  const { id } = await sandbox.buyLabel('ord_label');
  await sandbox.fault({ ...refuse, operation: 'void_label' });
  const unvoided = { statusCode: 422, code: 'SHIPMENT.REFUND.FAILURE' };
  await expect(sandbox.shipments.refund(id)).rejects.toMatchObject(unvoided);
  expect((await sandbox.ledger('ord_label')).labels).toMatchObject([{ kind: 'buy' }]);
});

test('a label whose answer was lost is bought and can be found', async () => {
  const { id, rates } = await sandbox.quote('ord_lost:1');
  await sandbox.fault({ service: 'carrier', operation: 'buy_label', kind: 'drop_response' });
  await failureOf(sandbox.shipments.buy(id, rates[0]!));
  const { tracking_code: tracking_number } = await sandbox.shipments.retrieve('ord_lost:1');
  expect(tracking_number).toMatch(/^SBX\d{12}$/);
  const { labels } = await sandbox.ledger('ord_lost');
  expect(labels).toMatchObject([{ kind: 'buy', tracking_number }]);
});

test('faults can be listed and removed one by one', async () => {
  const one = await sandbox.fault({ ...declines, times: 3, order_id: 'ord_1' });
  const two = await sandbox.fault({ ...declines, order_id: 'ord_2' });
  expect((await sandbox.control('DELETE', `faults/${one}`)).status).toBe(204);
  const { data } = (await sandbox.control('GET', 'faults')).body;
  expect(data).toMatchObject([{ id: two, order_id: 'ord_2', remaining: 1 }]);
  expect((await sandbox.control('DELETE', `faults/${one}`)).status).toBe(404);
});

test.each([
  { service: 'payments', operation: 'authorize', kind: 'explode' },
  { service: 'payments', operation: 'authorize', kind: 'late' },
  { service: 'payments', operation: 'webhook', kind: 'down' },
  { service: 'payments', operation: 'capture', kind: 'decline' },
  { service: 'payments', operation: 'authorize', kind: 'delay', delay: 5 },
])('an impossible fault is refused: %o', async (fault) => {
  const { status, body } = await sandbox.control('POST', 'faults', fault);
  expect(status).toBe(400);
  expect(body.error.message).not.toBe('');
});
