import { beforeAll, describe, expect, test } from 'vitest';
import { cancelSignal } from '../../src/workflows/messages.js';
import { inTwoParcels, kinds, silentHarbor } from '../support/placed-orders.js';
import { waitFor } from '../support/wait-for.js';
import { useTestStack } from '../support/test-stack.js';

const stack = useTestStack();

/** What README and docs promise: the attempt under way, and its next try. */
const continuesWithinMs = 12_000;

const callsOf = async (id: string): Promise<Readonly<Record<string, number>>> =>
  (await stack.get<{ calls: Record<string, number> }>('sandbox', `/control/calls?order_id=${id}`))
    .calls;

const countOf = (facts: readonly string[], type: string): number =>
  facts.filter((fact) => fact === type).length;

async function waitForLabel(id: string): Promise<void> {
  await waitFor('a bought label', async () => {
    expect(kinds((await stack.ledger(id)).labels)).toEqual(['buy']);
  });
}

describe('a worker that is killed after providers acted and before it recorded that', () => {
  /** Longer than it takes to bring the other orders to their moments, shorter than a call may take. */
  const delay_ms = 4_500;
  const held = (service: string, operation: string, times = 1) =>
    stack.fault({ service, operation, kind: 'delay', delay_ms, times });

  let authorized: string, cancelled: string, split: string, labelled: string;
  let killedAtMs: number;

  beforeAll(async () => {
    await held('payments', 'capture', 3);
    const placed = await Promise.all([stack.placeOrder(silentHarbor), placeTwoParcels()]);
    [cancelled, split] = placed.map(({ id }) => id) as [string, string];
    await Promise.all([cancelled, split].map((id) => stack.waitForPayment(id, 'capture')));
    await held('carrier', 'buy_label');
    labelled = (await stack.placeOrder(silentHarbor)).id;
    await waitForLabel(labelled);
    await held('payments', 'authorize');
    authorized = (await stack.placeOrder()).id;
    await stack.waitForPayment(authorized, 'authorize');
    const facts = await Promise.all([authorized, cancelled, split, labelled].map(factsOf));
    expect(countOf(facts[0]!, 'payment.authorized')).toBe(0);
    expect(countOf(facts[1]!, 'payment.captured')).toBe(0);
    expect(countOf(facts[2]!, 'payment.captured')).toBeLessThan(2);
    expect(countOf(facts[3]!, 'shipment.created')).toBe(0);
    stack.processes.kill('worker', 'SIGKILL');
    killedAtMs = Date.now();
    await stack.noFaults();
    await stack.temporal.workflow.getHandle(cancelled).signal(cancelSignal);
  });
  const factsOf = (id: string) => stack.facts(id);
  const placeTwoParcels = () => stack.placeOrder({ lines: inTwoParcels.lines });

  test.concurrent('repeats only the step under way, within 12 s', { timeout: 60_000 }, async () => {
    await stack.waitForFact(labelled, 'shipment.created', 20_000);
    const pausedMs = Date.now() - killedAtMs;
    await stack.waitForFact(labelled, 'payment.captured');
    process.stdout.write(`continued within ${pausedMs} ms after the kill\n`);

    expect(pausedMs).toBeLessThan(continuesWithinMs);
    const once = { 'payments.authorize': 1, 'payments.capture': 1 };
    expect(await callsOf(labelled)).toMatchObject(once);
    const { payments, labels } = await stack.ledger(labelled);
    expect(kinds(payments)).toEqual(['authorize', 'capture']);
    expect(kinds(labels)).toEqual(['buy']);
  });

  test.concurrent('authorizes the payment once', { timeout: 120_000 }, async () => {
    await stack.waitForStatus(authorized, 'delivered', 90_000);
    const { payments, labels } = await stack.ledger(authorized);
    expect(kinds(payments)).toEqual(['authorize', 'capture']);
    expect(kinds(labels)).toEqual(['buy']);
    const facts = await stack.facts(authorized);
    expect(countOf(facts, 'payment.authorized')).toBe(1);
    expect(countOf(facts, 'payment.captured')).toBe(1);
  });

  test.concurrent(
    'refunds the capture of an order that is cancelled then',
    { timeout: 120_000 },
    async () => {
      await stack.waitForStatus(cancelled, 'cancelled', 90_000);
      const { payments, labels } = await stack.ledger(cancelled);
      expect(kinds(payments)).toEqual(['authorize', 'capture', 'refund']);
      expect(kinds(labels)).toEqual(['buy', 'void']);
      const facts = await stack.facts(cancelled);
      for (const compensation of ['payment.refunded', 'label.voided', 'inventory.released']) {
        expect(countOf(facts, compensation)).toBe(1);
      }
    },
  );

  test.concurrent('captures each of two parcels once', { timeout: 120_000 }, async () => {
    const order = await stack.waitForStatus(split, 'delivered', 90_000);
    expect(order).toMatchObject({ payment_status: 'captured', fulfillment_status: 'delivered' });
    expect(order.shipments).toHaveLength(2);
    const { payments, labels } = await stack.ledger(split);
    expect(kinds(payments)).toEqual(['authorize', 'capture', 'capture']);
    expect(kinds(labels)).toEqual(['buy', 'buy']);
    const [total, ...captures] = payments.map(({ amount }) => amount);
    expect(total).toBe(2 * 890 + 1900);
    expect([...captures].sort((one, other) => one - other)).toEqual([2 * 890, 1900]);
    expect(countOf(await stack.facts(split), 'payment.captured')).toBe(2);
  });
});

test('a worker that is asked to stop finishes the current step', async () => {
  const late = { service: 'payments', operation: 'authorize', kind: 'delay' };
  await stack.fault({ ...late, delay_ms: 1_500 });
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

/** Longer than we wait for a call. Until then the provider keeps the key, and a void has to wait. */
const hangMs = 7_000;
let placing = Promise.resolve('');

/** One at a time, so that each hanging call is that of the order which it is meant for. */
function placeHanging(operation: 'authorize' | 'capture'): Promise<string> {
  placing = placing.then(async () => {
    await stack.fault({ service: 'payments', operation, kind: 'delay', delay_ms: hangMs });
    const { id } = await stack.placeOrder(silentHarbor);
    await stack.waitForPayment(id, operation);
    return id;
  });
  return placing;
}

test.concurrent.each([
  ['authorize', ['authorize', 'void']],
  ['capture', ['authorize', 'capture', 'refund']],
] as const)(
  'a cancel while payments hang at %s is shown within 1 s, and has its effect within 12 s',
  async (operation, payments) => {
    const id = await placeHanging(operation);
    const askedAtMs = Date.now();
    const answer = stack.cancel(id);
    const isShown = async () =>
      (await stack.order(id)).stage === 'cancel' &&
      (await stack.facts(id)).includes('order.cancel_requested');
    await waitFor('the cancel to be shown', isShown, 1_000);
    await stack.waitForStatus(id, 'cancelled', continuesWithinMs);
    process.stdout.write(`cancelled ${Date.now() - askedAtMs} ms after the cancel\n`);
    expect([200, 202]).toContain((await answer).status);
    expect(kinds((await stack.ledger(id)).payments)).toEqual(payments);
  },
  60_000,
);
