import type { SkuQuantity } from './facts.js';
import { shipmentIdOf, type OrderId, type ShipmentId } from './ids.js';
import { allocate, sum, totalOf, type Money } from './money.js';
import { slicePrice, type ChargedLine } from './totals.js';

/** What one warehouse sends, as the stock set it aside. */
export interface Allocation {
  readonly warehouseId: string;
  readonly lines: readonly SkuQuantity[];
}

/** One shipment of an order: what goes where from, and what of the order's total it is worth. */
export interface Parcel extends Allocation {
  readonly shipmentId: ShipmentId;
  readonly amount: Money;
}

export interface WholeOrder {
  readonly orderId: OrderId;
  readonly lines: readonly SkuQuantity[];
  readonly total: Money;
}

/** An order in one shipment, as long as nobody knows where it is sent from. */
export const onlyParcel = ({ orderId, lines, total }: WholeOrder): Parcel => ({
  shipmentId: shipmentIdOf(orderId),
  warehouseId: '',
  lines,
  amount: total,
});

/**
 * The shipments of an order. Their amounts add up to the goods that were set aside and the shipping
 * fee, to the cent: the units of a line are priced one behind the other, and the fee is shared out by
 * the goods' worth, by largest remainder.
 */
export function parcelsOf(
  orderId: OrderId,
  lines: readonly ChargedLine[],
  shipping: Money,
  allotments: readonly Allocation[],
): readonly Parcel[] {
  const goods = contentsOf(lines, allotments).map((content) => totalOf(content, shipping.currency));
  const weights = goods.map(({ amountMinor }) => amountMinor);
  const fees = allocate(
    shipping,
    weights.some((weight) => weight > 0) ? weights : goods.map(() => 1),
  );
  return allotments.map((allotment, index) => ({
    ...allotment,
    shipmentId: shipmentIdOf(orderId, index),
    amount: sum(
      [goods[index], fees[index]].filter((part) => part !== undefined),
      shipping.currency,
    ),
  }));
}

/**
 * What each warehouse sends, with what its units cost: they are cut from the order's lines one behind
 * the other. A SKU that is not in the order costs nothing and is left out.
 */
export function contentsOf(
  lines: readonly ChargedLine[],
  allotments: readonly Allocation[],
): readonly (readonly ChargedLine[])[] {
  const bySku = new Map(lines.map((line) => [line.sku, line]));
  const taken = new Map<string, number>();
  return allotments.map((allotment) =>
    allotment.lines.flatMap(({ sku, quantity }) => {
      const line = bySku.get(sku);
      if (line === undefined) return [];
      const before = taken.get(sku) ?? 0;
      taken.set(sku, before + quantity);
      return [{ sku, quantity, amount: slicePrice(line, before, quantity) }];
    }),
  );
}
