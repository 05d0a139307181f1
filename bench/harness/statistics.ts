export type Percentiles = ReturnType<typeof percentiles>;

/**
 * Values that were measured (nearest rank): of few orders an interpolated percentile would be the
 * time of no order. NaN of no values.
 */
export function percentiles(values: readonly number[]) {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

export const sumOf = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

export const meanOf = (values: readonly number[]): number => sumOf(values) / values.length;
