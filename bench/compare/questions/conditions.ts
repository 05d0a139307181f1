import { machineInWords } from '../../harness/machine.js';
import type { Conditions, Run } from '../data/comparison.js';
import { faultNames, faultTitles, variantNames } from '../data/names.js';
import { mostWhenNoneIn } from '../statistics/intervals.js';
import { commonFaults, listed, reasonOf, shown } from './figures.js';

export function conditionsOf(conditions: Conditions): string {
  const { at, commit, machine, seeds, rounds, ordersPerSeed, timeScale, minutes } = conditions;
  const inRounds =
    rounds === 1
      ? 'all seeds of a cell at one time'
      : `in ${rounds} rounds over all cells, each with its share of the seeds`;
  return (
    `Taken ${at.slice(0, 10)} at commit ${commit.slice(0, 10)} on ${machineInWords(machine)}, ` +
    `in ${minutes.toFixed(0)} minutes, ${inRounds}. ` +
    `Seeds ${listed(seeds.map(String))}, ${ordersPerSeed} orders for each seed in each arm under ` +
    `each fault. Shortened in all arms alike: ${timeScale}.`
  );
}

export function boundsOf(runs: readonly Run[]): string {
  const faults = commonFaults(runs);
  const most = (over: readonly Run[]) => {
    const orders = over.reduce((sum, run) => sum + run.orders, 0);
    return `${orders} orders say that with 95 % confidence it is below ${shown(100 * mostWhenNoneIn(orders), 'percent')}`;
  };
  const any = variantNames.find((name) => runs.some((run) => run.arm === name));
  const own = runs.filter((run) => run.arm === any && faults.includes(run.fault));
  const quiet = own.filter((run) => run.fault === faults[0]);
  if (quiet.length === 0) return 'There is no fault that every arm was put to.';
  return (
    `A share of none is not a share that can never be. Not once under one fault: ${most(quiet)}. ` +
    `Not once under all ${faults.length} faults together: ${most(own)}.`
  );
}

/** What a variant was not put to, and why; nothing is left out in silence. */
export function leftOut(runs: readonly Run[]): readonly string[] {
  const variants = variantNames.filter((name) => runs.some((run) => run.arm === name));
  const absent = variantNames.filter((name) => !variants.includes(name));
  const reasons = variants.flatMap((name) =>
    faultNames.flatMap((fault) => {
      const own = runs.filter((run) => run.arm === name && run.fault === fault);
      const reason = reasonOf(own) ?? (own.length === 0 ? 'not run' : undefined);
      return reason === undefined ? [] : [`${name}, ${faultTitles[fault]}: ${reason}`];
    }),
  );
  return [...absent.map((name) => `${name}: not run at all`), ...reasons];
}
