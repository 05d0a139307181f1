import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Measured per arm and round. */
  readonly orders: number;
  readonly concurrency: number;
  /** Placed and forgotten before each measurement. */
  readonly warmUp: number;
  readonly rounds: number;
  /** How late the stand-in providers answer; one pass over all arms for each. */
  readonly latenciesMs: readonly number[];
  /**
   * The wait before each move of a parcel, the same for all arms. Three moves have to last longer
   * than the answer to the purchase of the label: a webhook that is earlier waits for the relay.
   */
  readonly paceMs: number;
  /** Where the raw figures go. */
  readonly json: string | undefined;
}

/** @throws Error that says which argument is wrong */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      orders: { type: 'string', default: '200' },
      concurrency: { type: 'string', default: '32' },
      'warm-up': { type: 'string' },
      rounds: { type: 'string', default: '2' },
      latency: { type: 'string', default: '0,100' },
      pace: { type: 'string', default: '150' },
      json: { type: 'string' },
    },
  });
  const orders = count('orders', values.orders);
  const concurrency = count('concurrency', values.concurrency);
  return {
    orders,
    concurrency,
    warmUp: count('warm-up', values['warm-up'] ?? String(Math.max(2 * concurrency, orders / 4))),
    rounds: count('rounds', values.rounds),
    latenciesMs: values.latency.split(',').map((text) => whole('latency', text)),
    paceMs: count('pace', values.pace),
    json: values.json,
  };
}

function count(name: string, text: string): number {
  const value = whole(name, text);
  if (value < 1) throw new Error(`--${name} must be at least 1`);
  return value;
}

function whole(name: string, text: string): number {
  const value = Math.floor(Number(text));
  if (text.trim() === '' || !(value >= 0)) throw new Error(`--${name}: not a number: ${text}`);
  return value;
}
