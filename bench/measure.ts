import { within } from '../src/runtime/deadline.js';
import type { Arm, World } from './arms.js';
import type { Crew, Ground } from './ground.js';
import { historyFigures } from './history.js';
import { closedLoop, openLoop, type Drive } from './load.js';
import type { BenchOptions } from './options.js';
import { postgresFigures, sandboxBackends, spent } from './postgres.js';
import {
  cpuOf,
  cpuOfTree,
  memoryOfTreeMib,
  peakMemoryMib,
  processNames,
  resetPeakMemory,
  type ProcessName,
} from './processes.js';
import type { NamelessTrip, PostgresFigures, Run, Trip } from './report.js';
import { storyOf, withoutStory } from './story.js';

const closeLimitMs = 30_000;

/** Starts the arm's processes, warms them up, measures one round, and stops them. */
export async function measure(
  ground: Ground,
  arm: Arm,
  world: World,
  options: BenchOptions,
  round: number,
): Promise<Run> {
  const crew = await ground.startCrew(arm.members(world));
  try {
    await arm.prepare?.(ground);
    const drive = arm.drive(ground);
    const warm = await closedLoop(options.warmUp, options.concurrency, drive);
    await closed(ground, warm, options.concurrency);
    forgetPeaks(ground, crew);
    const before = await snapshot(ground, crew);
    const trips = await closedLoop(options.orders, options.concurrency, drive);
    await closed(ground, trips, options.concurrency);
    const after = await snapshot(ground, crew);
    const peakMemory = memory(ground, crew);
    const story = arm.isSaga ? await storyOf(ground.pool, trips) : withoutStory(trips);
    const histories = await historyFigures(
      ground.client,
      trips.map(workflowsOf),
      arm.historySample,
    );
    const elapsedMs = Math.round(elapsed(story.trips));
    const atHalfPeak = arm.isTimedAtHalfPeak
      ? await answersAtHalf(trips.length / elapsedMs, drive)
      : undefined;
    return {
      arm: arm.name,
      latencyMs: world.latencyMs,
      round,
      trips: story.trips.map(rounded),
      elapsedMs,
      cpuMs: cpuSpent(before, after),
      peakMemoryMib: peakMemory,
      postgres: spent(before.postgres, after.postgres),
      timelineEntries: story.timelineEntries,
      ...(atHalfPeak && { acceptedAtHalfPeakMs: atHalfPeak }),
      earlyWebhooks: story.earlyWebhooks,
      historyEvents: histories.map(({ events }) => events),
      billableActions: histories.map(({ actions }) => actions),
    };
  } finally {
    await crew.stop();
  }
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
async function closed(ground: Ground, trips: readonly Trip[], count: number): Promise<void> {
  const results = trips
    .slice(-count)
    .flatMap(workflowsOf)
    .map((workflowId) => ground.client.workflow.getHandle(workflowId).result());
  const all = Promise.allSettled(results);
  await within(all, closeLimitMs, 'the last workflows to close').catch(() => undefined);
}

interface Snapshot {
  readonly cpu: ReadonlyMap<ProcessName, number>;
  /** The CPU time of each process of Postgres that serves the sandbox. */
  readonly sandboxBackends: ReadonlyMap<number, number>;
  readonly postgres: PostgresFigures;
}

async function snapshot({ pool, storePids }: Ground, { pids }: Crew): Promise<Snapshot> {
  const backends = await sandboxBackends(pool);
  const postgres = await postgresFigures(pool);
  const cpu = new Map<ProcessName, number>([
    ['load_generator', cpuOf(process.pid)],
    ['temporal', cpuOf(storePids.temporal)],
    ['postgres_orders', cpuOfTree(storePids.postgres)],
  ]);
  for (const [role, pid] of Object.entries(pids)) cpu.set(role as keyof typeof pids, cpuOf(pid));
  return { cpu, sandboxBackends: new Map(backends.map((pid) => [pid, cpuOf(pid)])), postgres };
}

function cpuSpent(before: Snapshot, after: Snapshot): Run['cpuMs'] {
  const backends = [...after.sandboxBackends];
  const forSandbox = backends.reduce(
    (sum, [pid, cpuMs]) => sum + cpuMs - (before.sandboxBackends.get(pid) ?? 0),
    0,
  );
  const spentBy = (name: ProcessName) => (after.cpu.get(name) ?? 0) - (before.cpu.get(name) ?? 0);
  const measured = processNames.filter((name) => after.cpu.has(name));
  return {
    ...Object.fromEntries(measured.map((name) => [name, spentBy(name)])),
    postgres_orders: spentBy('postgres_orders') - forSandbox,
    postgres_sandbox: forSandbox,
  };
}

function forgetPeaks({ storePids }: Ground, { pids }: Crew): void {
  for (const pid of [...Object.values(pids), storePids.temporal, process.pid]) resetPeakMemory(pid);
}

function memory({ storePids }: Ground, { pids }: Crew): Run['peakMemoryMib'] {
  const peaks = Object.entries(pids).map(([role, pid]) => [role, peakMemoryMib(pid)] as const);
  return {
    ...Object.fromEntries(peaks),
    temporal: peakMemoryMib(storePids.temporal),
    postgres_orders: memoryOfTreeMib(storePids.postgres),
    load_generator: peakMemoryMib(process.pid),
  };
}

/** From the first request to the last end; the orders that never came to theirs stand for nothing. */
function elapsed(trips: readonly Trip[]): number {
  const first = Math.min(...trips.map(({ sentAtMs }) => sentAtMs));
  const last = Math.max(
    ...trips.map(
      ({ sentAtMs, acceptedAfterMs, endedAfterMs }) => sentAtMs + (endedAfterMs ?? acceptedAfterMs),
    ),
  );
  return last - first;
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
