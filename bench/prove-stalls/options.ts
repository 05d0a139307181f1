import { parseArgs } from 'node:util';

export interface StallOptions {
  readonly orders: number;
  readonly seed: number;
  /** Orders that are placed together, shortly before the worker is disturbed. */
  readonly atOnce: number;
  /** How late the stand-in providers answer, in milliseconds. */
  readonly latencyMs: number;
  /** Only print what there is to choose. */
  readonly help: boolean;
}

const lines = [
  'npm run prove:stalls -- [options]',
  '  --orders N   placed in all (300)',
  '  --seed N     decides every stall, kill and cancel (1)',
  '  --at-once N  orders placed together for each stall or kill (6)',
  '  --latency N  milliseconds until a stand-in provider answers (800)',
  '  --help',
];

export const helpText = (): string => lines.join('\n');

/** @throws Error that says which argument is wrong */
export function readStallOptions(args: readonly string[]): StallOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      orders: { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
      'at-once': { type: 'string', default: '6' },
      latency: { type: 'string', default: '800' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    orders: whole('orders', values.orders),
    seed: whole('seed', values.seed),
    atOnce: whole('at-once', values['at-once']),
    latencyMs: whole('latency', values.latency),
    help: values.help,
  };
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}: not a count: ${text}`);
  return value;
}
