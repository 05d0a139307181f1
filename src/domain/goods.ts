import type { SkuQuantity } from './facts.js';
import type { Money } from './money.js';

/** What is sent, and what is left to pay for it. */
export class Goods {
  #total: Money;
  #shippingFee: Money;
  #reducedTo: readonly SkuQuantity[] | undefined;

  constructor({ total, shipping }: { readonly total: Money; readonly shipping: Money }) {
    this.#total = total;
    this.#shippingFee = shipping;
  }

  get total(): Money {
    return this.#total;
  }

  get shippingFee(): Money {
    return this.#shippingFee;
  }

  /** What is sent of an order whose goods were not all there; undefined when they were. */
  get reducedTo(): readonly SkuQuantity[] | undefined {
    return this.#reducedTo;
  }

  /** Sent to another address, the order may cost something else. */
  reprice(total: Money, shippingFee: Money): void {
    this.#total = total;
    this.#shippingFee = shippingFee;
  }

  /** Some goods are missing, and the order goes on without them. */
  reduce(
    total: Money,
    { lines, dropped }: Readonly<Record<'lines' | 'dropped', readonly SkuQuantity[]>>,
  ): void {
    this.#total = total;
    this.#reducedTo = without(lines, dropped);
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
