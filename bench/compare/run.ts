import { closedLoop } from '../harness/load.js';
import type { Print, Stack } from '../harness/stack.js';
import { sumOf } from '../harness/statistics.js';
import { outside, spentDuring, type ProcessName } from '../harness/usage.js';
import { watchOrders } from '../harness/watch.js';
import { stockDifferences } from '../ledgers/read.js';
import type { CompareOptions } from '../options.js';
import { endLimitMs } from '../target.js';
import { openCell, type Cell } from './cell.js';
import { emptyRun, type Run, type Tally } from './data/comparison.js';
import type { FaultName } from './data/names.js';
import { driveSeeds, slowDownTeam } from './drive.js';
import { outcomesOf } from './outcome.js';
import { scheduleOf } from './schedule/faults.js';
import type { OrderPlan } from './schedule/orders.js';
import type { State } from './state.js';
import { pace } from './time-scale.js';
import { applicabilityOf, variants, type Variant } from './variants.js';

interface Work {
  readonly stack: Stack;
  readonly options: CompareOptions;
  readonly state: State;
  readonly round: number;
  readonly seeds: readonly number[];
}

export async function compare(
  stack: Stack,
  options: CompareOptions,
  state: State,
  print: Print,
): Promise<void> {
  // One fault in all variants, then the next: what changes with time falls on all of them.
  const cells = options.faults.flatMap((fault) =>
    options.variants.map((name) => (work: Work) => runCell(work, variants[name], fault)),
  );
  const costs = options.variants.map((name) => (work: Work) => runCost(work, variants[name]));
  const steps = [...cells, ...(options.costOrders > 0 ? costs : [])];
  for (let round = 1; round <= options.rounds; round += 1) {
    const seeds = seedsOf(options.seeds, options.rounds, round);
    for (const [index, step] of steps.entries()) {
      const beganMs = Date.now();
      const words = await step({ stack, options, state, round, seeds });
      const elapsedMs = Date.now() - beganMs;
      await state.addMinutes(elapsedMs / 60_000);
      const number = (round - 1) * steps.length + index + 1;
      const seconds = Math.round(elapsedMs / 1_000);
      print(`${number}/${options.rounds * steps.length} ${words} (${seconds} s)`);
    }
  }
}

/** A machine is slower at one time than at another: each round has its share of the seeds. */
export const seedsOf = (seeds: readonly number[], rounds: number, round: number) =>
  seeds.filter((_seed, place) => place % rounds === round - 1);

async function runCell(work: Work, variant: Variant, fault: FaultName): Promise<string> {
  const { stack, options, state, round } = work;
  const { name: arm } = variant;
  const what = `${arm} ${fault}`;
  const seeds = state.missing(arm, fault, work.seeds);
  const applicable = applicabilityOf(variant, fault);
  if (applicable !== 'yes') {
    const runs = seeds.map((seed) => emptyRun({ arm, fault, seed, round, applicable }));
    await state.addRuns(runs, []);
    return `${what}: not applicable, ${applicable.slice('no: '.length)}`;
  }
  if (seeds.length === 0) return `${what}: known`;
  const plans = seeds.map((seed) => scheduleOf(seed, fault, options.orders));
  const cell = await openCell(stack, variant, plans, { pace });
  try {
    const { pool } = cell.system;
    if (fault === 'slow_consumer' && variant.consumers === 'teams') await slowDownTeam(pool);
    const outcomes = await outcomesOf(cell, await driveSeeds(stack, cell, plans));
    const runs = outcomes.map(({ run }, index): Run => {
      const { seed, orders } = plans[index]!;
      return { arm, fault, seed, round, orders: orders.length, applicable, ...run };
    });
    const findings = outcomes.flatMap((outcome) => outcome.findings);
    await state.addRuns(runs, findings);
    const differences = await stockDifferences(pool);
    if (differences.length > 0) {
      throw new Error(`${what}: the ledgers of the stock differ: ${differences.join(', ')}`);
    }
    const sum = (tally: Tally) => sumOf(runs.map((run) => run[tally] ?? 0));
    const waiting = sum('waitingForPerson');
    return `${what}: ${sum('stuck')} stuck, ${sum('wrong')} wrong, ${waiting} waiting for a person`;
  } finally {
    await cell.stop();
  }
}

const concurrency = 16;
/** Fast, so that no order waits for its parcel. */
const quickPace = { pickUpMs: 100, stepMs: 100 };

async function runCost(work: Work, variant: Variant): Promise<string> {
  const { stack, options, state, round } = work;
  const { name: arm } = variant;
  const seeds = state.missingCost(arm, work.seeds);
  if (seeds.length === 0) return `${arm} at full load: known`;
  const cell = await openCell(stack, variant, [], { pace: quickPace });
  try {
    await load(cell, scheduleOf(0, 'none', 2 * concurrency).orders);
    for (const seed of seeds) {
      const { orders } = scheduleOf(seed, 'none', options.costOrders);
      await state.addCost({ arm, seed, round, ...(await costOf(stack, cell, orders)) });
    }
  } finally {
    await cell.stop();
  }
  return `${arm} at full load: measured`;
}

async function costOf(stack: Stack, cell: Cell, orders: readonly OrderPlan[]) {
  const { length } = orders;
  const { result, cpuMs, postgres } = await spentDuring(stack, cell.system, async () => {
    const beganMs = performance.now();
    await load(cell, orders);
    return { elapsedMs: performance.now() - beganMs };
  });
  const own = Object.entries(cpuMs).filter(([name]) => !outside.includes(name as ProcessName));
  return {
    orders: length,
    ordersPerSecond: (1_000 * length) / result.elapsedMs,
    cpuMsPerOrder: sumOf(own.map(([, ms]) => ms)) / length,
    writeTransactionsPerOrder: postgres.writeTransactions / length,
    walKibPerOrder: postgres.walBytes / 1_024 / length,
  };
}

/** Carries the orders to their end. @throws Error when one of them does not end */
async function load(cell: Cell, orders: readonly OrderPlan[]): Promise<void> {
  const ends = watchOrders(cell.system.pool);
  await closedLoop(orders.length, concurrency, async (index) => {
    const { orderId } = await cell.place(orders[index]!);
    await ends.waitFor(orderId, ({ isEnded }) => isEnded, endLimitMs);
  }).finally(() => ends.stop());
}
