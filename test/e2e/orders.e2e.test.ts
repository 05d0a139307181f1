import { expect, test as oneByOne } from 'vitest';
import { newProduct } from '../support/new-product.js';
import { kinds } from '../support/placed-orders.js';
import { useTestStack } from '../support/test-stack.js';

const stack = useTestStack();

/** None sets a fault: they run side by side. */
const test = oneByOne.concurrent;

/** All that Temporal keeps of an order, as one text. */
async function historyOf(id: string): Promise<string> {
  const handle = stack.temporal.workflow.getHandle(id);
  await handle.result();
  return JSON.stringify(await handle.fetchHistory(), (name, value: unknown) =>
    name === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value,
  );
}

test('of two orders for the last piece, one is charged and the other never was', async () => {
  const sku = await newProduct(stack, 1);
  const lines = [{ sku, quantity: 1 }];
  const orders = await Promise.all([stack.placeOrder({ lines }), stack.placeOrder({ lines })]);
  const outcomes: Record<string, string[]> = {};
  for (const { id } of orders) {
    const handle = stack.temporal.workflow.getHandle(id);
    const { status } = (await handle.result()) as { status: string };
    outcomes[status] = kinds((await stack.ledger(id)).payments);
  }
  expect(outcomes).toEqual({ delivered: ['authorize', 'capture'], rejected: [] });
});

test('an order of which nothing is in stock ends at once, also if a part would do', async () => {
  const lines = [{ sku: await newProduct(stack, 0), quantity: 2 }];
  const { id } = await stack.placeOrder({ lines, shortage_policy: 'ship_available' });
  await stack.waitForStatus(id, 'rejected', 10_000);
  expect((await stack.ledger(id)).payments).toEqual([]);
});

test('partners that never answer are skipped one after the other, and delay nothing', async () => {
  const shipping_address = { ...addressIn('Hamburg', '8 Harbor Road'), postal_code: '20457' };
  const { id } = await stack.placeOrder({ shipping_address, service_level: 'demo' });
  await stack.waitForStatus(id, 'delivered');
  expect(await stack.facts(id)).not.toContain('delivery_partner.assigned');
  await stack.waitForFact(id, 'delivery_partner.assigned');
  const facts = await stack.facts(id);
  expect(facts.filter((fact) => fact.startsWith('delivery_partner.'))).toEqual([
    'delivery_partner.offered',
    'delivery_partner.declined',
    'delivery_partner.offered',
    'delivery_partner.declined',
    'delivery_partner.assigned',
  ]);
});

test('no card, name, address or phone number is in the history of an order', async () => {
  const personal = ['Quentin', 'quentin@home.example', '+4915199999999', 'Elm Alley', 'Oldtown'];
  const { id } = await stack.placeOrder({
    customer: { id: 'cus_7', name: 'Quentin', email: personal[1], phone: personal[2] },
    shipping_address: addressIn('Oldtown', '7 Elm Alley'),
    payment_method: 'pm_card_visa_chargeDeclined',
  });
  await stack.waitForFact(id, 'payment.method_requested');
  const shipping_address = addressIn('Newtown', '9 Oak Lane');
  const moved = await stack.post(`/v1/orders/${id}/change-address`, { shipping_address });
  expect(moved.ok).toBe(true);
  await stack.post(`/v1/orders/${id}/retry-payment`, { payment_method: 'pm_card_amex' });
  await stack.waitForStatus(id, 'delivered');

  const history = await historyOf(id);
  expect(history.includes('TEA-100')).toBe(true);
  const secrets = [...personal, 'Newtown', 'Oak Lane', 'pm_card'];
  expect(secrets.filter((secret) => history.includes(secret))).toEqual([]);
});

const addressIn = (city: string, line1: string) => ({
  name: 'Quentin',
  line1,
  city,
  postal_code: '10115',
  country: 'DE',
});

test('every order pays for itself, also when one customer uses one card twice', async () => {
  const orders = await Promise.all([stack.placeOrder(), stack.placeOrder()]);
  for (const { id } of orders) {
    await stack.waitForStatus(id, 'delivered');
    expect(kinds((await stack.ledger(id)).payments)).toEqual(['authorize', 'capture']);
  }
});

test('an order of several lines costs their sum, each counted once', async () => {
  const lines = [
    { sku: 'TEA-100', quantity: 2 },
    { sku: 'MUG-200', quantity: 1 },
    { sku: 'POT-900', quantity: 3 },
    { sku: 'TEA-100', quantity: 1 },
  ];
  const amount = 3 * 890 + 1450 + 3 * 4200;
  const { id } = await stack.placeOrder({ lines });
  expect(await stack.order(id)).toMatchObject({ totals: { total: { amount } } });
  await stack.waitForStatus(id, 'delivered');
  expect((await stack.ledger(id)).payments).toMatchObject([
    { kind: 'authorize', amount },
    { kind: 'capture', amount },
  ]);
});
