import { arms } from './arms.js';
import { measureCost } from './cost.js';
import type { ArmName, FaultName } from './data/names.js';
import type { Run } from './data/runs.js';
import { applicabilityOf } from './faults/applicability.js';
import type { Ground } from './ground.js';
import type { Judged } from './judge/judge.js';
import { notApplicable } from './not-applicable.js';
import type { CompareOptions } from './options.js';
import { Progress } from './progress.js';
import { roundsOf, type Round } from './rounds.js';
import { runCell } from './run-cell.js';
import { scheduleOf } from './schedule.js';
import type { State } from './state.js';
import { pace } from './time-scale.js';

/** Finds out what is not known yet: each fault in each arm, and what an order costs. */
export async function compare(
  ground: Ground,
  options: CompareOptions,
  state: State,
  output: NodeJS.WriteStream,
): Promise<void> {
  // One fault in all arms, then the next: what changes with time falls on all of them.
  const cells = options.faults.flatMap((fault) => options.arms.map((arm) => ({ arm, fault })));
  const costs = options.costOrders > 0 ? options.arms : [];
  const progress = new Progress(options.rounds * (cells.length + costs.length), output);
  for (const round of roundsOf(options.seeds, options.rounds)) {
    const work = { ground, options, state, progress, ...round };
    for (const { arm, fault } of cells) await timed(state, () => findOut(work, arm, fault));
    for (const arm of costs) await timed(state, () => findOutCost(work, arm));
  }
  progress.close();
}

interface Work extends Round {
  readonly ground: Ground;
  readonly options: CompareOptions;
  readonly state: State;
  readonly progress: Progress;
}

async function timed(state: State, work: () => Promise<void>): Promise<void> {
  const beganMs = Date.now();
  await work();
  await state.addMinutes((Date.now() - beganMs) / 60_000);
}

async function findOut(work: Work, arm: ArmName, fault: FaultName): Promise<void> {
  const { ground, options, state, progress, round } = work;
  const what = `${arm} ${fault}`;
  const seeds = state.missing(arm, fault, work.seeds);
  const applicable = applicabilityOf(arms[arm], fault);
  if (applicable !== 'yes') {
    const runs = seeds.map((seed) => notApplicable({ arm, fault, seed, round, applicable }));
    await state.addRuns(runs, []);
    progress.end(`${what}: not applicable, ${applicable.slice('no: '.length)}`);
    return;
  }
  if (seeds.length === 0) {
    progress.end(`${what}: known`);
    return;
  }
  const plans = seeds.map((seed) => scheduleOf(seed, fault, options.orders));
  const { judged, stock } = await runCell(
    ground,
    { arm: arms[arm], fault, plans, pace },
    (seed) => {
      progress.begin(`${what}, seed ${seed}`);
    },
  );
  const runs = judged.map(({ run }, index): Run => {
    const { seed, orders } = plans[index]!;
    return { arm, fault, seed, round, orders: orders.length, applicable, ...run };
  });
  await state.addRuns(
    runs,
    judged.flatMap(({ findings }) => findings),
  );
  progress.end(`${what}: ${outcome(judged)}`);
  if (stock.length === 0) return;
  const places = stock.map(({ sku, warehouseId }) => `${sku} in ${warehouseId}`).join(', ');
  throw new Error(`${what}: the books of the stock do not agree: ${places}`);
}

function outcome(judged: readonly Judged[]): string {
  const sum = (count: (judged: Judged) => number | undefined) =>
    judged.reduce((total, one) => total + (count(one) ?? 0), 0);
  const stuck = sum(({ run }) => run.stuck);
  const wrong = sum(({ run }) => run.wrong);
  const waiting = sum(({ run }) => run.waitingForPerson);
  return `${stuck} stuck, ${wrong} wrong, ${waiting} waiting for a person`;
}

async function findOutCost(work: Work, arm: ArmName): Promise<void> {
  const { ground, options, state, progress, round } = work;
  const seeds = state.missingCost(arm, work.seeds);
  progress.begin(`${arm} at full load`);
  if (seeds.length > 0) {
    await measureCost(ground, arms[arm], seeds, options.costOrders, (cost) =>
      state.addCost({ ...cost, round }),
    );
  }
  progress.end(`${arm} at full load: ${seeds.length === 0 ? 'known' : 'measured'}`);
}
