import type { Conditions } from '../data/conditions.js';
import { armNames, faultNames } from '../data/names.js';
import type { Run } from '../data/runs.js';
import { mostWhenNoneIn } from '../statistics/none-in.js';
import { commonFaults, excuseOf } from './figures.js';
import { listed } from './findings.js';
import { faultTitles } from './titles.js';
import { shown } from './units.js';

/** Where and how the figures were taken. */
export function conditionsOf(conditions: Conditions): string {
  const { at, commit, machine, seeds, rounds, ordersPerSeed, timeScale, minutes } = conditions;
  const { cores, memoryGib, platform, node, temporalServer, temporalSdk, postgres } = machine;
  return (
    `Taken ${at.slice(0, 10)} at commit ${commit.slice(0, 10)} on ${cores} cores and ${memoryGib} GiB that all ` +
    `processes share (${platform}, Node ${node}, Temporal server ${temporalServer}, ` +
    `SDK ${temporalSdk}, Postgres ${postgres}), in ${minutes.toFixed(0)} minutes, ` +
    `${roundsInWords(rounds)}. ` +
    `Seeds ${listed(seeds.map(String))}, ${ordersPerSeed} orders for each seed in each arm under ` +
    `each fault. Shortened in all arms alike: ${timeScale}.`
  );
}

const roundsInWords = (rounds: number): string =>
  rounds === 1
    ? 'all seeds of a cell at one time'
    : `in ${rounds} rounds over all cells, each with its share of the seeds`;

/** What a figure of nothing is worth. */
export function boundsOf(runs: readonly Run[]): string {
  const faults = commonFaults(runs);
  const most = (over: readonly Run[]) => {
    const orders = over.reduce((sum, run) => sum + run.orders, 0);
    return `${orders} orders say that with 95 % confidence it is below ${shown(100 * mostWhenNoneIn(orders), 'percent')}`;
  };
  const [arm] = armNames.filter((name) => runs.some((run) => run.arm === name));
  const own = runs.filter((run) => run.arm === arm && faults.includes(run.fault));
  const quiet = own.filter((run) => run.fault === faults[0]);
  if (quiet.length === 0) return 'There is no fault that every arm was put to.';
  return (
    `A share of none is not a share that can never be. Not once under one fault: ${most(quiet)}. ` +
    `Not once under all ${faults.length} faults together: ${most(own)}.`
  );
}

/** What an arm was not put to, and why; nothing is left out in silence. */
export function leftOut(runs: readonly Run[]): readonly string[] {
  const arms = armNames.filter((arm) => runs.some((run) => run.arm === arm));
  const cells = armNames.flatMap((arm) => faultNames.map((fault) => ({ arm, fault })));
  const reasons = cells.flatMap(({ arm, fault }) => {
    const own = runs.filter((run) => run.arm === arm && run.fault === fault);
    const isSilent = own.length === 0 && arms.includes(arm);
    const reason = excuseOf(own) ?? (isSilent ? 'not run' : undefined);
    return reason === undefined ? [] : [`${arm}, ${faultTitles[fault]}: ${reason}`];
  });
  const absent = armNames.filter((arm) => !arms.includes(arm));
  return [...absent.map((arm) => `${arm}: not run at all`), ...reasons];
}
