import { markdownTable } from '../markdown.js';
import { readComparison } from './data/comparison.js';
import { armNames, type ArmName } from './data/names.js';
import type { Run } from './data/runs.js';
import { meansBySeed, shareOf, timeOf } from './questions/figures.js';
import { urlOf } from './state.js';
import { intervalOf, type BySeed } from './statistics/bootstrap.js';

/** The same seed of the same cell, run twice. */
interface Twins {
  readonly now: Run;
  readonly before: Run;
}

interface Measure {
  readonly title: string;
  readonly of: (run: Run) => number | undefined;
  readonly digits: number;
}

const measures: readonly Measure[] = [
  { title: 'stuck, of 100', of: shareOf('stuck'), digits: 1 },
  { title: 'ended, but wrong, of 100', of: shareOf('wrong'), digits: 1 },
  { title: 'waiting for a person, of 100', of: shareOf('waitingForPerson'), digits: 1 },
  { title: 'until the buyer knows, p50, ms', of: timeOf('answerP50Ms'), digits: 0 },
  { title: 'until the order has ended, p50, ms', of: timeOf('endP50Ms'), digits: 0 },
  { title: 'until the order has ended, p95, ms', of: timeOf('endP95Ms'), digits: 0 },
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
 * Whether the figures lie within the intervals of the earlier ones, arm by arm: those of the seeds and
 * cells that were run both times.
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
  return markdownTable([['earlier, and now', ...arms], ...measures.map(row)]);
}

const isTwin = (one: Run, other: Run): boolean =>
  one.arm === other.arm && one.fault === other.fault && one.seed === other.seed;

const isOf =
  (arm: ArmName) =>
  ({ now }: Twins): boolean =>
    now.arm === arm;

function compared(twins: readonly Twins[], { of, digits }: Measure): string {
  const faults = new Set(twins.map(({ now }) => now.fault)).size;
  const meansOf = (which: keyof Twins) =>
    meansBySeed(
      twins.map((twin) => twin[which]),
      faults,
      of,
    );
  const [earlier, now] = [meansOf('before'), meansOf('now')];
  const seeds = [...earlier.keys()].filter((seed) => now.has(seed));
  if (seeds.length === 0) return '–';
  const before = intervalOf(onlyOf(seeds, earlier));
  const again = intervalOf(onlyOf(seeds, now));
  const isWithin = before.low <= again.mean && again.mean <= before.high;
  const [at, from, to, here] = [before.mean, before.low, before.high, again.mean].map((value) =>
    value.toFixed(digits),
  );
  return `${at} (${from} to ${to}), ${here}: ${isWithin ? 'within' : 'not within'}`;
}

const onlyOf = (seeds: readonly number[], means: BySeed): BySeed =>
  new Map([...means].filter(([seed]) => seeds.includes(seed)));
