import { expect, test } from 'vitest';
import { kinds } from '../support/placed-orders.js';
import { useTestStack } from '../support/test-stack.js';

const stack = useTestStack();

/** They lie in different warehouses. */
const lines = [
  { sku: 'TEA-100', quantity: 2 },
  { sku: 'JAR-300', quantity: 1 },
];
const totalMinor = 2 * 890 + 1900;

test('a worker killed between the captures of two parcels takes the money of each once', async () => {
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
