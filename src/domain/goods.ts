import type { SkuQuantity } from './facts.js';
import type { Money } from './money.js';

/** What is sent, and what is left to pay for it. */
export class Goods {
  total: Money;
  shippingFee: Money;
  /** What is sent of an order whose goods were not all there; undefined when they were. */
  reducedTo: readonly SkuQuantity[] | undefined;

  constructor({ total, shipping }: { readonly total: Money; readonly shipping: Money }) {
    this.total = total;
    this.shippingFee = shipping;
  }

  /** Another address can change the price. */
  reprice(total: Money, shippingFee: Money): void {
    this.total = total;
    this.shippingFee = shippingFee;
  }

  /** The order continues without the missing goods. */
  reduce(
    total: Money,
    { lines, dropped }: Readonly<Record<'lines' | 'dropped', readonly SkuQuantity[]>>,
  ): void {
    this.total = total;
    this.reducedTo = without(lines, dropped);
  }
}

function without(
  lines: readonly SkuQuantity[],
  dropped: readonly SkuQuantity[],
): readonly SkuQuantity[] {
  const missing = new Map(dropped.map(({ sku, quantity }) => [sku, quantity]));
  return lines
    .map(({ sku, quantity }) => ({ sku, quantity: quantity - (missing.get(sku) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}
