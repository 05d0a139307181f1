import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { anOrderRequest, placeOrder, useTestApi } from '../support/test-api.js';

const riskLimits = {
  approvalAmountMinor: 5_000,
  ordersPerCustomerPerHour: 2,
  ordersPerCardPerHour: 3,
};
const api = useTestApi({ settings: { riskLimits, pointsAt: 'delivered' } });
const { workflows } = api;

const by = (customerId: string, paymentMethod: string) => ({
  customer: { ...anOrderRequest().customer, id: customerId },
  payment_method: paymentMethod,
});

/** Places the order. @returns what its workflow was told to verify, as its row keeps it too */
async function verificationOf(changes: object) {
  const { id } = await placeOrder(api, changes);
  const { verification } = workflows.started.at(-1)!;
  const { body } = await api.http.get(`/v1/orders/${id}`).expect(200);
  expect(body.verification).toEqual(verification);
  return verification;
}

test('an order at the limit of the amount waits for approval, one below it does not', async () => {
  const at = { ...by('cus_a', 'pm_a'), lines: [{ sku: 'TEA-100', quantity: 6 }] };
  expect(await verificationOf(at)).toEqual({ approval: ['large_amount'], code: [] });
  const below = { ...by('cus_b', 'pm_b'), lines: [{ sku: 'TEA-100', quantity: 5 }] };
  expect(await verificationOf(below)).toEqual({ approval: [], code: [] });
});

test('the amount that counts is the total: after the discount, with the fee', async () => {
  const lines = [{ sku: 'TEA-100', quantity: 6 }];
  expect(
    await verificationOf({ ...by('cus_c', 'pm_c'), lines, discount_code: 'WELCOME10' }),
  ).toEqual({ approval: [], code: [] });
  const address = { ...anOrderRequest().shipping_address, country: 'NO' };
  expect(
    await verificationOf({
      ...by('cus_d', 'pm_d'),
      lines,
      discount_code: 'WELCOME10',
      shipping_address: address,
    }),
  ).toEqual({ approval: ['large_amount'], code: [] });
});

test('a customer with many orders within an hour waits for approval, others do not', async () => {
  expect(await verificationOf(by('cus_busy', 'pm_1'))).toEqual({ approval: [], code: [] });
  expect(await verificationOf(by('cus_busy', 'pm_2'))).toEqual({ approval: [], code: [] });
  expect(await verificationOf(by('cus_busy', 'pm_3'))).toEqual({
    approval: ['busy_customer'],
    code: [],
  });
  expect(await verificationOf(by('cus_calm', 'pm_4'))).toEqual({ approval: [], code: [] });
});

test('a card with many orders within an hour waits for approval, whoever uses it', async () => {
  for (const customer of ['cus_1', 'cus_2', 'cus_3']) {
    expect((await verificationOf(by(customer, 'pm_busy'))).approval).toEqual([]);
  }
  expect((await verificationOf(by('cus_4', 'pm_busy'))).approval).toEqual(['busy_card']);
});

test('orders that are older than an hour do not count', async () => {
  for (const customer of ['cus_5', 'cus_6', 'cus_7']) await placeOrder(api, by(customer, 'pm_old'));
  await placeOrder(api, by('cus_5', 'pm_other'));
  const anHourAgo = sql<Date>`now() - interval '61 minutes'`;
  await sql`
      update orders.contacts set created_at = ${anHourAgo}
      where payment_method = 'pm_old'`.execute(api.database);
  await sql`
      update orders.orders set created_at = ${anHourAgo} where customer_id = 'cus_5'`.execute(
    api.database,
  );
  expect(await verificationOf(by('cus_5', 'pm_old'))).toEqual({ approval: [], code: [] });
});

test('goods that go to another country than the card comes from need a code', async () => {
  const other = { ...by('cus_e', 'pm_e'), billing_country: 'FR' };
  expect(await verificationOf(other)).toEqual({ approval: [], code: ['other_country'] });
  const same = { ...by('cus_f', 'pm_f'), billing_country: 'DE' };
  expect(await verificationOf(same)).toEqual({ approval: [], code: [] });
});

test('the shop decides when points are awarded, and the order keeps it', async () => {
  await placeOrder(api, by('cus_g', 'pm_g'));
  expect(workflows.started[0]!.policy.pointsAt).toBe('delivered');
});
