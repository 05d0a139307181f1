import { setTimeout as sleep } from 'node:timers/promises';
import { bodyOf, postJson } from '../../src/up/json-client.js';
import { closedLoop } from '../load.js';
import type { Cell } from './cell.js';
import { disturb } from './faults/disturb.js';
import { poison } from './faults/poison.js';
import { putOnSale } from './goods.js';
import { untilRest } from './rest.js';
import {
  restarts,
  type Disturbance,
  type OrderPlan,
  type ProviderFault,
  type SeedPlan,
} from './schedule/plans.js';
import type { Placed } from './shop.js';

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
  /** When its last order was placed. */
  readonly placedMs: number;
}

/** So many orders are under way at once. */
const concurrency = 16;
/** An order that stands still leaves its place to the next one after this time. */
const laneMs = 5_000;
const momentMs = 20_000;
const lookMs = 10;
/** So long a seed may take until the next one begins. */
const seedLimitMs = 30_000;

/** Places a seed's orders, does to them what its plan says, and waits until they are at rest. */
export async function driveSeed(cell: Cell, plan: SeedPlan): Promise<DrivenSeed> {
  if (plan.scarce !== undefined) await putOnSale(cell.pool, plan.scarce);
  const progress = { begun: 0 };
  const disturbing = disturbAll(cell, plan.disturbances, progress);
  const placing = closedLoop(plan.orders.length, concurrency, (index) => {
    progress.begun += 1;
    return carry(cell, orderAt(plan, index));
  });
  const [orders, restartsMs] = await Promise.all([placing, disturbing]);
  const placedMs = Math.max(...orders.map(({ sentAtMs }) => sentAtMs));
  const { stillMs } = cell.arm;
  await untilRest(() => orders.map(({ orderId }) => cell.observer.sight(orderId)), {
    stillMs,
    limitMs: placedMs + seedLimitMs - Date.now(),
  });
  return { seed: plan.seed, orders, restartsMs, placedMs };
}

function orderAt({ orders }: SeedPlan, index: number): OrderPlan {
  const order = orders[index];
  if (order === undefined) throw new RangeError(`There is no order ${index}`);
  return order;
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

/** @returns when each restart began */
async function disturbAll(
  cell: Cell,
  disturbances: readonly Disturbance[],
  progress: { readonly begun: number },
): Promise<readonly number[]> {
  const restartsMs: number[] = [];
  for (const { kind, afterOrders } of disturbances) {
    while (progress.begun < afterOrders) await sleep(lookMs);
    if (restarts.has(kind)) restartsMs.push(Date.now());
    await disturb(kind, cell);
  }
  return restartsMs;
}
