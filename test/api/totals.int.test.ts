import { expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import { anOrderRequest, placeOrder, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;

const to = (country: string) => ({
  shipping_address: { ...anOrderRequest().shipping_address, country },
});

const read = async (id: OrderId) => (await api.read(`/v1/orders/${id}`)) as OrderView;

interface Amount {
  readonly amount: number;
}

interface OrderView {
  readonly totals: Readonly<Record<string, Amount>>;
  readonly lines: readonly { readonly amount: Amount }[];
  readonly discount_code: string | null;
}

const lineAmounts = ({ lines }: OrderView) => lines.map(({ amount }) => amount.amount);
const sum = (amounts: readonly number[]) => amounts.reduce((one, other) => one + other, 0);

/** The members of the totals as bare amounts. */
const amounts = (order: OrderView) =>
  Object.fromEntries(Object.entries(order.totals).map(([name, { amount }]) => [name, amount]));

test.each([
  ['DE', 'EUR', { items: 1780, shipping: 0, total: 1780, tax_included: 284 }],
  ['AT', 'EUR', { items: 1780, shipping: 0, total: 1780, tax_included: 297 }],
  ['FR', 'EUR', { items: 1780, shipping: 590, total: 2370, tax_included: 395 }],
  ['NO', 'EUR', { items: 1780, shipping: 1290, total: 3070, tax_included: 614 }],
  ['NO', 'USD', { items: 1980, shipping: 1420, total: 3400, tax_included: 680 }],
  ['JP', 'EUR', { items: 1780, shipping: 0, total: 1780, tax_included: 0 }],
])(
  'an order to %s in %s has the fee and the tax of its country',
  async (country, currency, due) => {
    const { id } = await placeOrder(api, { ...to(country), currency });
    const order = await read(id);
    expect(amounts(order)).toEqual({ ...due, discount: 0, dropped: 0 });
    expect(workflows.started).toMatchObject([
      { total: { amountMinor: due.total, currency }, shipping: { amountMinor: due.shipping } },
    ]);
  },
);

test('a discount is shared out among the lines, which add up with the fee to the total', async () => {
  const { id } = await placeOrder(api, {
    ...to('FR'),
    discount_code: 'WELCOME10',
    lines: [
      { sku: 'TEA-100', quantity: 1 },
      { sku: 'MUG-200', quantity: 3 },
      { sku: 'TEA-500', quantity: 1 },
    ],
  });
  const order = await read(id);
  expect(amounts(order)).toEqual({
    items: 8730,
    discount: 873,
    shipping: 590,
    dropped: 0,
    tax_included: 1408,
    total: 8447,
  });
  expect(order.discount_code).toBe('WELCOME10');
  expect(lineAmounts(order)).toEqual([801, 3915, 3141]);
});

test('lines of one SKU are one line of the workflow, with what they cost together', async () => {
  await placeOrder(api, {
    discount_code: 'WELCOME10',
    lines: [
      { sku: 'TEA-100', quantity: 1 },
      { sku: 'MUG-200', quantity: 1 },
      { sku: 'TEA-100', quantity: 2 },
    ],
  });
  const [input] = workflows.started;
  expect(input?.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([
    ['TEA-100', 3],
    ['MUG-200', 1],
  ]);
  const lines = input!.lines.map(({ amount }) => amount.amountMinor);
  expect(sum(lines)).toBe(input!.total.amountMinor);
});

test('the answer of the placing and the order that is read later say the same', async () => {
  const request = { ...to('NO'), discount_code: 'WELCOME10' };
  const { body } = await api.postOrder(anOrderRequest(request)).expect(202);
  expect(await read(body.id)).toEqual(body);
});

test('an unknown discount code is refused with all other mistakes', async () => {
  const wrong = { discount_code: 'welcome10', lines: [{ sku: 'NOPE', quantity: 1 }] };
  const { body } = await api.postOrder(anOrderRequest(wrong)).expect(422);
  expect(body.errors).toMatchObject([
    { pointer: '/lines/0/sku', code: 'not_sold' },
    { pointer: '/discount_code', code: 'unknown_discount' },
  ]);
});

test('what is dropped for want of stock shows, and the tax follows the total', async () => {
  const { id } = await placeOrder(api);
  const dropped = [{ sku: 'TEA-100', quantity: 1 }];
  const total = { amountMinor: 890, currency: 'EUR' };
  await api.write(id, [{ type: 'order.reduced', dropped, total }], { status: 'processing' });
  expect(amounts(await read(id))).toMatchObject({
    items: 1780,
    dropped: 890,
    total: 890,
    tax_included: 142,
  });
});
