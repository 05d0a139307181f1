import { expect, test } from 'vitest';
import { Goods } from '../../src/domain/goods.js';
import { money } from '../../src/domain/money.js';

const eur = (amountMinor: number) => money(amountMinor, 'EUR');
const goods = () => new Goods({ total: eur(3_000), shipping: eur(500) });
const lines = [
  { sku: 'TEA', quantity: 2 },
  { sku: 'CUP', quantity: 1 },
];

test('goes on without the units that are missing', () => {
  const reduced = goods();
  const dropped = [
    { sku: 'TEA', quantity: 1 },
    { sku: 'CUP', quantity: 1 },
  ];
  reduced.reduce(eur(1_500), { lines, dropped });
  expect(reduced.reducedTo).toEqual([{ sku: 'TEA', quantity: 1 }]);
  expect(reduced.total).toEqual(eur(1_500));
});

test('costs something else at another address', () => {
  const repriced = goods();
  repriced.reprice(eur(3_400), eur(900));
  expect([repriced.total, repriced.shippingFee]).toEqual([eur(3_400), eur(900)]);
});

test('says nothing of its lines while all are there', () => {
  expect(goods().reducedTo).toBeUndefined();
});
