import { setTimeout as sleep } from 'node:timers/promises';
import type { Observer, Sight } from './observer.js';

export interface Patience {
  /** An order of which nothing was heard for so long stands still. */
  readonly stillMs: number;
  /** Nothing is waited for after this. */
  readonly limitMs: number;
}

const lookMs = 100;
/** What an order does after its end, and what changes while it waits for a person, is over by then. */
const settledMs = 600;

const isAtRest = ({ isEnded, waits }: Sight): boolean => isEnded || waits.length > 0;

/** Waits until all of the orders have ended or wait for a person, and nothing is heard of any. */
export async function untilRest(
  observer: Observer,
  orderIds: readonly string[],
  { stillMs, limitMs }: Patience,
): Promise<void> {
  const endMs = Date.now() + limitMs;
  let known = '';
  let sinceMs = Date.now();
  while (Date.now() < endMs) {
    const sights = orderIds.map((orderId) => observer.sight(orderId));
    const seen = JSON.stringify(sights);
    if (seen !== known) {
      known = seen;
      sinceMs = Date.now();
    }
    const neededMs = sights.every(isAtRest) ? settledMs : stillMs;
    if (Date.now() - sinceMs >= neededMs) return;
    await sleep(lookMs);
  }
}
