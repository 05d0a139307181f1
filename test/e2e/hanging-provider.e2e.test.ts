import { expect, test, vi } from 'vitest';
import { kinds } from '../support/placed-orders.js';
import { useTestStack } from '../support/test-stack.js';

// Parcels stay where they are, so that the carrier does not win the race.
const stack = useTestStack({ extraEnv: { sandbox: { SANDBOX_TRACKING_PACE_MS: '0' } } });

/** What README and docs promise: one attempt of a step, and its next try. */
const goesOnWithinMs = 12_000;
/** Longer than we wait for a call. Until it is over the provider keeps the key, and a void has to wait. */
const hangMs = 7_000;

const callsAbout = async (id: string): Promise<Readonly<Record<string, number>>> =>
  (await stack.get<{ calls: Record<string, number> }>('sandbox', `/control/calls?order_id=${id}`))
    .calls;

test.each([
  ['payments', 'authorize', 'authorize', 'void'],
  ['payments', 'capture', 'capture', 'refund'],
] as const)(
  'a cancel while %s hang at %s is shown within 1 s, and has its effect within 12 s',
  async (service, operation, done, takenBack) => {
    await stack.fault({ service, operation, kind: 'delay', delay_ms: hangMs });
    const { id } = await stack.placeOrder();
    await stack.waitForPayment(id, done);

    const askedAtMs = Date.now();
    const answer = stack.post(`/v1/orders/${id}/cancel`, { reason: 'changed my mind' });
    await vi.waitFor(
      async () => {
        expect((await stack.order(id)).stage).toBe('cancel');
        expect(await stack.facts(id)).toContain('order.cancel_requested');
      },
      { timeout: 1_000, interval: 50 },
    );
    await stack.noFaults();
    await stack.waitForStatus(id, 'cancelled', goesOnWithinMs);
    process.stdout.write(`cancelled ${Date.now() - askedAtMs} ms after the cancel\n`);
    expect([200, 202]).toContain((await answer).status);
    expect(kinds((await stack.ledger(id)).payments)).toEqual(
      done === 'capture' ? ['authorize', 'capture', takenBack] : ['authorize', takenBack],
    );
  },
  60_000,
);

test('a worker killed after a provider answered repeats only what was under way, within 12 s', async () => {
  await stack.fault({
    service: 'carrier',
    operation: 'buy_label',
    kind: 'delay',
    delay_ms: 3_000,
    times: 1,
  });
  const { id } = await stack.placeOrder();
  await vi.waitFor(
    async () => {
      expect(kinds((await stack.ledger(id)).labels)).toEqual(['buy']);
    },
    { timeout: 20_000, interval: 10 },
  );
  const killedAtMs = Date.now();
  stack.processes.kill('worker', 'SIGKILL');
  await stack.waitForFact(id, 'shipment.created', 20_000);
  const pausedMs = Date.now() - killedAtMs;
  await stack.waitForFact(id, 'payment.captured');
  process.stdout.write(`went on within ${pausedMs} ms after the kill\n`);

  expect(pausedMs).toBeLessThan(goesOnWithinMs);
  expect(await callsAbout(id)).toMatchObject({ 'payments.authorize': 1, 'payments.capture': 1 });
  const { payments, labels } = await stack.ledger(id);
  expect(kinds(payments)).toEqual(['authorize', 'capture']);
  expect(kinds(labels)).toEqual(['buy']);
}, 60_000);
