import { parseArgs } from 'node:util';

/** When the mix is measured: at the first latency, at each, without the other arms, or never. */
const mixChoices = ['first', 'every', 'only', 'none'] as const;
type MixChoice = (typeof mixChoices)[number];

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
  readonly mix: MixChoice;
  /** Where the raw figures go. */
  readonly json: string | undefined;
  /** Only tell what there is to choose. */
  readonly help: boolean;
}

interface Described {
  readonly argument: string;
  readonly fallback?: string;
  readonly meaning: string;
}

/** Every option, for `--help`; docs/performance.md has the same. */
export const described = {
  orders: { argument: 'N', fallback: '200', meaning: 'measured per arm and round' },
  concurrency: { argument: 'N', fallback: '32', meaning: 'orders under way' },
  'warm-up': {
    argument: 'N',
    meaning: 'placed before each measurement and not counted; twice the concurrency or more',
  },
  rounds: { argument: 'N', fallback: '2', meaning: 'how often all arms take their turn' },
  latency: { argument: 'MS,…', fallback: '0,100', meaning: 'how late providers answer' },
  pace: { argument: 'MS', fallback: '150', meaning: 'between two moves of a parcel' },
  mix: {
    argument: mixChoices.join('|'),
    fallback: 'first',
    meaning: 'at which latencies the mix is measured, or nothing else, or not at all',
  },
  json: { argument: 'FILE', meaning: 'where the raw figures go' },
} as const satisfies Readonly<Record<string, Described>>;

/** What `--help` prints. */
export function helpText(): string {
  const usages = Object.entries(described).map(([name, option]: [string, Described]) => ({
    usage: `--${name} ${option.argument}`,
    told: option.meaning + (option.fallback === undefined ? '' : ` (${option.fallback})`),
  }));
  const width = Math.max(...usages.map(({ usage }) => usage.length));
  const lines = usages.map(({ usage, told }) => `  ${usage.padEnd(width)}  ${told}`);
  return ['npm run bench -- [options]', ...lines].join('\n');
}

/** @throws Error that says which argument is wrong */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      orders: { type: 'string', default: described.orders.fallback },
      concurrency: { type: 'string', default: described.concurrency.fallback },
      'warm-up': { type: 'string' },
      rounds: { type: 'string', default: described.rounds.fallback },
      latency: { type: 'string', default: described.latency.fallback },
      pace: { type: 'string', default: described.pace.fallback },
      mix: { type: 'string', default: described.mix.fallback },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
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
    mix: choice(values.mix),
    json: values.json,
    help: values.help,
  };
}

/** What is measured at one of the latencies. */
export function measuredAt(
  latencyMs: number,
  { mix, latenciesMs }: Pick<BenchOptions, 'mix' | 'latenciesMs'>,
): { readonly arms: boolean; readonly mix: boolean } {
  switch (mix) {
    case 'first':
      return { arms: true, mix: latencyMs === latenciesMs[0] };
    case 'every':
      return { arms: true, mix: true };
    case 'only':
      return { arms: false, mix: true };
    case 'none':
      return { arms: true, mix: false };
  }
}

function choice(text: string): MixChoice {
  const found = mixChoices.find((name) => name === text);
  if (found === undefined) throw new Error(`--mix: not one of ${mixChoices.join(', ')}: ${text}`);
  return found;
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
