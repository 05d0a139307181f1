import { parseArgs } from 'node:util';
import { armNames, faultNames, type ArmName, type FaultName } from './data/names.js';

export interface CompareOptions {
  readonly arms: readonly ArmName[];
  readonly faults: readonly FaultName[];
  readonly seeds: readonly number[];
  /** How often the run goes over all cells, each time with its share of the seeds. */
  readonly rounds: number;
  /** Of each seed, in each cell. */
  readonly orders: number;
  /** Of each seed, for what an order costs; 0 leaves that out. */
  readonly costOrders: number;
  /** Where the figures go beside the state. */
  readonly out: string | undefined;
  /** The folder of an earlier run to hold the figures against. */
  readonly against: string | undefined;
  /** Forgets what an earlier run has found out. */
  readonly isFresh: boolean;
  /** Shows the arms side by side in place of measuring them, and ends by itself after so long. */
  readonly live: { readonly minutes: number } | undefined;
  /** Only tell what there is to choose. */
  readonly help: boolean;
}

/** One of each kind: a quiet run, a death, a provider, a buyer. */
const quickFaults: readonly FaultName[] = [
  'none',
  'kill_after_commit',
  'answer_lost',
  'cancel_at_each_state',
];

/** 100 orders of an arm under a fault: what two cores can do in 90 minutes. */
const full = { faults: faultNames, seeds: 10, rounds: 2, orders: 10, costOrders: 20 } as const;
const quick = { faults: quickFaults, seeds: 2, rounds: 1, orders: 6, costOrders: 0 } as const;
const liveMinutes = 60;

const lines = [
  'npm run compare -- [options]',
  '  --quick          2 seeds of 6 orders under the faults that matter, in less than five minutes',
  `  --arms NAME,…    which of ${armNames.join(', ')}`,
  '  --faults NAME,…  which faults; all of them, or with --quick those that matter',
  '  --seeds N|A,B,…  how many seeds from 1 on, or which (10)',
  '  --rounds N       how often it goes over all of it, each time with its share of the seeds (2)',
  '  --orders N       of each seed under each fault (10)',
  '  --cost N         orders of each seed at full load, for what one costs; 0: not measured (20)',
  '  --out FOLDER     where runs.csv, cost.csv and conditions.json go at the end',
  "  --against FOLDER at the end, whether the figures lie within the intervals of an earlier run's",
  '  --fresh          begin anew; else what an earlier run with the same settings found out is kept',
  '  --live           the four arms side by side on a page, with a button that kills the payment service',
  `  --minutes N      so long --live goes on, unless Ctrl-C ends it before (${liveMinutes})`,
  '  --help',
  '',
  'Faults:',
  ...faultNames.map((name) => `  ${name}`),
];

export const helpText = (): string => lines.join('\n');

/** @throws Error that says which argument is wrong */
export function readOptions(args: readonly string[]): CompareOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      arms: { type: 'string' },
      faults: { type: 'string' },
      seeds: { type: 'string' },
      rounds: { type: 'string' },
      orders: { type: 'string' },
      cost: { type: 'string' },
      out: { type: 'string' },
      against: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      live: { type: 'boolean', default: false },
      minutes: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const preset = values.quick ? quick : full;
  const seeds = seedsOf(values.seeds ?? String(preset.seeds));
  return {
    arms: chosen('arms', armNames, values.arms) ?? armNames,
    faults: chosen('faults', faultNames, values.faults) ?? preset.faults,
    seeds,
    rounds: roundsFor(seeds, values.rounds, preset.rounds),
    orders: whole('orders', values.orders ?? String(preset.orders), 2),
    costOrders: whole('cost', values.cost ?? String(preset.costOrders), 0),
    out: values.out,
    against: values.against,
    isFresh: values.fresh,
    live: liveOf(values),
    help: values.help,
  };
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

/** It measures nothing, so nothing that is measured can be chosen with it. */
function liveOf({ live, minutes, ...others }: Values): CompareOptions['live'] {
  if (live !== true) {
    if (minutes !== undefined) throw new Error('--minutes goes with --live alone');
    return undefined;
  }
  const measured = Object.entries(others)
    .filter(([name, value]) => name !== 'help' && (value ?? false) !== false)
    .map(([name]) => `--${name}`);
  if (measured.length > 0) throw new Error(`--live does not go with ${measured.join(', ')}`);
  return { minutes: whole('minutes', String(minutes ?? liveMinutes), 1) };
}

/** In their usual order. */
function chosen<Name extends string>(
  option: string,
  names: readonly Name[],
  text: string | undefined,
): readonly Name[] | undefined {
  if (text === undefined) return undefined;
  const asked = text.split(',').map((name) => name.trim());
  const unknown = asked.filter((name) => !(names as readonly string[]).includes(name));
  if (unknown.length > 0) throw new Error(`--${option}: there is no ${unknown.join(', ')}`);
  return names.filter((name) => asked.includes(name));
}

function seedsOf(text: string): readonly number[] {
  if (text.includes(',')) return text.split(',').map((seed) => whole('seeds', seed, 0));
  return Array.from({ length: whole('seeds', text, 1) }, (_unused, index) => index + 1);
}

function roundsFor(seeds: readonly number[], text: string | undefined, usual: number): number {
  if (text === undefined) return Math.min(usual, seeds.length);
  const rounds = whole('rounds', text, 1);
  if (rounds <= seeds.length) return rounds;
  throw new Error(`--rounds: more rounds than seeds: ${text}`);
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < least) {
    throw new Error(`--${name}: not a whole number of ${least} or more: ${text}`);
  }
  return value;
}
