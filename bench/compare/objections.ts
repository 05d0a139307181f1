import { faultNames, type ArmName } from './data/names.js';
import type { Run } from './data/runs.js';

/** Those that must not end an order wrongly, whatever happens. */
const sound: readonly ArmName[] = ['saga', 'outbox', 'mix'];

/** What of the figures cannot stay as it is: a defect of an arm, or of the comparison. */
export function objectionsTo(runs: readonly Run[]): readonly string[] {
  const sum = (arm: ArmName, measure: 'stuck' | 'wrong') =>
    runs.filter((run) => run.arm === arm).reduce((total, run) => total + (run[measure] ?? 0), 0);
  const defects = sound.flatMap((arm) => {
    const wrong = sum(arm, 'wrong');
    return wrong === 0 ? [] : [`${arm}: ${wrong} order(s) have ended wrongly. That is a defect.`];
  });
  return [...defects, ...(isWhole(runs, 'naive') ? missedFailures(sum) : [])];
}

/** Every fault has had its turn. */
const isWhole = (runs: readonly Run[], arm: ArmName): boolean =>
  faultNames.every((fault) => runs.some((run) => run.arm === arm && run.fault === fault));

/** A bad example that fails nowhere shows that nobody looked. */
const missedFailures = (sum: (arm: ArmName, measure: 'stuck' | 'wrong') => number) =>
  (['stuck', 'wrong'] as const)
    .filter((measure) => sum('naive', measure) === 0)
    .map((measure) => `naive: no order is ${measure}, so the faults did not strike.`);
