import { faultNames, variantNames } from './compare/data/names.js';
import {
  count,
  flag,
  helpText,
  optionalCount,
  readArguments,
  someOf,
  text,
  wholeNumber,
  type Option,
} from './harness/arguments.js';

type Args = readonly string[];

/** When the mix is measured: at the first latency, at each, without the other variants, or never. */
const mixChoices = ['first', 'every', 'only', 'none'] as const;
type MixChoice = (typeof mixChoices)[number];

export const benchTable = {
  orders: count(200, 'measured per variant and round'),
  concurrency: count(32, 'orders under way'),
  'warm-up': optionalCount(
    'placed before each measurement and not counted; twice the concurrency or more',
  ),
  rounds: count(2, 'how often all variants take their turn'),
  latency: {
    argument: 'MS,…',
    fallback: '0,100',
    meaning: 'how late providers answer',
    read: (value = '', name) => value.split(',').map((part) => wholeNumber(name, part, 0)),
  } satisfies Option<readonly number[]>,
  // Three moves have to last longer than the purchase of the label: an earlier webhook waits for the relay.
  pace: count(150, 'between two moves of a parcel', 'MS'),
  mix: {
    argument: mixChoices.join('|'),
    fallback: 'first',
    meaning: 'at which latencies the mix is measured, or nothing else, or not at all',
    read: (value, name) => {
      const found = mixChoices.find((choice) => choice === value);
      if (found !== undefined) return found;
      throw new Error(`--${name}: not one of ${mixChoices.join(', ')}: ${value}`);
    },
  } satisfies Option<MixChoice>,
  json: text('FILE', 'where the raw figures go'),
  profile: text(
    'FOLDER',
    'profiles api, worker and relay of the service instead, and shows their dearest functions',
  ),
};

export const benchHelp = (): string => helpText('bench', benchTable);

export type BenchOptions = ReturnType<typeof readBenchOptions>;

export function readBenchOptions(args: Args) {
  const { 'warm-up': warmUp, latency, pace, ...values } = readArguments(benchTable, args);
  const usual = Math.floor(Math.max(2 * values.concurrency, values.orders / 4));
  return { ...values, warmUp: warmUp ?? usual, latenciesMs: latency, paceMs: pace };
}

export const measuredAt = (
  latencyMs: number,
  { mix, latenciesMs }: Pick<BenchOptions, 'mix' | 'latenciesMs'>,
): { readonly variants: boolean; readonly mix: boolean } => ({
  variants: mix !== 'only',
  mix: mix === 'first' ? latencyMs === latenciesMs[0] : mix !== 'none',
});

const eventTable = {
  backlog: count(100_000, 'facts that wait in the outbox when the relay starts'),
  rate: count(100, 'facts committed per second when latency is measured'),
  seconds: count(30, 'how long'),
  json: text('FILE', 'where the figures go'),
};

export const eventHelp = (): string => helpText('bench:events', eventTable);
export const readEventOptions = (args: Args) => readArguments(eventTable, args);

export const scaleParts = ['sizes', 'twins', 'hot-sku'] as const;

const scaleTable = {
  sizes: {
    argument: 'N,…',
    fallback: '1000,10000,100000',
    meaning: 'orders in the tables while others are measured',
    read: (value = '', name) =>
      value
        .split(',')
        .map((part) => wholeNumber(name, part))
        .toSorted((one, other) => one - other),
  } satisfies Option<readonly number[]>,
  orders: count(100, 'measured at each size, and with two of each role'),
  concurrency: count(32, 'orders under way'),
  seconds: count(60, 'how long one SKU is sold, and fifty are'),
  parts: someOf(scaleParts, `which of ${scaleParts.join(', ')}; what --json has of others is kept`),
  json: text('FILE', 'where the figures go, after each part'),
};

export const scaleHelp = (): string => helpText('bench:scale', scaleTable);
export type ScaleOptions = ReturnType<typeof readScaleOptions>;
export const readScaleOptions = (args: Args) => readArguments(scaleTable, args);

