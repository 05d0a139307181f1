import { expect, test } from 'vitest';
import { cancelSignal } from '../../src/workflows/messages.js';
import { kinds } from '../support/placed-orders.js';
import { useTestStack } from '../support/test-stack.js';

// Parcels stay where they are, so that the carrier does not win the race.
const stack = useTestStack({ extraEnv: { sandbox: { SANDBOX_TRACKING_PACE_MS: '0' } } });

test('a cancel takes back what a worker did of which it took the memory with it', async () => {
  await stack.fault({
    service: 'payments',
    operation: 'capture',
    kind: 'delay',
    delay_ms: 1_500,
  });
  const { id } = await stack.placeOrder();
  await stack.waitForPayment(id, 'capture');
  stack.processes.kill('worker', 'SIGKILL');
  await stack.temporal.workflow.getHandle(id).signal(cancelSignal);
  await stack.waitForStatus(id, 'cancelled', 90_000);

  const { payments, labels } = await stack.ledger(id);
  expect(kinds(payments)).toEqual(['authorize', 'capture', 'refund']);
  expect(kinds(labels)).toEqual(['buy', 'void']);
  const facts = await stack.facts(id);
  for (const takenBack of ['payment.refunded', 'label.voided', 'inventory.released']) {
    expect(facts.filter((fact) => fact === takenBack)).toHaveLength(1);
  }
}, 120_000);
