import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { formatted } from '../../harness/markdown.js';
import { effortMeasures, faultNames, variantNames } from './names.js';
import { count, quantity, readTable, tally, time, writeTable, type Table } from './table.js';

/** What a variant was put to; or why not, since such a fault does not exist there. */
const applicable = z.union(
  [z.literal('yes'), z.templateLiteral(['no: ', z.string()])],
  'neither "yes" nor "no: " and the reason',
);
export type Applicable = z.output<typeof applicable>;

const tallies = {
  /** Neither ended nor waiting for a named person or event at the limit. */
  stuck: tally,
  /** Ended, and a rule of the ledgers is broken. */
  wrong: tally,
  leakedHolds: tally,
  chargedCancelled: tally,
  doubleCharges: tally,
  oversold: tally,
  needlessUndo: tally,
  untrueTold: tally,
  waitingForPerson: tally,
  eventsNotOnce: tally,
};

const times = {
  /** From the request until the buyer knows: confirmed, or ended. */
  answerP50Ms: time,
  answerP95Ms: time,
  answerP99Ms: time,
  endP50Ms: time,
  endP95Ms: time,
  endP99Ms: time,
  recoveryMs: time,
};

export type Tally = keyof typeof tallies;
export type RunTime = keyof typeof times;
const tallyNames = Object.keys(tallies) as readonly Tally[];
const figureNames = Object.keys({ ...tallies, ...times }) as readonly (Tally | RunTime)[];

const rises = (...values: readonly (number | undefined)[]): boolean => {
  const measured = values.filter((value) => value !== undefined);
  return measured.every((value, index) => value >= (measured[index - 1] ?? 0));
};

const runSchema = z
  .strictObject({
    arm: z.enum(variantNames),
    fault: z.enum(faultNames),
    seed: count,
    round: count,
    orders: count,
    applicable,
    ...tallies,
    ...times,
  })
  .refine((run) => run.orders > 0 === (run.applicable === 'yes'), 'no order was placed')
  .refine(
    (run) => run.orders > 0 || figureNames.every((name) => run[name] === undefined),
    'figures of what was not applicable',
  )
  .refine(
    (run) => tallyNames.every((name) => (run[name] ?? 0) <= run.orders),
    'counts more orders than there were',
  )
  .refine(
    ({ stuck = 0, wrong = 0, orders }) => stuck + wrong <= orders,
    'an order cannot be stuck and ended',
  )
  .refine(
    (run) =>
      rises(run.answerP50Ms, run.answerP95Ms, run.answerP99Ms) &&
      rises(run.endP50Ms, run.endP95Ms, run.endP99Ms),
    'a percentile is below a lower one',
  );

/** The orders of one seed in one variant under one fault; `arm` is what the file calls a variant. */
export type Run = Readonly<z.output<typeof runSchema>>;

export const emptyRun = (
  cell: Pick<Run, 'arm' | 'fault' | 'seed' | 'round' | 'applicable'>,
): Run => ({
  orders: 0,
  ...Object.fromEntries(figureNames.map((name) => [name, undefined])),
  ...cell,
});

const costSchema = z.strictObject({
  arm: z.enum(variantNames),
  seed: count,
  round: count,
  orders: count,
  ordersPerSecond: quantity,
  cpuMsPerOrder: quantity,
  writeTransactionsPerOrder: quantity,
  walKibPerOrder: quantity,
});

export type Cost = Readonly<z.output<typeof costSchema>>;

const effortSchema = z.strictObject({
  arm: z.enum(variantNames),
  measure: z.enum(effortMeasures),
  value: quantity,
  how: z.string().regex(/\S/, 'it does not say how it was counted'),
});

export type Effort = Readonly<z.output<typeof effortSchema>>;

export const runsTable: Table<Run> = {
  file: 'runs.csv',
  row: runSchema,
  key: ({ arm, fault, seed }) => [arm, fault, seed],
};
const costTable: Table<Cost> = {
  file: 'cost.csv',
  row: costSchema,
  key: ({ arm, seed }) => [arm, seed],
};
export const effortTable: Table<Effort> = {
  file: 'effort.csv',
  row: effortSchema,
  key: ({ arm, measure }) => [arm, measure],
};

const conditionsSchema = z.object({
  at: z.string(),
  commit: z.string(),
  machine: z.object({
    cores: z.int().min(1),
    memoryGib: z.number().min(0),
    platform: z.string(),
    node: z.string(),
    temporalServer: z.string(),
    temporalSdk: z.string(),
    postgres: z.string(),
  }),
  seeds: z.array(z.int().min(0)).min(1),
  rounds: z.int().min(1),
  ordersPerSeed: z.int().min(1),
  timeScale: z.string(),
  minutes: z.number().min(0),
});

export type Conditions = Readonly<z.output<typeof conditionsSchema>>;

export interface Comparison {
  readonly runs: readonly Run[];
  readonly cost: readonly Cost[];
  readonly effort: readonly Effort[];
  readonly conditions: Conditions;
}

const files: Readonly<Record<keyof Comparison, string>> = {
  runs: runsTable.file,
  cost: costTable.file,
  effort: effortTable.file,
  conditions: 'conditions.json',
};

/** @throws Error when a file is not as it must be, or when they are not of one run */
export async function readComparison(folder: URL): Promise<Partial<Comparison>> {
  const [runs, cost, effort, conditions] = await Promise.all(
    Object.values(files).map((file) => textOf(new URL(file, folder))),
  );
  const comparison = {
    ...(runs !== undefined && { runs: readTable(runsTable, runs) }),
    ...(cost !== undefined && { cost: readTable(costTable, cost) }),
    ...(effort !== undefined && { effort: readTable(effortTable, effort) }),
    ...(conditions !== undefined && { conditions: readConditions(conditions) }),
  };
  refuseForeignSeeds(comparison);
  return comparison;
}

/** @throws Error that names what is missing or wrong */
export function readConditions(text: string): Conditions {
  const read = conditionsSchema.safeParse(JSON.parse(text));
  if (read.success) return read.data;
  throw new Error(`${files.conditions}: ${z.prettifyError(read.error)}`);
}

export async function writeComparison(
  folder: URL,
  { runs, cost, effort, conditions }: Partial<Comparison>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const target = fileURLToPath(new URL(files.conditions, folder));
  const texts = [
    [files.runs, runs && writeTable(runsTable, runs)],
    [files.cost, cost && writeTable(costTable, cost)],
    [files.effort, effort && writeTable(effortTable, effort)],
    [files.conditions, conditions && (await formatted(target, JSON.stringify(conditions)))],
  ] as const;
  for (const [file, text] of texts) {
    if (text !== undefined) await writeFile(new URL(file, folder), text);
  }
}

/** @throws Error that names the files which are not there */
export async function readWholeComparison(folder: URL): Promise<Comparison> {
  const comparison = await readComparison(folder);
  const missing = Object.entries(files)
    .filter(([name]) => comparison[name as keyof Comparison] === undefined)
    .map(([, file]) => file);
  if (missing.length === 0) return comparison as Comparison;
  throw new Error(`There is no ${missing.join(', ')} in ${fileURLToPath(folder)}`);
}

/** Rows that are left from another run would be shown under conditions that are not theirs. */
function refuseForeignSeeds({ runs = [], cost = [], conditions }: Partial<Comparison>): void {
  const foreign = [...runs, ...cost].find(({ seed }) => conditions?.seeds.includes(seed) === false);
  if (foreign !== undefined) {
    throw new Error(`Seed ${foreign.seed} is not one of those that ${files.conditions} names`);
  }
}

async function textOf(file: URL): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
