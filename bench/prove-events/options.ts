import { parseArgs } from 'node:util';

export interface ProofOptions {
  readonly orders: number;
  readonly seed: number;
  readonly relays: number;
  /** Moments at which relays are killed. */
  readonly kills: number;
  /** Other faults: subscribers killed, connections cut, relays paused. */
  readonly otherFaults: number;
  readonly writers: number;
  /** At the most so many orders begin per second. */
  readonly perSecond: number;
  /** So long a killed relay's claims on webhooks keep others away. */
  readonly leaseMs: number;
  readonly drainLimitMs: number;
  /** Where the figures go. */
  readonly json: string | undefined;
}

/** @throws Error that says which argument is wrong */
export function readProofOptions(args: readonly string[]): ProofOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      orders: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      relays: { type: 'string', default: '2' },
      kills: { type: 'string', default: '24' },
      'other-faults': { type: 'string', default: '18' },
      writers: { type: 'string', default: '16' },
      rate: { type: 'string', default: '40' },
      lease: { type: 'string', default: '5000' },
      'drain-limit': { type: 'string', default: '600000' },
      json: { type: 'string' },
    },
  });
  return {
    orders: count('orders', values.orders),
    seed: count('seed', values.seed),
    relays: count('relays', values.relays),
    kills: count('kills', values.kills),
    otherFaults: count('other-faults', values['other-faults']),
    writers: count('writers', values.writers),
    perSecond: count('rate', values.rate),
    leaseMs: count('lease', values.lease),
    drainLimitMs: count('drain-limit', values['drain-limit']),
    json: values.json,
  };
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}: not a count: ${text}`);
  return value;
}
