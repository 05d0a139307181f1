import { emptyRun, type Comparison, type Run } from '../../bench/compare/data/comparison.js';
import {
  variantNames,
  effortMeasures,
  faultNames,
  type VariantName,
  type FaultName,
} from '../../bench/compare/data/names.js';

/** A run in which all went well. */
export const aRun = (changes: Partial<Run> = {}): Run => ({
  ...{ arm: 'saga', fault: 'none', seed: 1, round: 1, orders: 30, applicable: 'yes' },
  ...{ stuck: 0, wrong: 0, leakedHolds: 0, chargedCancelled: 0, doubleCharges: 0, oversold: 0 },
  ...{ needlessUndo: 0, untrueTold: 0, waitingForPerson: 0, eventsNotOnce: 0 },
  ...{ answerP50Ms: 400, answerP95Ms: 900, answerP99Ms: 1_400.5 },
  ...{ endP50Ms: 2_100, endP95Ms: 4_000, endP99Ms: 6_500, recoveryMs: undefined },
  ...changes,
});

export const notApplicable = (arm: VariantName, fault: FaultName, reason: string, seed = 1): Run =>
  emptyRun({ arm, fault, seed, round: 1, applicable: `no: ${reason}` });

const seeds = [1, 2, 3, 4, 5];
const roundOf = (seed: number) => 2 - (seed % 2);
const hasNoEngine: ReadonlySet<VariantName> = new Set(['naive', 'outbox']);
const isRestart = (fault: FaultName) => /restarted|kill/.test(fault);

/** Figures that nobody measured; the naive arm loses orders, the others do not. */
function inventedRun(arm: VariantName, fault: FaultName, seed: number): Run {
  if (fault === 'engine_restarted' && hasNoEngine.has(arm)) {
    return notApplicable(arm, fault, 'there is no engine', seed);
  }
  const slower = 1 + variantNames.indexOf(arm) / 10 + seed / 50;
  const isHit = arm === 'naive' && fault !== 'none';
  return aRun({
    ...{ arm, fault, seed, round: roundOf(seed) },
    ...(isHit && { wrong: 3 + (seed % 3), leakedHolds: 2, untrueTold: 1 + (seed % 2), stuck: 4 }),
    ...(fault === 'undo_fails_for_ever' && arm !== 'naive' && { waitingForPerson: 30 }),
    answerP50Ms: 400 * slower,
    endP99Ms: 6_500 * slower,
    recoveryMs: isRestart(fault) ? 900 * slower : undefined,
  });
}

export const inventedComparison: Comparison = {
  runs: variantNames.flatMap((arm) =>
    faultNames.flatMap((fault) => seeds.map((seed) => inventedRun(arm, fault, seed))),
  ),
  cost: variantNames.flatMap((arm, index) =>
    seeds.map((seed) => ({
      ...{ arm, seed, round: roundOf(seed), orders: 200, ordersPerSecond: 10 + index + seed / 10 },
      ...{ cpuMsPerOrder: 150 - 10 * index, writeTransactionsPerOrder: 35, walKibPerOrder: 60 },
    })),
  ),
  effort: variantNames.flatMap((arm, index) =>
    effortMeasures.map((measure) => ({ arm, measure, value: 2 + index, how: `counted in ${arm}` })),
  ),
  conditions: {
    at: '2026-01-02T03:04:05.000Z',
    commit: 'abc1234',
    machine: {
      ...{ cores: 2, memoryGib: 8, platform: 'linux x64', node: '20.20.2' },
      ...{ temporalServer: '1.31.2', temporalSdk: '1.24.0', postgres: '18.4' },
    },
    seeds,
    rounds: 2,
    ordersPerSeed: 30,
    timeScale: 'five minutes last five seconds',
    minutes: 71.4,
  },
};

/** The same, but other text and figures of one run. */
export const withRun = (changed: Run): Comparison => ({
  ...inventedComparison,
  runs: inventedComparison.runs.map((run) =>
    run.arm === changed.arm && run.fault === changed.fault && run.seed === changed.seed
      ? changed
      : run,
  ),
});
