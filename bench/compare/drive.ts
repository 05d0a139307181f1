import { setTimeout as sleep } from 'node:timers/promises';
import { closedLoop } from '../harness/load.js';
import type { Stack } from '../harness/stack.js';
import type { Sight } from '../harness/watch.js';
import type { Cell, Driven } from './cell.js';
import { disturb, poison, putOnSale } from './disturb.js';
import { orderFault } from './failpoints/failpoints.js';
import type { DisturbanceKind, OrderPlan, SeedPlan } from './schedule/plans.js';
import { limitMs } from './time-scale.js';

const concurrency = 12;
/** Between the first orders: begun together they would stay in step and be worked on in waves. */
const beginningGapMs = 300;
/** An order that stands still leaves its place to the next one after this time. */
const laneMs = 8_000;
const momentMs = 20_000;
const lookMs = 10;

/** A seed under way: a new one begins when there is a place free, not when the one before has ended. */
export interface DrivenSeed {
  readonly plan: SeedPlan;
  begun: number;
  readonly orders: Driven[];
  readonly restartsMs: number[];
}

export async function driveSeeds(
  stack: Stack,
  cell: Cell,
  plans: readonly SeedPlan[],
): Promise<readonly DrivenSeed[]> {
  const { pool } = cell.system;
  for (const { scarce } of plans) if (scarce !== undefined) await putOnSale(pool, scarce);
  const seeds = plans.map((plan): DrivenSeed => ({ plan, begun: 0, orders: [], restartsMs: [] }));
  const stopped = new AbortController();
  const disturbing = disturbAll(stack, cell, seeds, stopped.signal);
  await Promise.all([disturbing, placeAll(cell, seeds)]).finally(() => {
    stopped.abort();
  });
  const ids = seeds.flatMap(({ orders }) => orders.map(({ orderId }) => orderId));
  const { stillMs } = cell.variant;
  // All have the same time from the last one on.
  await waitForRest(() => ids.map((id) => cell.sight(id)), { stillMs, limitMs });
  return seeds;
}

async function placeAll(cell: Cell, seeds: readonly DrivenSeed[]): Promise<void> {
  const places = seeds.flatMap((seed) => seed.plan.orders.map((order) => ({ seed, order })));
  await closedLoop(places.length, concurrency, async (index) => {
    if (index < concurrency) await sleep(index * beginningGapMs);
    const { seed, order } = places[index]!;
    seed.begun += 1;
    seed.orders.push(await carry(cell, order));
  });
}

async function carry(cell: Cell, plan: OrderPlan): Promise<Driven> {
  const placed = await cell.place(plan);
  const { orderId } = placed;
  cell.progress.watch(orderId);
  if (plan.isPoisoned) await poison(cell, orderId);
  const sees = (holds: (sight: Sight) => boolean, ms: number) =>
    cell.progress.waitFor(orderId, holds, ms).catch(() => undefined);
  const { cancelAt, beforeCancel = [] } = plan;
  let cancelStatus: number | undefined;
  if (cancelAt !== undefined) {
    await sees(({ facts, isEnded }) => isEnded || facts.includes(cancelAt), momentMs);
    for (const fault of beforeCancel) await orderFault(cell.system.sandboxUrl, orderId, fault);
    cancelStatus = await cell.client.cancel(orderId);
  }
  await sees(isAtRest, laneMs);
  return { ...placed, cancelStatus };
}

const isRestart = (kind: DisturbanceKind): boolean => /^restart_|^new_version$/.test(kind);

async function disturbAll(
  stack: Stack,
  cell: Cell,
  seeds: readonly DrivenSeed[],
  stopped: AbortSignal,
): Promise<void> {
  for (const seed of seeds) {
    for (const { kind, afterOrders } of seed.plan.disturbances) {
      while (seed.begun < afterOrders && !stopped.aborted) await sleep(lookMs);
      if (stopped.aborted) return;
      if (isRestart(kind)) seed.restartsMs.push(Date.now());
      await disturb(kind, stack, cell);
    }
  }
}

const restLookMs = 100;
/** What an order does after its end, and what changes while it waits for a person, has ended by then. */
const quietMs = 600;

const isAtRest = ({ isEnded, waits }: Sight): boolean => isEnded || waits.length > 0;

const machineClock = { now: () => Date.now(), sleep: (ms: number): Promise<void> => sleep(ms) };

/** Waits until all of the orders have ended or wait for a person, and nothing changes any more. */
export async function waitForRest(
  look: () => readonly Sight[],
  { stillMs, limitMs: longestMs }: { readonly stillMs: number; readonly limitMs: number },
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
