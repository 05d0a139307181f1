import { parseArgs } from 'node:util';

export interface EventBenchOptions {
  /** Facts that wait in the outbox when the relay starts. */
  readonly backlog: number;
  /** Facts committed per second, and for how long, when latency is measured. */
  readonly rate: number;
  readonly seconds: number;
  /** Where the figures go. */
  readonly json: string | undefined;
}

/** @throws Error that says which argument is wrong */
export function readEventOptions(args: readonly string[]): EventBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      backlog: { type: 'string', default: '100000' },
      rate: { type: 'string', default: '100' },
      seconds: { type: 'string', default: '30' },
      json: { type: 'string' },
    },
  });
  return {
    backlog: count('backlog', values.backlog),
    rate: count('rate', values.rate),
    seconds: count('seconds', values.seconds),
    json: values.json,
  };
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}: not a count: ${text}`);
  return value;
}
