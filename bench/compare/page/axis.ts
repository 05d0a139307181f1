/** Where values lie in a picture that is as wide as the page allows: in percent of its width. */
export interface Axis {
  readonly ticks: readonly number[];
  readonly at: (value: number) => number;
}

/** Between them lies the axis; left of it stands the arm, right of it the figure. */
const left = 20;
const right = 76;

/** From zero to a round number that is not below the greatest value. */
export function axisTo(greatest: number): Axis {
  const step = roundUp(greatest / 2);
  const end = 2 * step;
  return {
    ticks: [0, step, end],
    at: (value) => left + (Math.min(value, end) / end) * (right - left),
  };
}

/** With one digit, so that a tick is where its label says. */
const roundSteps = [1, 2, 3, 4, 5, 6, 8, 10];

function roundUp(value: number): number {
  if (value <= 0) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(value));
  const step = roundSteps.find((candidate) => candidate * magnitude >= value * (1 - 1e-9));
  // Without the digits that binary fractions leave behind.
  return Number(((step ?? 10) * magnitude).toPrecision(3));
}
