import type { SkuQuantity } from '../../domain/facts.js';
import type { Money } from '../../domain/money.js';
import type { OrderInput } from '../messages.js';

/** What is sent, and what is left to pay for it. */
export class Goods {
  #total: Money;
  #shippingFee: Money;
  #reducedTo: readonly SkuQuantity[] | undefined;

  constructor({ total, shipping }: Pick<OrderInput, 'total' | 'shipping'>) {
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
  reduce(total: Money, lines: readonly SkuQuantity[]): void {
    this.#total = total;
    this.#reducedTo = lines;
  }
}
