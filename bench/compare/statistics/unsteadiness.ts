import { meanOf, sumOf, varianceOf } from '../../mean.js';
import type { Reading } from './bootstrap.js';

const halvings = 60;

/**
 * By how much one round of a run is slower or faster than usual, beyond what its seeds explain: the
 * machine is not always as fast, and orders may fall in step or not. It is the standard deviation of
 * the logarithm of a time, so 0.05 is about 5 %, by the estimate of Paule and Mandel (1982, Consensus
 * values and weighting factors).
 * @param cells what the seeds of each gave; one without two seeds in each of two rounds says nothing
 * @returns 0 where the seeds explain all of it, and where nothing is known
 */
export function unsteadinessOf(cells: readonly (readonly Reading[])[]): number {
  const known = cells.flatMap((cell) => spreadOf(cell) ?? []);
  const isTooLittle = (variance: number): boolean =>
    sumOf(known.map((spread) => shareOf(spread, variance))) > known.length;
  if (!isTooLittle(0)) return 0;
  let [low, high] = [0, meanOf(known.map(({ between }) => between))];
  for (let halved = 0; halved < halvings; halved += 1) {
    const middle = (low + high) / 2;
    if (isTooLittle(middle)) low = middle;
    else high = middle;
  }
  return Math.sqrt(high);
}

/** Variances of logarithms in one cell. */
interface Spread {
  /** Of the means of its rounds. */
  readonly between: number;
  /** What of that is due to the seeds. */
  readonly within: number;
}

/** One on an average, when the variance is that of the rounds. */
const shareOf = ({ between, within }: Spread, variance: number): number =>
  between === 0 ? 0 : between / (variance + within);

function spreadOf(cell: readonly Reading[]): Spread | undefined {
  const rounds = [...new Set(cell.map(({ round }) => round))].map((round) =>
    cell.filter((reading) => reading.round === round).map(({ value }) => Math.log(value)),
  );
  const isTelling = rounds.length > 1 && rounds.every((logs) => logs.length > 1);
  if (!isTelling || !rounds.flat().every(Number.isFinite)) return undefined;
  return {
    between: varianceOf(rounds.map(meanOf)),
    within: meanOf(rounds.map((logs) => varianceOf(logs) / logs.length)),
  };
}
