import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { formatted } from '../../harness/markdown.js';
import { effortMeasures, faultNames, variantNames } from './names.js';
import {
  count,
  oneOf,
  orEmpty,
  quantity,
  readTable,
  words,
  writeTable,
  type Column,
  type RowOf,
  type Table,
} from './table.js';

/** What a variant was put to; or why not, since such a fault does not exist there. */
export type Applicable = 'yes' | `no: ${string}`;

const applicability: Column<Applicable> = {
  read: (cell) => {
    if (cell === 'yes' || /^no: ./.test(cell)) return cell as Applicable;
    throw new Error(`neither "yes" nor "no: " and the reason: "${cell}"`);
  },
  write: (value) => value,
};

/** Counts of orders, so none of them is more than the orders there were. */
const tallies = {
  /** Neither ended nor waiting for a named person or event at the limit. */
  stuck: orEmpty(count),
  /** Ended, and a rule of the ledgers is broken. */
  wrong: orEmpty(count),
  leakedHolds: orEmpty(count),
  chargedCancelled: orEmpty(count),
  doubleCharges: orEmpty(count),
  oversold: orEmpty(count),
  needlessUndo: orEmpty(count),
  untrueTold: orEmpty(count),
  waitingForPerson: orEmpty(count),
  eventsNotOnce: orEmpty(count),
};

const times = {
  /** From the request until the buyer knows: confirmed, or ended. */
  answerP50Ms: orEmpty(quantity),
  answerP95Ms: orEmpty(quantity),
  answerP99Ms: orEmpty(quantity),
  endP50Ms: orEmpty(quantity),
  endP95Ms: orEmpty(quantity),
  endP99Ms: orEmpty(quantity),
  recoveryMs: orEmpty(quantity),
};

export type Tally = keyof typeof tallies;
export type RunTime = keyof typeof times;
const figureNames = Object.keys({ ...tallies, ...times }) as readonly (Tally | RunTime)[];

const runColumns = {
  arm: oneOf(variantNames),
  fault: oneOf(faultNames),
  seed: count,
  /** At which of the times that the run went over all cells, from 1 on. */
  round: count,
  orders: count,
  applicable: applicability,
  ...tallies,
  ...times,
};

/** The orders of one seed in one variant under one fault; `arm` is what the file calls a variant. */
export type Run = RowOf<typeof runColumns>;

export const emptyRun = (
  cell: Pick<Run, 'arm' | 'fault' | 'seed' | 'round' | 'applicable'>,
): Run => ({
  orders: 0,
  ...(Object.fromEntries(figureNames.map((name) => [name, undefined])) as Pick<
    Run,
    Tally | RunTime
  >),
  ...cell,
});

export const runsTable: Table<Run> = {
  file: 'runs.csv',
  columns: runColumns,
  key: ['arm', 'fault', 'seed'],
  fault: (run) => (run.applicable === 'yes' ? faultOfRun(run) : faultOfNoRun(run)),
};

function faultOfRun(run: Run): string | undefined {
  const { orders, stuck = 0, wrong = 0 } = run;
  if (orders === 0) return 'no order was placed';
  const most = (Object.keys(tallies) as Tally[]).find((name) => (run[name] ?? 0) > orders);
  if (most !== undefined) return `${most} counts more orders than there were`;
  if (stuck + wrong > orders) return 'an order cannot be stuck and ended';
  const isRising =
    rises(run.answerP50Ms, run.answerP95Ms, run.answerP99Ms) &&
    rises(run.endP50Ms, run.endP95Ms, run.endP99Ms);
  return isRising ? undefined : 'a percentile is below a lower one';
}

const faultOfNoRun = (run: Run): string | undefined =>
  run.orders === 0 && figureNames.every((name) => run[name] === undefined)
    ? undefined
    : 'figures of what was not applicable';

function rises(...values: readonly (number | undefined)[]): boolean {
  const measured = values.filter((value) => value !== undefined);
  return measured.every((value, index) => value >= (measured[index - 1] ?? 0));
}

const costColumns = {
  arm: oneOf(variantNames),
  seed: count,
  round: count,
  orders: count,
  ordersPerSecond: quantity,
  cpuMsPerOrder: quantity,
  writeTransactionsPerOrder: quantity,
  walKibPerOrder: quantity,
};

/** What an order costs one variant at full load without any fault, by one seed. */
export type Cost = RowOf<typeof costColumns>;

const costTable: Table<Cost> = {
  file: 'cost.csv',
  columns: costColumns,
  key: ['arm', 'seed'],
  fault: ({ orders }) => (orders === 0 ? 'no order was placed' : undefined),
};

const effortColumns = {
  arm: oneOf(variantNames),
  measure: oneOf(effortMeasures),
  value: quantity,
  /** How it was counted, so that somebody else can count it again. */
  how: words,
};

export type Effort = RowOf<typeof effortColumns>;

export const effortTable: Table<Effort> = {
  file: 'effort.csv',
  columns: effortColumns,
  key: ['arm', 'measure'],
  fault: ({ how }) => (how.trim() === '' ? 'it does not say how it was counted' : undefined),
};

const conditionsSchema = z.object({
  /** When the run began, RFC 3339. */
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
  /** What was shortened, and how: the same for all variants. */
  timeScale: z.string(),
  minutes: z.number().min(0),
});

/** What the figures hold for. */
export type Conditions = Readonly<z.output<typeof conditionsSchema>>;

export interface Comparison {
  readonly runs: readonly Run[];
  readonly cost: readonly Cost[];
  readonly effort: readonly Effort[];
  readonly conditions: Conditions;
}

const conditionsFile = 'conditions.json';
const files: Readonly<Record<keyof Comparison, string>> = {
  runs: runsTable.file,
  cost: costTable.file,
  effort: effortTable.file,
  conditions: conditionsFile,
};

/**
 * What there is of a comparison in a folder.
 * @throws Error when a file is not as it must be, or when they are not of one run
 */
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
  throw new Error(`${conditionsFile}: ${z.prettifyError(read.error)}`);
}

/** Writes what is given; a file that is not given stays as it is. */
export async function writeComparison(
  folder: URL,
  { runs, cost, effort, conditions }: Partial<Comparison>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const target = fileURLToPath(new URL(conditionsFile, folder));
  const texts: Readonly<Record<keyof Comparison, string | undefined>> = {
    runs: runs && writeTable(runsTable, runs),
    cost: cost && writeTable(costTable, cost),
    effort: effort && writeTable(effortTable, effort),
    conditions: conditions && (await formatted(target, JSON.stringify(conditions))),
  };
  for (const [name, file] of Object.entries(files)) {
    const text = texts[name as keyof Comparison];
    if (text !== undefined) await writeFile(new URL(file, folder), text);
  }
}

export const missingFiles = (comparison: Partial<Comparison>): readonly string[] =>
  Object.entries(files)
    .filter(([name]) => comparison[name as keyof Comparison] === undefined)
    .map(([, file]) => file);

export const isWhole = (comparison: Partial<Comparison>): comparison is Comparison =>
  missingFiles(comparison).length === 0;

/** Rows that are left from another run would be shown under conditions that are not theirs. */
function refuseForeignSeeds({ runs = [], cost = [], conditions }: Partial<Comparison>): void {
  if (conditions === undefined) return;
  const foreign = [...runs, ...cost].find(({ seed }) => !conditions.seeds.includes(seed));
  if (foreign !== undefined) {
    throw new Error(`Seed ${foreign.seed} is not one of those that ${conditionsFile} names`);
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
