import { markdownTable, whole } from '../harness/markdown.js';
import { sumOf } from '../harness/statistics.js';
import type { Run, Tally } from './data/comparison.js';
import { faultNames, variantNames, type VariantName } from './data/names.js';

const tallies: Readonly<Record<Tally, string>> = {
  stuck: 'stuck',
  wrong: 'ended, but wrong',
  leakedHolds: '– goods still held',
  chargedCancelled: '– charged but cancelled',
  doubleCharges: '– charged twice',
  oversold: '– oversold',
  needlessUndo: '– undone needlessly',
  untrueTold: '– told an untruth',
  eventsNotOnce: '– an event counted not once',
  waitingForPerson: 'waiting for a person',
};

const sumIn = (runs: readonly Run[], name: VariantName, of: Tally | 'orders'): number =>
  sumOf(runs.filter(({ arm }) => arm === name).map((run) => run[of] ?? 0));

/** What became of the orders of all faults and seeds, variant by variant; for the eye. */
export function outcomeTable(runs: readonly Run[]): string {
  const variants = variantNames.filter((name) => runs.some((run) => run.arm === name));
  const row = (title: string, of: Tally | 'orders') => [
    title,
    ...variants.map((name) => whole(sumIn(runs, name, of))),
  ];
  return markdownTable([
    ['', ...variants],
    row('orders', 'orders'),
    ...Object.entries(tallies).map(([tally, title]) => row(title, tally as Tally)),
  ]);
}

/** What of the figures cannot stay as it is: a defect of a variant, or of the comparison. */
export function objectionsTo(runs: readonly Run[]): readonly string[] {
  // Those that must not end an order wrongly, whatever happens.
  const sound = variantNames.filter((name) => name !== 'naive');
  const defects = sound.flatMap((name) => {
    const wrong = sumIn(runs, name, 'wrong');
    return wrong === 0 ? [] : [`${name}: ${wrong} order(s) have ended wrongly. That is a defect.`];
  });
  const hasAllFaults = faultNames.every((fault) =>
    runs.some((run) => run.arm === 'naive' && run.fault === fault),
  );
  if (!hasAllFaults) return defects;
  // A bad example that fails nowhere shows that nobody looked.
  const missed = (['stuck', 'wrong'] as const).filter((of) => sumIn(runs, 'naive', of) === 0);
  return [
    ...defects,
    ...missed.map((of) => `naive: no order is ${of}, so the faults did not strike.`),
  ];
}
