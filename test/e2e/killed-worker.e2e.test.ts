import { expect, test } from 'vitest';
import { cancelSignal } from '../../src/workflows/messages.js';
import { kinds, silentHarbor } from '../support/placed-orders.js';
import { waitFor } from '../support/wait-for.js';
import { useTestStack } from '../support/test-stack.js';

const stack = useTestStack();

/** What README and docs promise: the attempt under way, and its next try. */
const continuesWithinMs = 12_000;

const callsOf = async (id: string): Promise<Readonly<Record<string, number>>> =>
  (await stack.get<{ calls: Record<string, number> }>('sandbox', `/control/calls?order_id=${id}`))
    .calls;

test('a worker killed after a provider answered repeats only the step under way, within 12 s', async () => {
  await stack.fault({
    service: 'carrier',
    operation: 'buy_label',
    kind: 'delay',
    delay_ms: 3_000,
    times: 1,
  });
  const { id } = await stack.placeOrder(silentHarbor);
  await waitFor('a bought label', async () => {
    expect(kinds((await stack.ledger(id)).labels)).toEqual(['buy']);
  });
  const killedAtMs = Date.now();
  stack.processes.kill('worker', 'SIGKILL');
  await stack.waitForFact(id, 'shipment.created', 20_000);
  const pausedMs = Date.now() - killedAtMs;
  await stack.waitForFact(id, 'payment.captured');
  process.stdout.write(`continued within ${pausedMs} ms after the kill\n`);

  expect(pausedMs).toBeLessThan(continuesWithinMs);
  expect(await callsOf(id)).toMatchObject({ 'payments.authorize': 1, 'payments.capture': 1 });
  const { payments, labels } = await stack.ledger(id);
  expect(kinds(payments)).toEqual(['authorize', 'capture']);
  expect(kinds(labels)).toEqual(['buy']);
}, 60_000);

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

test('a cancel compensates a capture that a killed worker made and never recorded', async () => {
  await stack.fault({ service: 'payments', operation: 'capture', kind: 'delay', delay_ms: 1_500 });
  const { id } = await stack.placeOrder(silentHarbor);
  await stack.waitForPayment(id, 'capture');
  stack.processes.kill('worker', 'SIGKILL');
  await stack.temporal.workflow.getHandle(id).signal(cancelSignal);
  await stack.waitForStatus(id, 'cancelled', 90_000);

  const { payments, labels } = await stack.ledger(id);
  expect(kinds(payments)).toEqual(['authorize', 'capture', 'refund']);
  expect(kinds(labels)).toEqual(['buy', 'void']);
  const facts = await stack.facts(id);
  for (const compensation of ['payment.refunded', 'label.voided', 'inventory.released']) {
    expect(facts.filter((fact) => fact === compensation)).toHaveLength(1);
  }
}, 120_000);

/** They lie in different warehouses. */
const lines = [
  { sku: 'TEA-100', quantity: 2 },
  { sku: 'JAR-300', quantity: 1 },
];
const totalMinor = 2 * 890 + 1900;

test('a worker killed between the captures of two parcels captures each once', async () => {
  const slow = { service: 'payments', operation: 'capture', kind: 'delay', delay_ms: 1_500 };
  await stack.fault({ ...slow, times: 2 });
  const { id } = await stack.placeOrder({ lines });
  await stack.waitForPayment(id, 'capture');
  stack.processes.kill('worker', 'SIGKILL');
  const captured = (facts: readonly string[]) =>
    facts.filter((fact) => fact === 'payment.captured').length;
  expect(captured(await stack.facts(id))).toBeLessThan(2);
  const order = await stack.waitForStatus(id, 'delivered', 90_000);

  expect(order).toMatchObject({ payment_status: 'captured', fulfillment_status: 'delivered' });
  expect(order.shipments).toHaveLength(2);
  const { payments, labels } = await stack.ledger(id);
  expect(kinds(payments)).toEqual(['authorize', 'capture', 'capture']);
  expect(kinds(labels)).toEqual(['buy', 'buy']);
  const [authorized, ...captures] = payments.map(({ amount }) => amount);
  expect(authorized).toBe(totalMinor);
  expect([...captures].sort((one, other) => one - other)).toEqual([2 * 890, 1900]);
  expect(captured(await stack.facts(id))).toBe(2);
}, 120_000);
