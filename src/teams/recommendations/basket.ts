import { readData } from '../../events/catalogue/read-event.js';
import type { Steps } from '../../events/projection.js';

/** What was bought together in one order. */
export interface Basket {
  /** How many of each SKU. */
  readonly goods: Readonly<Record<string, number>>;
  /** Only what was bought and not taken back tells us something. */
  readonly is_bought: boolean;
}

const isBought =
  (is_bought: boolean) =>
  (basket: Basket | undefined): Basket | undefined =>
    basket && (basket.is_bought === is_bought ? basket : { ...basket, is_bought });

/** What events make of a basket; that of an order that was never placed stays unknown. */
export const basketSteps: Steps<Basket> = {
  'order.placed': (_basket, event) => {
    const { lines } = readData(event);
    const goods = Object.fromEntries(lines.map(({ sku, quantity }) => [sku, quantity]));
    return { goods, is_bought: false };
  },
  'order.reduced': (basket, event) =>
    basket && { ...basket, goods: less(basket.goods, readData(event).dropped) },
  'order.confirmed': isBought(true),
  'order.delivered': isBought(true),
  'order.cancelled': isBought(false),
  'order.rejected': isBought(false),
  'order.failed': isBought(false),
  'order.returned': isBought(false),
};

function less(
  goods: Basket['goods'],
  dropped: readonly { readonly sku: string; readonly quantity: number }[],
): Basket['goods'] {
  const left = { ...goods };
  for (const { sku, quantity } of dropped) left[sku] = Math.max(0, (left[sku] ?? 0) - quantity);
  return left;
}

/** A basket of very many things says little about any two, and its pairs would be without end. */
const mostSkus = 20;

/** Each two SKUs that count as bought together, the lower one first. */
function pairsOf(basket: Basket | undefined): readonly (readonly [string, string])[] {
  if (basket?.is_bought !== true) return [];
  const skus = Object.keys(basket.goods)
    .filter((sku) => (basket.goods[sku] ?? 0) > 0)
    .toSorted();
  if (skus.length > mostSkus) return [];
  return skus.flatMap((low, place) => skus.slice(place + 1).map((high) => [low, high] as const));
}

export interface PairChange {
  readonly low: string;
  readonly high: string;
  readonly change: number;
}

/** By how much each pair's count changes when these baskets become those. */
export function changesBetween(
  baskets: readonly { readonly before: Basket | undefined; readonly after: Basket }[],
): readonly PairChange[] {
  const tally = new Map<string, PairChange>();
  const add = (basket: Basket | undefined, by: number): void => {
    for (const [low, high] of pairsOf(basket)) {
      const key = JSON.stringify([low, high]);
      tally.set(key, { low, high, change: (tally.get(key)?.change ?? 0) + by });
    }
  };
  for (const { before, after } of baskets) {
    add(before, -1);
    add(after, 1);
  }
  return [...tally.values()].filter(({ change }) => change !== 0);
}
