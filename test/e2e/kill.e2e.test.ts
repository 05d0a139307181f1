import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { kinds, RunningStack } from '../support/running-stack.js';

let running: RunningStack;
beforeAll(async () => {
  running = await RunningStack.start();
});
beforeEach(() => running.noFaults());
afterAll(() => running.stop());

test.each(['worker', 'api', 'relay', 'sandbox', 'postgres', 'temporal'] as const)(
  'a kill -9 of the %s after the authorization was made and before it was recorded costs nothing',
  async (part) => {
    await running.fault({
      service: 'payments',
      operation: 'authorize',
      kind: 'delay',
      delay_ms: 1_500,
    });
    const { id } = await running.placeOrder();
    await running.waitForPayment(id, 'authorize');
    expect(await running.facts(id)).not.toContain('payment.authorized');

    const before = running.stack.pids[part];
    running.stack.kill(part, 'SIGKILL');
    await running.waitForStatus(id, 'delivered', 90_000);

    expect(running.stack.pids[part]).not.toBe(before);
    const { payments, labels } = await running.ledger(id);
    expect(kinds(payments)).toEqual(['authorize', 'capture']);
    expect(kinds(labels)).toEqual(['buy']);
    const facts = await running.facts(id);
    expect(facts.filter((fact) => fact === 'payment.authorized')).toHaveLength(1);
    expect(facts.filter((fact) => fact === 'payment.captured')).toHaveLength(1);
  },
  120_000,
);

test('an order that comes while Temporal hangs is accepted, and goes on when it is back', async () => {
  running.stack.kill('temporal', 'SIGSTOP');
  const { id } = await running.placeOrder();
  expect(await running.order(id)).toMatchObject({ status: 'pending' });
  running.stack.kill('temporal', 'SIGCONT');
  await running.waitForStatus(id, 'delivered', 90_000);
  expect(kinds((await running.ledger(id)).payments)).toEqual(['authorize', 'capture']);
}, 120_000);
