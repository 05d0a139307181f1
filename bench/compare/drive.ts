import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { carrierEventSignal } from '../../src/workflows/messages.js';
import { closedLoop } from '../harness/load.js';
import type { Stack } from '../harness/stack.js';
import type { Sight } from '../harness/watch.js';
import { offerProducts } from '../mix.js';
import type { Cell, Driven } from './cell.js';
import { orderFault } from './failpoints/failpoints.js';
import type { DisturbanceKind, Line, OrderPlan, SeedPlan } from './schedule/orders.js';
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

const pauseMs = 2_000;
const redelivered = 'update events.groups set position = greatest(0, position - 40)';

/** A variant without the victim is left alone: what needs one is not applicable there. */
async function disturb(kind: DisturbanceKind, stack: Stack, cell: Cell): Promise<void> {
  const { system, variant } = cell;
  const { broker, stepRole, hasLog } = variant;
  switch (kind) {
    case 'restart_broker':
      return broker && system.process(broker).kill(0);
    case 'restart_engine':
      return stack.temporal?.kill(0);
    case 'restart_database':
      return stack.postgres.kill(0);
    case 'new_version':
      return system.process(stepRole).renew();
    case 'pause_broker':
      return broker && system.process(broker).pause(pauseMs);
    case 'redeliver':
      if (hasLog) await system.pool.query(redelivered);
      return;
    case 'mute_notifications':
      if (hasLog) await muteNotifications(system.pool);
  }
}

const breakMs = 200;
const breaks = 10;

/** The publisher is not woken any more, and listeners lose their connection again and again. */
async function muteNotifications(pool: pg.Pool): Promise<void> {
  await pool.query('alter table orders.outbox disable trigger outbox_notifies');
  for (let number = 0; number < breaks; number += 1) {
    await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like 'LISTEN%'`);
    await sleep(breakMs);
  }
}

/**
 * Puts a message that nobody can read where the order gets its messages: among the signals of its
 * workflow, or into its stream of events. Where neither is, one of its messages is garbled on its way.
 */
async function poison({ variant, system }: Cell, orderId: string): Promise<void> {
  if (variant.coordination === 'orchestrated') {
    // Without the data that the signal has to have.
    await system.client.workflow.getHandle(orderId).signal(carrierEventSignal.name);
  } else if (variant.hasLog) {
    const facts = JSON.stringify([{ type: 'order.bewitched' }]);
    const append = `select count(*) from orders.append($1, 'poison', $2, null, null)`;
    await system.pool.query(append, [orderId, facts]);
  }
}

/** Each batch of one team's events takes half a second. */
export async function slowDownTeam(pool: pg.Pool): Promise<void> {
  await pool.query(`
    create function public.compare_slow() returns trigger language plpgsql as $$
    begin
      perform pg_sleep(0.5);
      return null;
    end $$;
    create trigger compare_slow after insert or update on analytics.orders
      for each statement execute function public.compare_slow();
  `);
}

async function putOnSale(pool: pg.Pool, { sku, quantity }: Line): Promise<void> {
  await offerProducts(pool, [sku]);
  await pool.query(`select inventory.book('receipt', $1, 'wh_hamburg', $2, null)`, [sku, quantity]);
}
