import { expect, test } from 'vitest';
import { kinds } from '../support/placed-orders.js';
import { useTestStack } from '../support/test-stack.js';

const stack = useTestStack({ stores: 'own' });

test.each(['api', 'relay', 'sandbox', 'postgres', 'temporal'] as const)(
  'a kill -9 of the %s after the authorization was made and before it was recorded costs nothing',
  async (part) => {
    const late = { service: 'payments', operation: 'authorize', kind: 'delay' };
    await stack.fault({ ...late, delay_ms: 1_500 });
    const { id } = await stack.placeOrder();
    await stack.waitForPayment(id, 'authorize');
    expect(await stack.facts(id)).not.toContain('payment.authorized');

    const before = stack.processes.pids[part];
    stack.processes.kill(part, 'SIGKILL');
    await stack.waitForStatus(id, 'delivered', 90_000);

    expect(stack.processes.pids[part]).not.toBe(before);
    const { payments, labels } = await stack.ledger(id);
    expect(kinds(payments)).toEqual(['authorize', 'capture']);
    expect(kinds(labels)).toEqual(['buy']);
    const facts = await stack.facts(id);
    expect(facts.filter((fact) => fact === 'payment.authorized')).toHaveLength(1);
    expect(facts.filter((fact) => fact === 'payment.captured')).toHaveLength(1);
  },
  120_000,
);

test('an order that comes while Temporal hangs is accepted, and goes on when it is back', async () => {
  stack.processes.kill('temporal', 'SIGSTOP');
  const { id } = await stack.placeOrder();
  expect(await stack.order(id)).toMatchObject({ status: 'pending' });
  stack.processes.kill('temporal', 'SIGCONT');
  await stack.waitForStatus(id, 'delivered', 90_000);
  expect(kinds((await stack.ledger(id)).payments)).toEqual(['authorize', 'capture']);
}, 120_000);
