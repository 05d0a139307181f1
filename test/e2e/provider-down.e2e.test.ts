import { expect, test, vi } from 'vitest';
import { kinds } from '../support/placed-orders.js';
import { useTestStack } from '../support/test-stack.js';

const stack = useTestStack();

const minuteMs = 60_000;

test('providers that are away for a minute delay an order and cost nothing else', async () => {
  for (const service of ['payments', 'carrier', 'mail']) {
    await stack.fault({ service, operation: '*', kind: 'down', for_ms: minuteMs });
  }
  const placedAt = Date.now();
  const { id } = await stack.placeOrder();
  await stack.waitForStatus(id, 'delivered', 3 * minuteMs);
  const sent = async () => (await stack.ledger(id)).messages.map(({ template }) => template).sort();
  await vi.waitFor(
    async () => {
      expect(new Set(await sent())).toEqual(new Set(mails));
    },
    {
      timeout: minuteMs + 30_000,
      interval: 200,
    },
  );

  expect(Date.now() - placedAt).toBeGreaterThan(minuteMs - 5_000);
  const { payments, labels } = await stack.ledger(id);
  expect(kinds(payments)).toEqual(['authorize', 'capture']);
  expect(kinds(labels)).toEqual(['buy']);
  expect(await sent()).toEqual(mails);
}, 300_000);

const mails = ['delivered', 'order_confirmation', 'order_placed', 'seller_notice', 'shipped'];
