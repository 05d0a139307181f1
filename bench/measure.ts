import { within } from '../src/runtime/deadline.js';
import { ApiClient } from './harness/api-client.js';
import { closedLoop, openLoop } from './harness/load.js';
import type { Stack } from './harness/stack.js';
import { System } from './harness/system.js';
import {
  memoryOfTreeMib,
  peakMemoryMib,
  resetPeakMemory,
  spentBetween,
  usageOf,
} from './harness/usage.js';
import { watchOrders } from './harness/watch.js';
import type { BenchOptions } from './options.js';
import { historyFigures, timelinesOf } from './outcome.js';
import type { NamelessTrip, Run, Trip } from './report.js';
import { watchReturns, type Drive, type Target } from './target.js';
import type { Conditions, Variant } from './variants.js';

const closeLimitMs = 30_000;

export async function measure(
  stack: Stack,
  variant: Variant,
  conditions: Conditions,
  options: BenchOptions,
  round: number,
): Promise<Run> {
  const { wiring, logFolder } = stack;
  const members = variant.members(conditions);
  const system = await System.start({ wiring, logFolder, members });
  const [orders, returns] = [watchOrders(system.pool), watchReturns(system.pool)];
  const client = new ApiClient(system.apiUrl);
  try {
    const target = { system, client, orders, returns };
    await variant.prepare?.(target);
    const figures = await measureLoad(stack, variant, target, options);
    return { arm: variant.name, latencyMs: conditions.latencyMs, round, ...figures };
  } finally {
    await Promise.all([orders.stop(), returns.stop()]);
    await system.stopGently();
  }
}

async function measureLoad(
  stack: Stack,
  variant: Variant,
  target: Target,
  { orders: count, warmUp, concurrency }: BenchOptions,
): Promise<Omit<Run, 'arm' | 'latencyMs' | 'round'>> {
  const { system } = target;
  const drive = variant.drive(target);
  const temporalPid = stack.temporal?.pid ?? 0;
  const pids = { ...system.pids, temporal: temporalPid, load_generator: process.pid };
  const measured = { pool: system.pool, pids, postgresPid: stack.postgres.pid };
  const warm = await closedLoop(warmUp, concurrency, drive);
  await closed(system, warm.slice(-concurrency));
  for (const pid of Object.values(pids)) resetPeakMemory(pid);
  const before = await usageOf(measured);
  const driven = await closedLoop(count, concurrency, drive);
  await closed(system, driven.slice(-concurrency));
  const spent = spentBetween(before, await usageOf(measured));
  const peaks = Object.entries(pids).map(([name, pid]) => [name, peakMemoryMib(pid)] as const);
  const { trips, ...timelines } = variant.isSaga
    ? await timelinesOf(system.pool, driven)
    : { trips: driven, timelineEntries: 0, earlyWebhooks: 0 };
  const elapsedMs = Math.round(elapsed(trips));
  const workflows = trips.map(workflowsOf);
  const histories = await historyFigures(system.client, workflows, variant.historySample);
  return {
    trips: trips.map(rounded),
    elapsedMs,
    ...spent,
    peakMemoryMib: {
      ...Object.fromEntries(peaks),
      postgres_orders: memoryOfTreeMib(stack.postgres.pid),
    },
    ...timelines,
    ...(variant.isTimedAtHalfPeak && {
      acceptedAtHalfPeakMs: await answersAtHalf(trips.length / elapsedMs, drive),
    }),
    ...histories,
  };
}

/** Enough for a 99th percentile over two rounds. */
const answersTimed = 100;

/** How long orders take to be accepted that come at half of a rate, in milliseconds. */
async function answersAtHalf(perMs: number, drive: Drive): Promise<readonly number[]> {
  const trips = await openLoop(answersTimed, (1_000 * perMs) / 2, drive);
  return trips.map(({ acceptedAfterMs }) => tenth(acceptedAfterMs));
}

const workflowsOf = ({ orderId, returnId }: Trip): readonly string[] =>
  returnId === undefined ? [orderId] : [orderId, returnId];

/** What is done after an order's end belongs to the order: the last ones are waited for. */
async function closed({ client }: System, trips: readonly Trip[]): Promise<void> {
  const results = trips
    .flatMap(workflowsOf)
    .map((workflowId) => client.workflow.getHandle(workflowId).result());
  const all = Promise.allSettled(results);
  await within(all, closeLimitMs, 'the last workflows to close').catch(() => undefined);
}

function elapsed(trips: readonly Trip[]): number {
  const ends = trips.map(
    ({ sentAtMs, acceptedAfterMs, endedAfterMs = acceptedAfterMs }) => sentAtMs + endedAfterMs,
  );
  return Math.max(...ends) - Math.min(...trips.map(({ sentAtMs }) => sentAtMs));
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

function rounded({ sentAtMs, path, ending, ...times }: Trip): NamelessTrip {
  const { acceptedAfterMs, confirmedAfterMs, endedAfterMs } = times;
  return {
    sentAtMs,
    acceptedAfterMs: tenth(acceptedAfterMs),
    ...(confirmedAfterMs !== undefined && { confirmedAfterMs: tenth(confirmedAfterMs) }),
    ...(endedAfterMs !== undefined && { endedAfterMs: tenth(endedAfterMs) }),
    ...(path !== undefined && { path }),
    ...(ending !== undefined && { ending }),
  };
}
