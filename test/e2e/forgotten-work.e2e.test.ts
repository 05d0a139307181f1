import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelSignal } from '../../src/workflows/messages.js';
import { kinds, RunningStack } from '../support/running-stack.js';

let running: RunningStack;
let connection: Connection;
beforeAll(async () => {
  // Parcels stay where they are, so that the carrier does not win the race.
  running = await RunningStack.start({ extraEnv: { sandbox: { SANDBOX_TRACKING_PACE_MS: '0' } } });
  connection = await Connection.connect({ address: running.url('temporal') });
});
afterAll(async () => {
  await connection.close();
  await running.stop();
});

test('a cancel takes back what a worker did of which it took the memory with it', async () => {
  await running.fault({
    service: 'payments',
    operation: 'capture',
    kind: 'delay',
    delay_ms: 1_500,
  });
  const { id } = await running.placeOrder();
  await running.waitForPayment(id, 'capture');
  running.stack.kill('worker', 'SIGKILL');
  await new Client({ connection }).workflow.getHandle(id).signal(cancelSignal);
  await running.waitForStatus(id, 'cancelled', 90_000);

  const { payments, labels } = await running.ledger(id);
  expect(kinds(payments)).toEqual(['authorize', 'capture', 'refund']);
  expect(kinds(labels)).toEqual(['buy', 'void']);
  const facts = await running.facts(id);
  for (const takenBack of ['payment.refunded', 'label.voided', 'inventory.released']) {
    expect(facts.filter((fact) => fact === takenBack)).toHaveLength(1);
  }
}, 120_000);
