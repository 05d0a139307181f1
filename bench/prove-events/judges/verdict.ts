/** One thing that must hold. */
export interface Verdict {
  readonly what: string;
  /** How much was looked at. */
  readonly count: number;
  readonly differences: number;
  /** The first ones, for whoever has to find out why. */
  readonly examples: readonly unknown[];
}

const shown = 5;

export const verdict = (what: string, count: number, differing: readonly unknown[]): Verdict => ({
  what,
  count,
  differences: differing.length,
  examples: differing.slice(0, shown),
});
