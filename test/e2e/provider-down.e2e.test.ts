import { afterAll, beforeAll, expect, test } from 'vitest';
import { kinds, RunningStack } from '../support/running-stack.js';

let running: RunningStack;
beforeAll(async () => {
  running = await RunningStack.start();
});
afterAll(() => running.stop());

const minuteMs = 60_000;

test('providers that are away for a minute delay an order and cost nothing else', async () => {
  for (const service of ['payments', 'carrier', 'mail']) {
    await running.fault({ service, operation: '*', kind: 'down', for_ms: minuteMs });
  }
  const placedAt = Date.now();
  const { id } = await running.placeOrder();
  await running.untilStatus(id, 'delivered', 3 * minuteMs);
  await running.untilFact(id, 'confirmation.sent', minuteMs + 30_000);

  expect(Date.now() - placedAt).toBeGreaterThan(minuteMs - 5_000);
  const { payments, labels, messages } = await running.ledger(id);
  expect(kinds(payments)).toEqual(['authorize', 'capture']);
  expect(kinds(labels)).toEqual(['buy']);
  expect(messages.filter((message) => message.template === 'order_confirmation')).toHaveLength(1);
}, 300_000);
