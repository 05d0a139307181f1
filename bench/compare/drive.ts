import { setTimeout as sleep } from 'node:timers/promises';
import { bodyOf, postJson } from '../../src/up/json-client.js';
import { closedLoop } from '../load.js';
import type { Cell } from './cell.js';
import { disturb } from './faults/disturb.js';
import { poison } from './faults/poison.js';
import { putOnSale } from './goods.js';
import { untilRest } from './rest.js';
import { restarts, type OrderPlan, type ProviderFault, type SeedPlan } from './schedule/plans.js';
import type { Placed } from './shop.js';
import { limitMs } from './time-scale.js';

/** An order that was placed, and what was done with it. */
export interface Driven extends Placed {
  readonly plan: OrderPlan;
  /** The answer to its buyer's cancel, if there was one. */
  readonly cancelStatus?: number;
}

/** What became of a seed's orders before anybody judged them. */
export interface DrivenSeed {
  readonly seed: number;
  readonly orders: readonly Driven[];
  /** When something was ended that has to start again. */
  readonly restartsMs: readonly number[];
}

/** So many orders are under way at once. */
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
  cell: Cell,
  plans: readonly SeedPlan[],
  onSeed: (seed: number) => void,
): Promise<readonly DrivenSeed[]> {
  for (const { scarce } of plans) if (scarce !== undefined) await putOnSale(cell.pool, scarce);
  const seeds = plans.map((plan): UnderWay => ({ plan, begun: 0, orders: [], restartsMs: [] }));
  const stopped = new AbortController();
  const disturbing = disturbAll(cell, seeds, stopped.signal);
  await Promise.all([disturbing, placeAll(cell, seeds, onSeed)]).finally(() => {
    stopped.abort();
  });
  await rest(cell, seeds);
  return seeds.map(({ plan, orders, restartsMs }) => ({ seed: plan.seed, orders, restartsMs }));
}

async function placeAll(
  cell: Cell,
  seeds: readonly UnderWay[],
  onSeed: (seed: number) => void,
): Promise<void> {
  const places = seeds.flatMap((seed) => seed.plan.orders.map((order) => ({ seed, order })));
  await closedLoop(places.length, concurrency, async (index) => {
    if (index < concurrency) await sleep(index * beginningGapMs);
    const { seed, order } = places[index]!;
    if (seed.begun === 0) onSeed(seed.plan.seed);
    seed.begun += 1;
    seed.orders.push(await carry(cell, order));
  });
}

/** All have the same time from the last one on. */
function rest({ observer, arm }: Cell, seeds: readonly UnderWay[]): Promise<void> {
  const orderIds = seeds.flatMap(({ orders }) => orders.map(({ orderId }) => orderId));
  return untilRest(() => orderIds.map((orderId) => observer.sight(orderId)), {
    stillMs: arm.stillMs,
    limitMs,
  });
}

/** One order, until it is at rest or has stood in the way for long enough. */
async function carry(cell: Cell, plan: OrderPlan): Promise<Driven> {
  const { observer, shop } = cell;
  const placed = await shop.place(plan);
  const { orderId } = placed;
  observer.watch(orderId);
  if (plan.isPoisoned) await poison(cell, orderId);
  const cancelled = await cancelWhenItIsTime(cell, plan, orderId);
  await observer.until(orderId, ({ isEnded, waits }) => isEnded || waits.length > 0, laneMs);
  return { ...placed, plan, ...cancelled };
}

async function cancelWhenItIsTime(
  { observer, shop, sandboxUrl }: Cell,
  { cancelAt, beforeCancel = [] }: OrderPlan,
  orderId: string,
): Promise<Pick<Driven, 'cancelStatus'>> {
  if (cancelAt === undefined) return {};
  await observer.until(
    orderId,
    ({ facts, isEnded }) => isEnded || facts.includes(cancelAt),
    momentMs,
  );
  for (const fault of beforeCancel) await orderFault(sandboxUrl, orderId, fault);
  return { cancelStatus: await shop.cancel(orderId) };
}

async function orderFault(url: string, orderId: string, fault: ProviderFault): Promise<void> {
  bodyOf(await postJson(`${url}/control/faults`, { ...fault, order_id: orderId }));
}

/** One after the other, each when its seed is so far. */
async function disturbAll(
  cell: Cell,
  seeds: readonly UnderWay[],
  stopped: AbortSignal,
): Promise<void> {
  for (const seed of seeds) {
    for (const disturbance of seed.plan.disturbances) {
      while (seed.begun < disturbance.afterOrders && !stopped.aborted) await sleep(lookMs);
      if (stopped.aborted) return;
      if (restarts.has(disturbance.kind)) seed.restartsMs.push(Date.now());
      await disturb(disturbance.kind, cell);
    }
  }
}
