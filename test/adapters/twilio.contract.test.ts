import { afterAll, beforeAll, expect, test } from 'vitest';
import { noTexter, twilioTexter } from '../../src/adapters/twilio.js';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import type { OrderId } from '../../src/domain/ids.js';
import { failureOf, type Harness, newOrderId, startHarness } from './harness.js';

const timeoutMs = 1_000;
const from = '+4915155500000';

let harness: Harness;
let texter: ReturnType<typeof twilioTexter>;
beforeAll(async () => {
  harness = await startHarness(timeoutMs);
  const apiUrl = harness.urls.stripe;
  texter = twilioTexter({ accountSid: 'ACtest', authToken: 'token', apiUrl, from, timeoutMs });
});
afterAll(() => harness.stop());

const textFor = (orderId: OrderId, to = '+4915100000000') => ({
  orderId,
  template: 'one_time_code' as const,
  sequence: '1',
  to,
  text: `123456 is your code for order ${orderId}: ä, +, & and =.`,
});

const sendFault = (orderId: OrderId, kind: string, more: object = {}) =>
  harness.fault({ service: 'sms', operation: 'send', kind, order_id: orderId, ...more });

test('sends the text as it is, with its order and template', async () => {
  const orderId = newOrderId();
  await texter.send(textFor(orderId));
  expect(await harness.inbox(orderId)).toMatchObject([
    {
      channel: 'sms',
      order_id: orderId,
      template: 'one_time_code',
      from,
      to: '+4915100000000',
      text: textFor(orderId).text,
    },
  ]);
});

test('may send a text twice when an answer was lost, for want of an idempotency key', async () => {
  const orderId = newOrderId();
  await sendFault(orderId, 'drop_response');
  expect(await failureOf(texter.send(textFor(orderId)))).toBeInstanceOf(ProviderUnavailable);
  await texter.send(textFor(orderId));
  expect(await harness.inbox(orderId)).toHaveLength(2);
});

test.each(['error_500', 'down'])('is worth another try after %s', async (kind) => {
  const orderId = newOrderId();
  await sendFault(orderId, kind);
  expect(await failureOf(texter.send(textFor(orderId)))).toBeInstanceOf(ProviderUnavailable);
  await texter.send(textFor(orderId));
  expect(await harness.inbox(orderId)).toHaveLength(1);
});

test('gives a text up at its deadline', async () => {
  const orderId = newOrderId();
  await sendFault(orderId, 'delay', { delay_ms: 5_000 });
  const startedMs = Date.now();
  expect(await failureOf(texter.send(textFor(orderId)))).toBeInstanceOf(ProviderUnavailable);
  expect(Date.now() - startedMs).toBeLessThan(timeoutMs + 1_000);
});

test('takes a phone that wants no texts for final, without naming it', async () => {
  const orderId = newOrderId();
  await sendFault(orderId, 'refuse');
  const failure = await failureOf(texter.send(textFor(orderId)));
  expect(failure).toBeInstanceOf(ProviderRefused);
  expect((failure as Error).message).toBe('texts: 21610 (HTTP 400)');
  expect(await harness.inbox(orderId)).toEqual([]);
});

test('takes a number that is none for final', async () => {
  const failure = await failureOf(texter.send(textFor(newOrderId(), '0151 000')));
  expect(failure).toMatchObject({ name: 'ProviderRefused', message: 'texts: 21211 (HTTP 400)' });
});

test('is refused for good in a shop that sends no texts', async () => {
  const failure = await failureOf(noTexter.send(textFor(newOrderId())));
  expect(failure).toBeInstanceOf(ProviderRefused);
});
