import { markdownTable } from '../markdown.js';
import { readComparison } from './data/comparison.js';
import { armNames, type ArmName } from './data/names.js';
import type { Run } from './data/runs.js';
import { shareOf, timeOf } from './questions/figures.js';
import { urlOf } from './state.js';
import { intervalOf } from './statistics/bootstrap.js';

/** The same seed of the same cell, run twice. */
interface Twins {
  readonly now: Run;
  readonly before: Run;
}

interface Measure {
  readonly title: string;
  readonly of: (run: Run) => number | undefined;
  readonly compare: (now: number, before: number) => number;
  /** What comes out where both are alike. */
  readonly alike: number;
  readonly digits: number;
}

const points = {
  compare: (now: number, before: number) => now - before,
  alike: 0,
  digits: 1,
};
const ratio = {
  compare: (now: number, before: number) => now / before,
  alike: 1,
  digits: 2,
};

const measures: readonly Measure[] = [
  { title: 'stuck, more of 100', of: shareOf('stuck'), ...points },
  { title: 'ended, but wrong, more of 100', of: shareOf('wrong'), ...points },
  { title: 'waiting for a person, more of 100', of: shareOf('waitingForPerson'), ...points },
  { title: 'until the buyer knows, p50, ratio', of: timeOf('answerP50Ms'), ...ratio },
  { title: 'until the order has ended, p50, ratio', of: timeOf('endP50Ms'), ...ratio },
  { title: 'until the order has ended, p95, ratio', of: timeOf('endP95Ms'), ...ratio },
];

/**
 * What an earlier run has of the cells that are to be run again.
 * @throws Error when it has none of these seeds, or not as many orders of each: that is another schedule
 */
export async function readEarlier(
  folder: string,
  { seeds, orders }: { readonly seeds: readonly number[]; readonly orders: number },
): Promise<readonly Run[]> {
  const { runs = [] } = await readComparison(urlOf(folder));
  const known = runs.filter((run) => run.applicable === 'yes' && seeds.includes(run.seed));
  if (known.length === 0) throw new Error(`${folder} has no figures of these seeds`);
  const other = known.find((run) => run.orders !== orders);
  if (other === undefined) return known;
  throw new Error(
    `${folder} has ${other.orders} orders of a seed: run it with --orders ${other.orders}`,
  );
}

/**
 * How far the figures are from the earlier ones, arm by arm: the mean over all seeds that were run both
 * times, each against itself, and its interval. Chance alone puts one in twenty beside what is alike.
 */
export function repetitionTable(runs: readonly Run[], earlier: readonly Run[]): string {
  const twins = runs.flatMap((now) => {
    const before = earlier.find((run) => isTwin(run, now));
    return before === undefined ? [] : [{ now, before }];
  });
  const arms = armNames.filter((arm) => twins.some(({ now }) => now.arm === arm));
  const row = (measure: Measure) => [
    measure.title,
    ...arms.map((arm) => compared(twins.filter(isOf(arm)), measure)),
  ];
  return markdownTable([['against the earlier run', ...arms], ...measures.map(row)]);
}

const isTwin = (one: Run, other: Run): boolean =>
  one.arm === other.arm && one.fault === other.fault && one.seed === other.seed;

const isOf =
  (arm: ArmName) =>
  ({ now }: Twins): boolean =>
    now.arm === arm;

function compared(twins: readonly Twins[], { of, compare, alike, digits }: Measure): string {
  const values = twins.flatMap(({ now, before }) => {
    const [here, there] = [of(now), of(before)];
    return here === undefined || there === undefined ? [] : [compare(here, there)];
  });
  if (values.length === 0) return '–';
  const { mean, low, high } = intervalOf(new Map(values.entries()));
  const [at, from, to] = [mean, low, high].map((value) => value.toFixed(digits));
  if (low === high && mean === alike) return 'the same';
  const verdict = low <= alike && alike <= high ? 'alike' : 'not alike';
  return `${at} (${from} to ${to}), ${verdict}`;
}
