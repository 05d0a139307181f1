import { pairsOf, type Basket } from './basket.js';

export interface PairChange {
  readonly low: string;
  readonly high: string;
  readonly change: number;
}

/** By how much each pair's count changes when these baskets become those. */
export function changesBetween(
  baskets: Iterable<readonly [before: Basket | undefined, after: Basket]>,
): readonly PairChange[] {
  const tally = new Map<string, PairChange>();
  const add = (basket: Basket | undefined, by: number): void => {
    for (const [low, high] of pairsOf(basket)) {
      const key = JSON.stringify([low, high]);
      tally.set(key, { low, high, change: (tally.get(key)?.change ?? 0) + by });
    }
  };
  for (const [before, after] of baskets) {
    add(before, -1);
    add(after, 1);
  }
  return [...tally.values()].filter(({ change }) => change !== 0);
}
