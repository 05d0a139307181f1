import { afterAll, beforeAll, expect, test } from 'vitest';
import { kinds, RunningStack } from '../support/running-stack.js';
import { waitFor } from '../support/wait-for.js';

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
  await running.waitForStatus(id, 'delivered', 3 * minuteMs);
  const sent = async () =>
    (await running.ledger(id)).messages.map(({ template }) => template).sort();
  await waitFor(
    'every mail',
    async () => {
      expect(new Set(await sent())).toEqual(new Set(mails));
    },
    minuteMs + 30_000,
  );

  expect(Date.now() - placedAt).toBeGreaterThan(minuteMs - 5_000);
  const { payments, labels } = await running.ledger(id);
  expect(kinds(payments)).toEqual(['authorize', 'capture']);
  expect(kinds(labels)).toEqual(['buy']);
  expect(await sent()).toEqual(mails);
}, 300_000);

const mails = ['delivered', 'order_confirmation', 'order_placed', 'seller_notice', 'shipped'];
