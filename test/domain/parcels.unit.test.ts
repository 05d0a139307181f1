import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import { money, sum, type Money } from '../../src/domain/money.js';
import { contentsOf, parcelsOf, type Allotment } from '../../src/domain/parcels.js';
import { chargeReturn, deliveredGoods, type KnownReturn } from '../../src/domain/returnable.js';
import { mergeLines, priceOrder, type ChargedLine } from '../../src/domain/totals.js';

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

function splitOver(lines: readonly ChargedLine[], place: () => number): readonly Allotment[] {
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
        const bySku = (all: readonly ChargedLine[]) =>
          mergeLines(all).toSorted((one, other) => one.sku.localeCompare(other.sku));
        expect(bySku(contents.flat())).toEqual(bySku(lines));
      }),
    );
  });

  test('of three units at 99.99 in all are 33.33 each', () => {
    const one = { sku: 'A', quantity: 1 };
    const allotments = ['wh_1', 'wh_2', 'wh_3'].map((warehouseId) => ({
      warehouseId,
      lines: [one],
    }));
    const parcels = parcelsOf(orderId, [line('A', 3, 9_999)], eur(0), allotments);
    expect(parcels.map(({ amount }) => amount.amountMinor)).toEqual([3_333, 3_333, 3_333]);
  });

  test('share a fee that cannot be divided by largest remainder', () => {
    const allotments = ['A', 'B', 'C'].map((sku) => ({
      warehouseId: `wh_${sku}`,
      lines: [{ sku, quantity: 1 }],
    }));
    const lines = ['A', 'B', 'C'].map((sku) => line(sku, 1, 100));
    const parcels = parcelsOf(orderId, lines, eur(100), allotments);
    expect(parcels.map(({ amount }) => amount.amountMinor)).toEqual([134, 133, 133]);
  });

  test('share the fee evenly when the goods are free', () => {
    const allotments = ['A', 'B'].map((sku) => ({
      warehouseId: `wh_${sku}`,
      lines: [{ sku, quantity: 1 }],
    }));
    const parcels = parcelsOf(orderId, [line('A', 1, 0), line('B', 1, 0)], eur(501), allotments);
    expect(parcels.map(({ amount }) => amount.amountMinor)).toEqual([251, 250]);
  });

  test('cost nothing for a SKU that was not ordered', () => {
    const allotments = [{ warehouseId: 'wh_1', lines: [{ sku: 'Z', quantity: 1 }] }];
    expect(contentsOf([line('A', 1, 100)], allotments)).toEqual([[]]);
  });
});

describe('returns of a delivered order', () => {
  test('give back together what the goods cost, to the cent, in whatever parts they come', () => {
    const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(pricedOrders, places, sizes, ({ lines, shipping }, stream, portions) => {
        const allotments = splitOver(lines, takenFrom(stream));
        const goods = deliveredGoods({
          orderId,
          lines,
          shipping,
          facts: [
            { type: 'inventory.reserved', parcels: allotments },
            ...parcelsOf(orderId, lines, shipping, allotments).map(
              ({ shipmentId }) => ({ type: 'shipment.delivered', shipmentId }) as const,
            ),
          ],
        });
        expect(goods.shipping).toEqual(shipping);
        expect(returnedBitByBit(goods, takenFrom(portions))).toBe(worth(lines));
      }),
    );
  });
});

/** @returns what all returns cost together, each of a few units of one line */
function returnedBitByBit(goods: ReturnType<typeof deliveredGoods>, portion: () => number): number {
  const ordered = new Set(goods.lines.map(({ sku }) => sku));
  const known: KnownReturn[] = [];
  let total = 0;
  for (const { sku, quantity } of goods.lines) {
    for (let left = quantity; left > 0;) {
      const units = Math.min(left, portion());
      const charge = chargeReturn([{ sku, quantity: units }], ordered, goods, known);
      if (charge.kind === 'refused') throw new Error(`Refused: ${sku}`);
      for (const { amount } of charge.lines) expect(amount.amountMinor).toBeGreaterThanOrEqual(0);
      total += worth(charge.lines);
      left -= units;
      known.push({
        status: 'completed',
        lines: charge.lines.map((part) => ({ ...part, restocked: units, scrapped: 0, refused: 0 })),
        refunds: [],
      });
    }
  }
  return total;
}
