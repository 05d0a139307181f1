import { expect, test } from 'vitest';
import { kinds } from '../support/placed-orders.js';
import { useTestStack } from '../support/test-stack.js';

const stack = useTestStack();

test('a worker that is asked to stop finishes the step at hand', async () => {
  await stack.fault({
    service: 'payments',
    operation: 'authorize',
    kind: 'delay',
    delay_ms: 1_500,
  });
  const { id } = await stack.placeOrder();
  await stack.waitForPayment(id, 'authorize');
  stack.processes.kill('worker', 'SIGTERM');
  await stack.waitForStatus(id, 'delivered', 90_000);

  const { events } = await stack.temporal.workflow.getHandle(id).fetchHistory();
  const attempts = (events ?? []).flatMap(
    ({ activityTaskStartedEventAttributes: started }) => started?.attempt ?? [],
  );
  expect(attempts.length).toBeGreaterThan(4);
  expect(new Set(attempts)).toEqual(new Set([1]));
  expect(kinds((await stack.ledger(id)).payments)).toEqual(['authorize', 'capture']);
}, 120_000);
