import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RunningStack } from '../support/running-stack.js';

let running: RunningStack;
let connection: Connection;
beforeAll(async () => {
  running = await RunningStack.start({ roles: ['sandbox', 'worker', 'api'] });
  connection = await Connection.connect({ address: running.url('temporal') });
});
afterAll(async () => {
  await connection.close();
  await running.stop();
});

test.each([
  ['local_first', 32],
  ['remote', 60],
] as const)('a delivered order writes few events (%s, at most %i)', async (dispatch, budget) => {
  const client = new Client({ connection });
  const counts: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const { id } = await running.placeOrder({}, { 'x-order-dispatch': dispatch });
    await running.untilStatus(id, 'delivered');
    const handle = client.workflow.getHandle(id);
    await handle.result();
    const { events } = await handle.fetchHistory();
    counts.push(events?.length ?? 0);
  }
  process.stdout.write(`history events, ${dispatch}: ${counts.join(', ')} (at most ${budget})\n`);
  // A busy machine only ever adds events, as a slow workflow task reports itself alive.
  expect(Math.min(...counts)).toBeLessThanOrEqual(budget);
});
