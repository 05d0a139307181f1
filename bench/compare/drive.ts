import { setTimeout as sleep } from 'node:timers/promises';
import { closedLoop } from '../harness/load.js';
import type { Stack } from '../harness/stack.js';
import type { Sight } from '../harness/watch.js';
import { orderFault, type Cell, type Driven } from './cell.js';
import { disturb, poison, putOnSale } from './disturb.js';
import { restarts, type OrderPlan, type SeedPlan } from './schedule/plans.js';
import { limitMs } from './time-scale.js';

/** What became of a seed's orders before they were compared with the ledgers. */
export interface DrivenSeed {
  readonly seed: number;
  readonly orders: readonly Driven[];
  readonly restartsMs: readonly number[];
}

const concurrency = 12;
/** Between the first orders: begun together they would stay in step and be worked on in waves. */
const beginningGapMs = 300;
/** An order that stands still leaves its place to the next one after this time. */
const laneMs = 8_000;
const momentMs = 20_000;
const lookMs = 10;

/** A seed on its way: a new one begins when there is a place free, not when the one before has ended. */
interface UnderWay {
  readonly plan: SeedPlan;
  begun: number;
  readonly orders: Driven[];
  readonly restartsMs: number[];
}

/**
 * Places the orders of the seeds, one seed behind the other, does to them what their plan says, and waits
 * until they are at rest.
 */
export async function driveSeeds(
  stack: Stack,
  cell: Cell,
  plans: readonly SeedPlan[],
): Promise<readonly DrivenSeed[]> {
  const { pool } = cell.system;
  for (const { scarce } of plans) if (scarce !== undefined) await putOnSale(pool, scarce);
  const seeds = plans.map((plan): UnderWay => ({ plan, begun: 0, orders: [], restartsMs: [] }));
  const stopped = new AbortController();
  const disturbing = disturbAll(stack, cell, seeds, stopped.signal);
  await Promise.all([disturbing, placeAll(cell, seeds)]).finally(() => {
    stopped.abort();
  });
  const ids = seeds.flatMap(({ orders }) => orders.map(({ orderId }) => orderId));
  const { stillMs } = cell.options.variant;
  // All have the same time from the last one on.
  await waitForRest(() => ids.map((id) => cell.sight(id)), { stillMs, limitMs });
  return seeds.map(({ plan, orders, restartsMs }) => ({ seed: plan.seed, orders, restartsMs }));
}

async function placeAll(cell: Cell, seeds: readonly UnderWay[]): Promise<void> {
  const places = seeds.flatMap((seed) => seed.plan.orders.map((order) => ({ seed, order })));
  await closedLoop(places.length, concurrency, async (index) => {
    if (index < concurrency) await sleep(index * beginningGapMs);
    const { seed, order } = places[index]!;
    seed.begun += 1;
    seed.orders.push(await carry(cell, order));
  });
}

/** One order, until it is at rest or has stood in the way for long enough. */
async function carry(cell: Cell, plan: OrderPlan): Promise<Driven> {
  const placed = await cell.place(plan);
  const { orderId } = placed;
  cell.progress.watch(orderId);
  if (plan.isPoisoned) await poison(cell, orderId);
  const cancelStatus = await cancelWhenDue(cell, plan, orderId);
  await sees(cell, orderId, isAtRest, laneMs);
  return { ...placed, cancelStatus };
}

async function cancelWhenDue(
  cell: Cell,
  { cancelAt, beforeCancel = [] }: OrderPlan,
  orderId: string,
): Promise<number | undefined> {
  if (cancelAt === undefined) return undefined;
  const isDue = ({ facts, isEnded }: Sight) => isEnded || facts.includes(cancelAt);
  await sees(cell, orderId, isDue, momentMs);
  for (const fault of beforeCancel) await orderFault(cell.system, orderId, fault);
  return cell.client.cancel(orderId);
}

const sees = (cell: Cell, id: string, holds: (sight: Sight) => boolean, ms: number) =>
  cell.progress.waitFor(id, holds, ms).catch(() => undefined);

/** One after the other, each when its seed is so far. */
async function disturbAll(
  stack: Stack,
  cell: Cell,
  seeds: readonly UnderWay[],
  stopped: AbortSignal,
): Promise<void> {
  for (const seed of seeds) {
    for (const disturbance of seed.plan.disturbances) {
      while (seed.begun < disturbance.afterOrders && !stopped.aborted) await sleep(lookMs);
      if (stopped.aborted) return;
      if (restarts.has(disturbance.kind)) seed.restartsMs.push(Date.now());
      await disturb(disturbance.kind, stack, cell);
    }
  }
}

export interface Patience {
  /** An order without a new fact for so long stands still. */
  readonly stillMs: number;
  readonly limitMs: number;
}

const restLookMs = 100;
/** What an order does after its end, and what changes while it waits for a person, has ended by then. */
const quietMs = 600;

const isAtRest = ({ isEnded, waits }: Sight): boolean => isEnded || waits.length > 0;

interface Clock {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

const machineClock: Clock = { now: () => Date.now(), sleep: (ms) => sleep(ms) };

/** Waits until all of the orders have ended or wait for a person, and nothing changes any more. */
export async function waitForRest(
  look: () => readonly Sight[],
  { stillMs, limitMs: longestMs }: Patience,
  clock = machineClock,
): Promise<void> {
  const endMs = clock.now() + longestMs;
  let known = '';
  let sinceMs = clock.now();
  while (clock.now() < endMs) {
    const sights = look();
    const seen = JSON.stringify(sights);
    if (seen !== known) {
      known = seen;
      sinceMs = clock.now();
    }
    const neededMs = sights.every(isAtRest) ? quietMs : stillMs;
    if (clock.now() - sinceMs >= neededMs) return;
    await clock.sleep(restLookMs);
  }
}
