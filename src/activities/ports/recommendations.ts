import type { OrderId } from '../../domain/ids.js';

export interface SuggestedProduct {
  readonly sku: string;
  readonly title: string;
}

/** Whoever knows what goes with an order; nobody may be there. */
export interface Recommendations {
  /** Products that the order's buyer may like, best first; none when nothing is known. */
  suggest(orderId: OrderId, limit: number): Promise<readonly SuggestedProduct[]>;
}
