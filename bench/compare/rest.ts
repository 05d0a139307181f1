import { setTimeout as sleep } from 'node:timers/promises';
import type { Sight } from './observer.js';

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

/** Changes with whatever is heard of the order. */
const traceOf = ({ isEnded, facts, waits }: Sight): string =>
  `${isEnded ? 'ended' : 'open'} ${facts.length} ${facts.at(-1) ?? ''} ${waits.join(' ')}`;

/** Time, as it passes. */
interface Clock {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

const machineClock: Clock = { now: () => Date.now(), sleep: (ms) => sleep(ms) };

/** Waits until all of the orders have ended or wait for a person, and nothing is heard of any. */
export async function untilRest(
  look: () => readonly Sight[],
  { stillMs, limitMs }: Patience,
  clock = machineClock,
): Promise<void> {
  const endMs = clock.now() + limitMs;
  let known = '';
  let sinceMs = clock.now();
  while (clock.now() < endMs) {
    const sights = look();
    const seen = sights.map(traceOf).join();
    if (seen !== known) {
      known = seen;
      sinceMs = clock.now();
    }
    const neededMs = sights.every(isAtRest) ? settledMs : stillMs;
    if (clock.now() - sinceMs >= neededMs) return;
    await clock.sleep(lookMs);
  }
}
