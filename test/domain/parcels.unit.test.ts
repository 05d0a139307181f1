import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import { money, sum, type Money } from '../../src/domain/money.js';
import { contentsOf, parcelsOf, type Allocation } from '../../src/domain/parcels.js';
import { deliveredGoods } from '../../src/domain/returnable.js';
import { mergeLines, priceOrder, type ChargedLine } from '../../src/domain/totals.js';

/** One unit of each SKU, each in a warehouse of its own. */
const unitsOf = (...skus: string[]): readonly Allocation[] =>
  skus.map((sku, index) => ({ warehouseId: `wh_${index}`, lines: [{ sku, quantity: 1 }] }));

const orderId: OrderId = 'ord_01m7y219pffzv8pj63v9wcvshh';
const eur = (amountMinor: number): Money => money(amountMinor, 'EUR');
const worth = (parts: readonly { readonly amount: Money }[]): number =>
  sum(
    parts.map(({ amount }) => amount),
    'EUR',
  ).amountMinor;
const line = (sku: string, quantity: number, amountMinor: number): ChargedLine => ({
  sku,
  quantity,
  amount: eur(amountMinor),
});

const pricedOrders = fc
  .record({
    lines: fc.array(
      fc.tuple(
        fc.constantFrom('A', 'B', 'C', 'D'),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 9_999 }),
      ),
      { minLength: 1, maxLength: 20 },
    ),
    discountBasisPoints: fc.integer({ min: 0, max: 10_000 }),
    shippingMinor: fc.integer({ min: 0, max: 2_000 }),
  })
  .map(({ lines, discountBasisPoints, shippingMinor }) => {
    const shipping = eur(shippingMinor);
    const bought = lines.map(([sku, quantity, unit]) => line(sku, quantity, quantity * unit));
    const charges = { discountBasisPoints, shipping, taxBasisPoints: 1_900 };
    const { lines: charged, totals } = priceOrder(bought, charges);
    return { lines: mergeLines(charged), shipping, totalMinor: totals.total.amountMinor };
  });

/** Every unit goes to one of these warehouses, each unit wherever chance puts it. */
const places = fc.infiniteStream(fc.integer({ min: 0, max: 3 }));

function splitOver(lines: readonly ChargedLine[], place: () => number): readonly Allocation[] {
  const parts = new Map<number, Map<string, number>>();
  for (const { sku, quantity } of lines) {
    for (let unit = 0; unit < quantity; unit += 1) {
      const warehouse = place();
      const part = parts.get(warehouse) ?? new Map<string, number>();
      parts.set(warehouse, part.set(sku, (part.get(sku) ?? 0) + 1));
    }
  }
  return [...parts].map(([warehouse, part]) => ({
    warehouseId: `wh_${warehouse}`,
    lines: [...part].map(([sku, quantity]) => ({ sku, quantity })),
  }));
}

const bySku = (all: readonly ChargedLine[]) =>
  mergeLines(all).toSorted((one, other) => one.sku.localeCompare(other.sku));

const takenFrom = (stream: Iterator<number>) => (): number => Number(stream.next().value);

describe('the shipments of an order', () => {
  test('cost together what the order costs, to the cent, however it is split', () => {
    fc.assert(
      fc.property(pricedOrders, places, ({ lines, shipping, totalMinor }, stream) => {
        const allotments = splitOver(lines, takenFrom(stream));
        const parcels = parcelsOf(orderId, lines, shipping, allotments);
        expect(worth(parcels)).toBe(totalMinor);
        expect(new Set(parcels.map(({ shipmentId }) => shipmentId)).size).toBe(allotments.length);
      }),
    );
  });

  test('contain every unit once, at what all its units cost together', () => {
    fc.assert(
      fc.property(pricedOrders, places, ({ lines }, stream) => {
        const contents = contentsOf(lines, splitOver(lines, takenFrom(stream)));
        expect(bySku(contents.flat())).toEqual(bySku(lines));
      }),
    );
  });

  test.each<[string, string[], ChargedLine[], number, number[]]>([
    [
      'are 33.33 each of three units at 99.99 in all',
      ['A', 'A', 'A'],
      [line('A', 3, 9_999)],
      0,
      [3_333, 3_333, 3_333],
    ],
    [
      'share a fee that cannot be divided by largest remainder',
      ['A', 'B', 'C'],
      ['A', 'B', 'C'].map((sku) => line(sku, 1, 100)),
      100,
      [134, 133, 133],
    ],
    [
      'share the fee evenly when the goods are free',
      ['A', 'B'],
      [line('A', 1, 0), line('B', 1, 0)],
      501,
      [251, 250],
    ],
  ])('%s', (_title, units, lines, feeMinor, amounts) => {
    const parcels = parcelsOf(orderId, lines, eur(feeMinor), unitsOf(...units));
    expect(parcels.map(({ amount }) => amount.amountMinor)).toEqual(amounts);
  });

  test('cost nothing for a SKU that was not ordered', () => {
    expect(contentsOf([line('A', 1, 100)], unitsOf('Z'))).toEqual([[]]);
  });
});

test('a delivered order has the goods and the fee that were paid for, to the cent, however it is split', () => {
  fc.assert(
    fc.property(pricedOrders, places, ({ lines, shipping }, stream) => {
      const allotments = splitOver(lines, takenFrom(stream));
      const parcels = parcelsOf(orderId, lines, shipping, allotments);
      const delivered = parcels.map(
        ({ shipmentId }) => ({ type: 'shipment.delivered', shipmentId }) as const,
      );
      const reserved = { type: 'inventory.reserved', parcels: allotments } as const;
      const goods = deliveredGoods({ orderId, lines, shipping, facts: [reserved, ...delivered] });
      expect(goods.shipping).toEqual(shipping);
      expect(bySku(goods.lines)).toEqual(bySku(lines));
    }),
  );
});
