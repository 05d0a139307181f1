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

/** With every step an activity; under load Temporal puts more of them into one workflow task. */
const budget = 92;

test(`a delivered order writes at most ${budget} events`, async () => {
  const client = new Client({ connection });
  const counts: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const { id } = await running.placeOrder();
    await running.untilStatus(id, 'delivered');
    const handle = client.workflow.getHandle(id);
    await handle.result();
    const { events } = await handle.fetchHistory();
    counts.push(events?.length ?? 0);
  }
  process.stdout.write(`history events: ${counts.join(', ')} (at most ${budget})\n`);
  // A busy machine only ever adds events, as a slow workflow task reports itself alive.
  expect(Math.min(...counts)).toBeLessThanOrEqual(budget);
});
