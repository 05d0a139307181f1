import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kinds, RunningStack } from '../support/running-stack.js';

let running: RunningStack;
let connection: Connection;
beforeAll(async () => {
  running = await RunningStack.start();
  connection = await Connection.connect({ address: running.url('temporal') });
});
afterAll(async () => {
  await connection.close();
  await running.stop();
});

test('a worker that is asked to stop finishes the step at hand', async () => {
  await running.fault({
    service: 'payments',
    operation: 'authorize',
    kind: 'delay',
    delay_ms: 1_500,
  });
  const { id } = await running.placeOrder();
  await running.waitForPayment(id, 'authorize');
  running.stack.kill('worker', 'SIGTERM');
  await running.waitForStatus(id, 'delivered', 90_000);

  const { events } = await new Client({ connection }).workflow.getHandle(id).fetchHistory();
  const attempts = (events ?? []).flatMap(
    ({ activityTaskStartedEventAttributes: started }) => started?.attempt ?? [],
  );
  expect(attempts.length).toBeGreaterThan(4);
  expect(new Set(attempts)).toEqual(new Set([1]));
  expect(kinds((await running.ledger(id)).payments)).toEqual(['authorize', 'capture']);
}, 120_000);
