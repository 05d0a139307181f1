import { markdownTable } from './markdown.js';

export type Verdict = ReturnType<typeof verdict>;

/** The first ones are examples, for the person who has to find out why. */
const shown = 5;

export const verdict = (what: string, count: number, differing: readonly unknown[]) => ({
  what,
  count,
  differences: differing.length,
  examples: differing.slice(0, shown),
});

/** Something that should have happened and did not makes a proof vacuous. */
export const isProven = (proof: {
  readonly verdicts: readonly Verdict[];
  readonly vacuous: readonly string[];
}): boolean =>
  proof.vacuous.length === 0 && proof.verdicts.every(({ differences }) => differences === 0);

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
