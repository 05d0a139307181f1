import { markdownTable } from './markdown.js';

export interface Verdict {
  readonly what: string;
  readonly count: number;
  readonly differences: number;
  readonly examples: readonly unknown[];
}

const shown = 5;

export const verdict = (what: string, count: number, differing: readonly unknown[]): Verdict => ({
  what,
  count,
  differences: differing.length,
  examples: differing.slice(0, shown),
});

export interface Proof {
  readonly verdicts: readonly Verdict[];
  /** What should have happened and did not, so that the run proves too little. */
  readonly vacuous: readonly string[];
}

export const isProven = ({ verdicts, vacuous }: Proof): boolean =>
  vacuous.length === 0 && verdicts.every(({ differences }) => differences === 0);

/** A run in which nothing went wrong would prove nothing. */
export const missingFaults = (counts: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(counts).flatMap(([what, count]) => (count === 0 ? [`no ${what}`] : []));

export const verdictTable = (verdicts: readonly Verdict[]): string =>
  markdownTable([
    ['what must hold', 'looked at', 'differences'],
    ...verdicts.map(({ what, count, differences }) => [what, String(count), String(differences)]),
  ]);

export const examplesOf = (verdicts: readonly Verdict[]): readonly string[] =>
  verdicts
    .filter(({ differences }) => differences > 0)
    .flatMap(({ what, examples }) => [what, ...examples.map((row) => `  ${JSON.stringify(row)}`)]);