const eventProofTable = {
  orders: count(10_000, 'written in all'),
  seed: count(1, 'decides every fault'),
  relays: count(2, 'side by side'),
  kills: count(24, 'moments at which relays are killed'),
  'other-faults': count(18, 'subscribers killed, connections cut, relays paused'),
  writers: count(16, 'orders under way at once'),
  rate: count(40, 'orders that begin per second at most'),
  lease: count(5_000, "so long a killed relay's claims on webhooks keep others away", 'MS'),
  'drain-limit': count(600_000, 'until everything has to have arrived', 'MS'),
  json: text('FILE', 'where the figures go'),
};

export const eventProofHelp = (): string => helpText('prove:events', eventProofTable);
export type EventProofOptions = ReturnType<typeof readEventProofOptions>;
export const readEventProofOptions = (args: Args) => readArguments(eventProofTable, args);

const stallTable = {
  orders: count(300, 'placed in all'),
  seed: count(1, 'decides every stall, kill and cancel'),
  'at-once': count(6, 'orders placed together for each stall or kill'),
  latency: count(800, 'milliseconds until a provider of the sandbox answers'),
};

export const stallHelp = (): string => helpText('prove:stalls', stallTable);
export type StallOptions = ReturnType<typeof readStallOptions>;
export const readStallOptions = (args: Args) => readArguments(stallTable, args);

const messageTable = {
  orders: count(500, 'placed in all, each sent one message'),
  seed: count(1, 'decides every message and loss'),
  'at-once': count(26, 'orders sent a message together for each loss'),
};

export const messageHelp = (): string => helpText('prove:messages', messageTable);
export type MessageOptions = ReturnType<typeof readMessageOptions>;
export const readMessageOptions = (args: Args) => readArguments(messageTable, args);

/** 100 orders of a variant under a fault: what two cores can do in 90 minutes. */
const full = { faults: faultNames, seeds: 10, rounds: 2, orders: 10, costOrders: 20 } as const;
/** One fault of each kind: a quiet run, a death, a provider, a buyer. */
const quick = {
  faults: ['none', 'kill_after_commit', 'answer_lost', 'cancel_at_each_state'],
  seeds: 2,
  rounds: 1,
  orders: 6,
  costOrders: 0,
} as const;

const compareTable = {
  quick: flag('2 seeds of 6 orders under the faults that matter, in less than five minutes'),
  variants: someOf(variantNames, `which of ${variantNames.join(', ')}`),
  faults: someOf(faultNames, 'which faults; all of them, or with --quick those that matter'),
  seeds: text('N|A,B,…', 'how many seeds from 1 on, or which (10)'),
  rounds: optionalCount(
    'how often it goes over all of it, each time with its share of the seeds (2)',
  ),
  orders: optionalCount('of each seed under each fault (10)', 2),
  cost: optionalCount(
    'orders of each seed at full load, for what one costs; 0: not measured (20)',
    0,
  ),
  out: text('FOLDER', 'where runs.csv, cost.csv and conditions.json go at the end'),
  against: text(
    'FOLDER',
    "at the end, whether the figures lie within the intervals of an earlier run's",
  ),
  fresh: flag('begin anew; else what an earlier run with the same settings found out is kept'),
};

export const compareHelp = (): string =>
  helpText('compare', compareTable, ['', 'Faults:', ...faultNames.map((name) => `  ${name}`)]);

export type CompareOptions = ReturnType<typeof readCompareOptions>;

/** @throws Error that says which argument is wrong */
export function readCompareOptions(args: Args) {
  const values = readArguments(compareTable, args);
  const preset = values.quick ? quick : full;
  const seeds = seedsOf(values.seeds ?? String(preset.seeds));
  if (values.rounds !== undefined && values.rounds > seeds.length) {
    throw new Error(`--rounds: more rounds than seeds: ${values.rounds}`);
  }
  return {
    variants: values.variants ?? variantNames,
    faults: values.faults ?? preset.faults,
    seeds,
    /** How often the run goes over all cells, each time with its share of the seeds. */
    rounds: values.rounds ?? Math.min(preset.rounds, seeds.length),
    orders: values.orders ?? preset.orders,
    /** 0 leaves out what an order costs. */
    costOrders: values.cost ?? preset.costOrders,
    out: values.out,
    against: values.against,
    isFresh: values.fresh,
    help: values.help,
  };
}

function seedsOf(value: string): readonly number[] {
  if (value.includes(',')) return value.split(',').map((seed) => wholeNumber('seeds', seed, 0));
  return Array.from({ length: wholeNumber('seeds', value) }, (_unused, index) => index + 1);
}
