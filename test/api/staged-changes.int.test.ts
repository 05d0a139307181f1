import { allRows, oneRow } from '../../src/db/database.js';
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { applyAddress, applyPaymentMethod } from '../../src/db/messages.js';
import type { OrderId } from '../../src/domain/ids.js';
import type { StagedChange } from '../../src/workflows/messages.js';
import { anOrderRequest, placeOrder, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
let id: OrderId;
beforeEach(async () => {
  ({ id } = await placeOrder(api));
  workflows.updateAnswer = () => ({ kind: 'waiting' });
});

const address = (country: string) => ({
  ...anOrderRequest().shipping_address,
  line1: '9 New Lane',
  line2: 'Back door',
  country,
});

const changeAddress = (country = 'DE', key: string = randomUUID()) =>
  api.post(`/v1/orders/${id}/change-address`, { shipping_address: address(country) }, key);

const retryPayment = (method: string) =>
  api.post(`/v1/orders/${id}/retry-payment`, { payment_method: method }, randomUUID());

const apply = (changeId: string, mayChangePrice: boolean, orderId = id) =>
  applyAddress(api.database, orderId, changeId, mayChangePrice);

const lastChangeId = () => (workflows.updates.at(-1)!.argument as StagedChange).changeId;

const staged = () =>
  allRows(
    api.database,
  )`select id, kind, content, applied_at from orders.messages where order_id = ${id}`;

const contact = () =>
  oneRow<Record<string, unknown>>(api.database)`
    select * from orders.contacts where order_id = ${id}`;

const order = () => api.read(`/v1/orders/${id}`);

test('a new address waits in the database until the workflow applies it', async () => {
  await changeAddress().expect(202);
  expect(await staged()).toMatchObject([
    { id: lastChangeId(), content: { line1: '9 New Lane' }, applied_at: null },
  ]);
  expect((await contact()).line1).toBe('1 Main Street');
});

const costsMore = { kind: 'taken', answer: { kind: 'price_would_change' } } as const;

test.each([
  ['refused', { kind: 'refused', reason: 'too late' }, 409, 'order_in_wrong_state'],
  ['asked to change a price that is paid', costsMore, 409, 'price_would_change'],
] as const)(
  'a new address is deleted when the workflow is %s',
  async (_why, answer, status, code) => {
    workflows.updateAnswer = () => answer;
    const { body } = await changeAddress().expect(status);
    expect(body.code).toBe(code);
    expect(await staged()).toMatchObject([{ content: null, applied_at: null }]);
  },
);

test('a new address is kept as long as its workflow may still take it', async () => {
  workflows.updateAnswer = () => ({ kind: 'gone' });
  await changeAddress().expect(202);
  expect(await staged()).toMatchObject([{ content: { line1: '9 New Lane' } }]);
});

test('one key names one change', async () => {
  const key = randomUUID();
  await changeAddress('DE', key).expect(202);
  const first = lastChangeId();
  await changeAddress('DE', key).expect(202);
  const { body } = await changeAddress('FR', key).expect(422);
  expect(body.code).toBe('idempotency_key_reused');
  expect(workflows.updates).toHaveLength(2);
  expect(await staged()).toMatchObject([{ id: first }]);
  expect(lastChangeId()).toBe(first);
});

describe('an address that is applied', () => {
  test('is the order’s, priced for its country, and no longer among the changes', async () => {
    await changeAddress('FR');
    const applied = await apply(lastChangeId(), true);
    const price = { currency: 'EUR', shippingMinor: 590, totalMinor: 2370 };
    expect(applied).toEqual({ kind: 'changed', ...price });
    const { line1, line2, postal_code, country } = address('FR');
    expect(await contact()).toMatchObject({ line1, line2, postal_code, country });
    expect(await staged()).toMatchObject([{ content: null, applied_at: expect.any(Date) }]);
    expect(await order()).toMatchObject({ totals: { tax_included: { amount: 395 } } });
  });

  test('is applied once: a second time answers as the first, and changes nothing', async () => {
    await changeAddress('FR');
    const change = lastChangeId();
    const first = await apply(change, true);
    await changeAddress('DE');
    await apply(lastChangeId(), true);
    const again = await apply(change, true);
    expect(first?.kind).toBe('changed');
    expect(again).toMatchObject({ kind: 'changed', totalMinor: 1780 });
    expect((await contact()).country).toBe('DE');
  });

  test('is left alone where it would cost something else and may not', async () => {
    await changeAddress('NO');
    expect(await apply(lastChangeId(), false)).toEqual({ kind: 'price_would_change' });
    expect((await contact()).country).toBe('DE');
    expect(await order()).toMatchObject({ totals: { total: { amount: 1780 } } });
  });

  test('may be of another country with the same fee, and is taxed there', async () => {
    await changeAddress('AT');
    const applied = await apply(lastChangeId(), false);
    expect(applied).toMatchObject({ kind: 'changed', totalMinor: 1780 });
    expect(await order()).toMatchObject({ totals: { tax_included: { amount: 297 } } });
  });

  test('must be one of this order', async () => {
    await changeAddress('FR');
    const { id: other } = await placeOrder(api);
    expect(await apply(lastChangeId(), true, other)).toBeUndefined();
    expect(await apply('chg_unknown', true)).toBeUndefined();
  });
});

describe('a payment method that is applied', () => {
  test('is the order’s from then on, and stands nowhere else', async () => {
    await retryPayment('pm_card_mastercard').expect(202);
    const change = lastChangeId();
    expect(await applyPaymentMethod(api.database, id, change)).toBe(true);
    expect((await contact()).payment_method).toBe('pm_card_mastercard');
    expect(JSON.stringify(await staged())).not.toContain('mastercard');
  });

  test('is applied once', async () => {
    await retryPayment('pm_first');
    const first = lastChangeId();
    await applyPaymentMethod(api.database, id, first);
    await retryPayment('pm_second');
    await applyPaymentMethod(api.database, id, lastChangeId());
    expect(await applyPaymentMethod(api.database, id, first)).toBe(true);
    expect((await contact()).payment_method).toBe('pm_second');
  });

  test('must be one of this order, and no address', async () => {
    await retryPayment('pm_first');
    const { id: other } = await placeOrder(api);
    expect(await applyPaymentMethod(api.database, other, lastChangeId())).toBe(false);
    await changeAddress('FR');
    expect(await applyPaymentMethod(api.database, id, lastChangeId())).toBe(false);
  });
});
