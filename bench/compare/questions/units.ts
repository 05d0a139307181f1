export type Unit = 'percent' | 'milliseconds' | 'count' | 'per_second' | 'cpu_ms' | 'kib';

const secondMs = 1_000;
const longMs = 10 * secondMs;

/** A figure as it is read: with its unit, and not more exact than it is. */
export function shown(value: number, unit: Unit): string {
  switch (unit) {
    case 'percent':
      return `${value.toFixed(1)} %`;
    case 'milliseconds':
      return value < longMs ? `${value.toFixed(0)} ms` : `${(value / secondMs).toFixed(1)} s`;
    case 'count':
      return Number.isInteger(value) ? String(value) : value.toFixed(1);
    case 'per_second':
      return `${value.toFixed(1)} /s`;
    case 'cpu_ms':
      return `${value.toFixed(1)} ms`;
    case 'kib':
      return `${value.toFixed(1)} KiB`;
  }
}

export function shownRange(low: number, high: number, unit: Unit, show = shown): string {
  const [from, to] = [show(low, unit), show(high, unit)];
  const [, number, own] = /^(\S+)( .+)$/.exec(from) ?? [];
  const isShared = number !== undefined && own !== undefined && to.endsWith(own);
  return `${isShared ? number : from} to ${to}`;
}

/** A difference: of shares it is in points, since it is a share of nothing. */
export const shownDifference = (value: number, unit: Unit): string =>
  unit === 'percent' ? `${value.toFixed(1)} points` : shown(value, unit);

export function listed(names: readonly string[]): string {
  const [last = '', ...before] = [...names].reverse();
  return before.length === 0 ? last : `${before.reverse().join(', ')} and ${last}`;
}
