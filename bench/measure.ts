import { within } from '../src/runtime/deadline.js';
import { ApiClient } from './harness/api-client.js';
import { closedLoop } from './harness/load.js';
import type { Stack } from './harness/stack.js';
import { startSystem, type System } from './harness/system.js';
import {
  memoryOfTreeMib,
  peakMemoryMib,
  pidsOf,
  resetPeakMemory,
  spentDuring,
} from './harness/usage.js';
import { watchOrders } from './harness/watch.js';
import type { BenchOptions } from './options.js';
import { historyFigures, timelinesOf } from './outcome.js';
import type { NamelessTrip, Run, Trip } from './report.js';
import { watchReturns, type Target } from './target.js';
import type { Conditions, Variant } from './variants.js';

const closeLimitMs = 30_000;

export async function measure(
  stack: Stack,
  variant: Variant,
  conditions: Conditions,
  options: BenchOptions,
  round: number,
): Promise<Run> {
  const system = await startSystem(stack, variant.members(conditions));
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
) {
  const { system } = target;
  const drive = variant.drive(target);
  const load = async (orders: number): Promise<readonly Trip[]> => {
    const driven = await closedLoop(orders, concurrency, drive);
    await closed(system, driven.slice(-concurrency));
    return driven;
  };
  await load(warmUp);
  const pids = Object.entries(pidsOf(stack, system));
  for (const [, pid] of pids) resetPeakMemory(pid);
  const { result: driven, ...spent } = await spentDuring(stack, system, () => load(count));
  const peaks = pids.map(([name, pid]) => [name, peakMemoryMib(pid)] as const);
  const { trips, ...timelines } = variant.isSaga
    ? await timelinesOf(system.pool, driven)
    : { trips: driven, timelineEntries: 0, earlyWebhooks: 0 };
  const ends = trips.map(
    ({ sentAtMs, acceptedAfterMs, endedAfterMs = acceptedAfterMs }) => sentAtMs + endedAfterMs,
  );
  const beganMs = Math.min(...trips.map(({ sentAtMs }) => sentAtMs));
  const elapsedMs = Math.round(Math.max(...ends) - beganMs);
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
    ...(await variant.afterwards?.({ system, drive, concurrency, perMs: count / elapsedMs })),
    ...histories,
  };
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

const tenth = (value: number): number => Math.round(value * 10) / 10;

const rounded = ({ sentAtMs, path, ending, ...times }: Trip): NamelessTrip => ({
  sentAtMs,
  acceptedAfterMs: tenth(times.acceptedAfterMs),
  confirmedAfterMs: times.confirmedAfterMs && tenth(times.confirmedAfterMs),
  endedAfterMs: times.endedAfterMs && tenth(times.endedAfterMs),
  path,
  ending,
});
