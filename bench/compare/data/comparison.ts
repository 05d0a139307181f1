import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { formatted } from '../../pages.js';
import { conditionsFile, readConditions, type Conditions } from './conditions.js';
import { costTable, type Cost } from './cost.js';
import { effortTable, type Effort } from './effort.js';
import { runsTable, type Run } from './runs.js';
import { readTable, writeTable } from './table.js';

/** All that `npm run compare` found out. */
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

/** Writes what is given; a file that is not given stays as it is. */
export async function writeComparison(
  folder: URL,
  { runs, cost, effort, conditions }: Partial<Comparison>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const write = async (file: string, text: string | undefined) => {
    if (text !== undefined) await writeFile(new URL(file, folder), text);
  };
  await write(files.runs, runs && writeTable(runsTable, runs));
  await write(files.cost, cost && writeTable(costTable, cost));
  await write(files.effort, effort && writeTable(effortTable, effort));
  const target = fileURLToPath(new URL(conditionsFile, folder));
  await write(
    files.conditions,
    conditions && (await formatted(target, JSON.stringify(conditions))),
  );
}

export const missingFiles = (comparison: Partial<Comparison>): readonly string[] =>
  (Object.keys(files) as (keyof Comparison)[])
    .filter((name) => comparison[name] === undefined)
    .map((name) => files[name]);

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
