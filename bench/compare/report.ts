import { markdownTable, whole } from '../harness/markdown.js';
import { meanOf, sumOf } from '../harness/statistics.js';
import { readComparison, type Run, type Tally } from './data/comparison.js';
import { faultNames, variantNames, type VariantName } from './data/names.js';
import { rules } from './questions/answers.js';
import {
  meansBySeed,
  roundDeviationIn,
  shareOf,
  timeOf,
  type Measure,
} from './questions/figures.js';
import { urlOf } from './state.js';
import { intervalOf, mostAgainAfterNone, type Interval } from './statistics/intervals.js';

const tallies: readonly (readonly [Tally, string])[] = [
  ['stuck', 'stuck'],
  ['wrong', 'ended, but wrong'],
  ...rules.map(([tally, title]) => [tally, `– ${title}`] as const),
  ['waitingForPerson', 'waiting for a person'],
];

const sumIn = (runs: readonly Run[], name: VariantName, of: Tally | 'orders'): number =>
  sumOf(runs.filter(({ arm }) => arm === name).map((run) => run[of] ?? 0));

export function outcomeTable(runs: readonly Run[]): string {
  const variants = variantNames.filter((name) => runs.some((run) => run.arm === name));
  const row = (title: string, of: Tally | 'orders') => [
    title,
    ...variants.map((name) => whole(sumIn(runs, name, of))),
  ];
  return markdownTable([
    ['', ...variants],
    row('orders', 'orders'),
    ...tallies.map(([tally, title]) => row(title, tally)),
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
  // Also the bad example carries an order to its end when nothing goes wrong.
  const broken = variantNames.flatMap((name) => {
    const quiet = runs.filter(({ fault }) => fault === 'none');
    const stuck = sumIn(quiet, name, 'stuck');
    return stuck === 0 ? [] : [`${name}: ${stuck} order(s) hang although nothing goes wrong.`];
  });
  const hasAllFaults = faultNames.every((fault) =>
    runs.some((run) => run.arm === 'naive' && run.fault === fault),
  );
  if (!hasAllFaults) return [...defects, ...broken];
  // A bad example that fails nowhere shows that nobody looked.
  const missed = (['stuck', 'wrong'] as const).filter((of) => sumIn(runs, 'naive', of) === 0);
  return [
    ...defects,
    ...broken,
    ...missed.map((of) => `naive: no order is ${of}, so the faults did not strike.`),
  ];
}

type Asked = readonly [title: string, measure: Measure, digits: number];

const questions: readonly Asked[] = [
  ['stuck, of 100', shareOf('stuck'), 1],
  ['ended, but wrong, of 100', shareOf('wrong'), 1],
  ['waiting for a person, of 100', shareOf('waitingForPerson'), 1],
  ['until the buyer knows, p50, ms', timeOf('answerP50Ms'), 0],
  ['until the order has ended, p50, ms', timeOf('endP50Ms'), 0],
  ['until the order has ended, p95, ms', timeOf('endP95Ms'), 0],
];

/** @throws Error when it has nothing, or not as many orders of each seed: another schedule */
export async function readEarlier(
  folder: string,
  { orders }: { readonly orders: number },
): Promise<readonly Run[]> {
  const { runs = [] } = await readComparison(urlOf(folder));
  const known = runs.filter((run) => run.applicable === 'yes');
  if (known.length === 0) throw new Error(`${folder} has no figures`);
  const other = known.find((run) => run.orders !== orders);
  if (other === undefined) return known;
  throw new Error(
    `${folder} has ${other.orders} orders of a seed: run it with --orders ${other.orders}`,
  );
}

/** Variant by variant, over the cells that were run both times. */
export function repetitionReport(runs: readonly Run[], earlier: readonly Run[]): string {
  const variants = variantNames.filter((name) => cellsIn(runs, earlier, name).length > 0);
  const answers = questions.map(([title, measure, digits]) => ({
    ...{ title, digits },
    cells: variants.map((name) => comparedIn(name, runs, earlier, measure)),
  }));
  const rows = answers.map(({ title, digits, cells }) => [
    title,
    ...cells.map((cell) => worded(cell, digits)),
  ]);
  const known = answers.flatMap(({ cells }) => cells).filter((cell) => cell !== undefined);
  const within = known.filter(isWithin).length;
  return (
    `${markdownTable([['earlier, and now', ...variants], ...rows])}\n\n` +
    `${within} of ${known.length} figures lie within the interval. Of those that vary, one in 20 lies outside by chance.`
  );
}

type Compared = NonNullable<ReturnType<typeof comparedIn>>;

function comparedIn(
  name: VariantName,
  runs: readonly Run[],
  earlier: readonly Run[],
  measure: Measure,
) {
  const faults = cellsIn(runs, earlier, name);
  const ownOf = (all: readonly Run[]) =>
    all.filter((run) => run.arm === name && faults.includes(run.fault));
  const [first, other] = [ownOf(earlier), ownOf(runs)];
  const bySeed = meansBySeed(first, faults.length, measure);
  const again = meansBySeed(other, faults.length, measure);
  if (bySeed.size === 0 || again.size === 0) return undefined;
  const roundDeviation = roundDeviationIn(earlier, measure);
  const before = intervalOf({ bySeed, roundDeviation }, again.size);
  return {
    before: measure.isTime ? before : withChance(before, first, other),
    now: meanOf([...again.values()].map(({ value }) => value)),
  };
}

/** Of a share that was the same in all seeds the seeds say nothing: no order was different yet. */
function withChance(share: Interval, first: readonly Run[], other: readonly Run[]): Interval {
  const { low, high } = share;
  if (low !== high) return share;
  const ordersOf = (runs: readonly Run[]) => sumOf(runs.map(({ orders }) => orders));
  const orders = ordersOf(other);
  const differing = (100 * mostAgainAfterNone(ordersOf(first), orders)) / orders;
  return { ...share, low: Math.max(0, low - differing), high: Math.min(100, high + differing) };
}

function cellsIn(runs: readonly Run[], earlier: readonly Run[], name: VariantName) {
  const faultsOf = (all: readonly Run[]) =>
    all.filter((run) => run.arm === name && run.applicable === 'yes').map(({ fault }) => fault);
  const before = new Set(faultsOf(earlier));
  return [...new Set(faultsOf(runs))].filter((fault) => before.has(fault));
}

const isWithin = ({ before, now }: Compared): boolean => before.low <= now && now <= before.high;

function worded(compared: Compared | undefined, digits: number): string {
  if (compared === undefined) return '–';
  const { before, now } = compared;
  const [mean, low, high, here] = [before.mean, before.low, before.high, now].map((value) =>
    value.toFixed(digits),
  );
  return `${mean} (${low} to ${high}), ${here}: ${isWithin(compared) ? 'within' : 'not within'}`;
}
