/**
 * The seeds of each time that the run goes over all cells. A machine is slower at one time than at
 * another; a cell whose seeds were all run within a minute would not know.
 */
export const roundsOf = (seeds: readonly number[], rounds: number): readonly Round[] =>
  Array.from({ length: rounds }, (_unused, index) => ({
    round: index + 1,
    seeds: seeds.filter((_seed, place) => place % rounds === index),
  }));

export interface Round {
  /** From 1 on. */
  readonly round: number;
  readonly seeds: readonly number[];
}
