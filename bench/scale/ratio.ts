import type { ScaleReport } from './report.js';

const [few, many] = [1_000, 100_000];

/** What an order costs among many orders, of what it costs among few. Undefined if the run had others. */
export function costRatioOf({ sizes }: Pick<ScaleReport, 'sizes'>): number | undefined {
  const at = (orders: number) => sizes.find((size) => size.orders === orders)?.serviceCpuMs;
  const [first, last] = [at(few), at(many)];
  return first === undefined || last === undefined ? undefined : last / first;
}
