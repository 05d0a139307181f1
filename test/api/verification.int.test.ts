import { expect, test } from 'vitest';
import { anOrderRequest, placeOrder, useTestApi } from '../support/test-api.js';

const riskLimits = {
  approvalAmountMinor: 5_000,
  ordersPerCustomerPerHour: 2,
  ordersPerCardPerHour: 3,
};
const api = useTestApi({ settings: { riskLimits, policy: { pointsAt: 'delivered' } } });
const { workflows } = api;

const by = (customerId: string, paymentMethod: string) => ({
  customer: { ...anOrderRequest().customer, id: customerId },
  payment_method: paymentMethod,
});

/** Places the order. @returns what its workflow has to verify, as its row has it too */
async function verificationOf(changes: object) {
  const { id } = await placeOrder(api, changes);
  const { verification } = workflows.started.at(-1)!;
  expect(await api.read(`/v1/orders/${id}`)).toMatchObject({ verification });
  return verification;
}

const nothing = { approval: [], code: [] };
const lines = (quantity: number) => ({ lines: [{ sku: 'TEA-100', quantity }] });
const discount = { discount_code: 'WELCOME10' };
const toNorway = { shipping_address: { ...anOrderRequest().shipping_address, country: 'NO' } };

test.each([
  ['an order at the limit of the amount', lines(6), { approval: ['large_amount'], code: [] }],
  ['an order below the limit after its discount', { ...lines(6), ...discount }, nothing],
  [
    'an order at the limit with its fee',
    { ...lines(6), ...discount, ...toNorway },
    { approval: ['large_amount'], code: [] },
  ],
  [
    'an order to another country than the card comes from',
    { billing_country: 'FR' },
    { approval: [], code: ['other_country'] },
  ],
])('%s waits for what its verification says', async (what, changes, verification) => {
  const id = what.replaceAll(' ', '_');
  expect(await verificationOf({ ...by(id, id), ...changes })).toEqual(verification);
});

test('a customer with many orders within an hour waits for approval, others do not', async () => {
  const found = [];
  for (const [index, customer] of ['cus_busy', 'cus_busy', 'cus_busy', 'cus_calm'].entries()) {
    found.push(await verificationOf(by(customer, `pm_${index}`)));
  }
  expect(found).toEqual([nothing, nothing, { approval: ['busy_customer'], code: [] }, nothing]);
});

test('a card with many orders within an hour waits for approval, for any customer', async () => {
  const found = [];
  for (const customer of ['cus_1', 'cus_2', 'cus_3', 'cus_4']) {
    found.push((await verificationOf(by(customer, 'pm_busy'))).approval);
  }
  expect(found).toEqual([[], [], [], ['busy_card']]);
});

test('orders that are older than an hour do not count', async () => {
  for (const customer of ['cus_5', 'cus_6', 'cus_7']) await placeOrder(api, by(customer, 'pm_old'));
  await placeOrder(api, by('cus_5', 'pm_other'));
  await api.run`update orders.contacts set created_at = now() - interval '61 minutes'
    where payment_method = 'pm_old'`;
  await api.run`update orders.orders set created_at = now() - interval '61 minutes'
    where customer_id = 'cus_5'`;
  expect(await verificationOf(by('cus_5', 'pm_old'))).toEqual(nothing);
});

test('the shop decides when points are awarded, and the order keeps it', async () => {
  await placeOrder(api, by('cus_g', 'pm_g'));
  expect(workflows.started[0]!.policy.pointsAt).toBe('delivered');
});
