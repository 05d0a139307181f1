import { setTimeout as sleep } from 'node:timers/promises';
import { untilRest } from '../compare/rest.js';
import type { Driven } from '../compare/drive.js';
import type { OrderPlan } from '../compare/schedule/plans.js';
import type { KeptProcess } from '../prove-events/kept-process.js';
import { sendCancel, type SentCancel } from './cancel.js';
import type { Disturbance, PlannedOrder, Round } from './plan.js';
import type { Stack } from './stack.js';

/** An order that was placed, and how its cancel was answered if it had one. */
export interface StalledOrder extends Driven {
  readonly cancel?: SentCancel;
}

/** What really happened to the worker. */
export interface Damage {
  stalls: number;
  stalledMs: number;
  kills: number;
}

/** Longer than whatever the service waits for before it tries again: the relay 30 s. */
const stillMs = 35_000;
const restLimitMs = 180_000;

/** Carries out one round after the other, and waits until all orders have come to rest. */
export async function driveRounds(
  stack: Stack,
  rounds: readonly Round[],
  onRound: (index: number) => void,
): Promise<{ readonly orders: readonly StalledOrder[]; readonly damage: Damage }> {
  const damage: Damage = { stalls: 0, stalledMs: 0, kills: 0 };
  const carried: Promise<StalledOrder>[] = [];
  for (const [index, round] of rounds.entries()) {
    onRound(index);
    carried.push(...(await beginRound(stack, round)));
    await disturb(stack.worker, round.disturbance, damage);
  }
  const orders = await Promise.all(carried);
  const look = () => orders.map(({ orderId }) => stack.observer.sight(orderId));
  await untilRest(look, { stillMs, limitMs: restLimitMs });
  return { orders, damage };
}

/** Resolves when the orders that come before the disturbance are accepted. */
async function beginRound(
  stack: Stack,
  { orders }: Round,
): Promise<readonly Promise<StalledOrder>[]> {
  const early = orders.filter(({ placedAfterMs }) => placedAfterMs < 0);
  const firstMs = performance.now() - Math.min(0, ...early.map((order) => order.placedAfterMs));
  const placing = early.map(async ({ basket, placedAfterMs }) => {
    await sleepUntil(firstMs + placedAfterMs);
    return place(stack, basket);
  });
  const placed = new Map((await Promise.all(placing)).map((one) => [one.plan, one]));
  const beganMs = performance.now();
  return orders.map((order) => kept(carry(stack, order, placed.get(order.basket), beganMs)));
}

/** Its failure is reported at the end; until then nobody waits for it. */
function kept<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined);
  return promise;
}

/** An order until its cancel is answered. @param early when it was placed already */
async function carry(
  stack: Stack,
  { basket, placedAfterMs, cancel }: PlannedOrder,
  early: Driven | undefined,
  beganMs: number,
): Promise<StalledOrder> {
  if (early === undefined) await sleepUntil(beganMs + placedAfterMs);
  const placed = early ?? (await place(stack, basket));
  if (cancel === undefined) return placed;
  await sleepUntil(beganMs + cancel.afterMs);
  const sent = await sendCancel(stack, placed.orderId, cancel.by);
  // A cancel without an answer may be taken all the same: it is a reason to undo the order.
  return { ...placed, cancel: sent, cancelStatus: sent.status ?? 202 };
}

async function place({ shop, observer }: Stack, basket: OrderPlan): Promise<Driven> {
  const placed = await shop.place(basket);
  observer.watch(placed.orderId);
  return { ...placed, plan: basket };
}

async function disturb(worker: KeptProcess, plan: Disturbance, damage: Damage): Promise<void> {
  await sleep(plan.afterMs);
  if (plan.kind === 'stall') {
    damage.stalls += 1;
    damage.stalledMs += plan.lastsMs;
    await worker.pause(plan.lastsMs);
  } else {
    damage.kills += 1;
    await worker.kill(plan.lastsMs);
  }
}

const sleepUntil = (timeMs: number): Promise<void> =>
  sleep(Math.max(0, timeMs - performance.now()));
