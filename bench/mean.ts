export const sumOf = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** @returns NaN of nothing */
export const meanOf = (values: readonly number[]): number => sumOf(values) / values.length;

/** With one less than their number, as of a sample. */
export function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return sumOf(values.map((value) => (value - mean) ** 2)) / (values.length - 1);
}
