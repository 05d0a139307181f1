import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { defaultStateDir } from '../../src/up/folders.js';
import { readComparison, writeComparison, type Cost, type Run } from './data/comparison.js';
import type { FaultName, VariantName } from './data/names.js';
import type { Finding } from './outcome.js';

export interface Begun {
  readonly settings: object;
  /** When the comparison began, RFC 3339, and of which commit it is. */
  readonly at: string;
  readonly commit: string;
}

type StateRecord = Begun & { readonly minutes: number };

export const urlOf = (path: string): URL => pathToFileURL(`${resolve(path)}/`);

export type State = Awaited<ReturnType<typeof openState>>;

/** A run that was broken off continues from there; what other settings gave is removed. */
export async function openState(
  begun: Begun,
  isFresh: boolean,
  folder = join(defaultStateDir, 'compare'),
) {
  const file = join(folder, 'state.json');
  const findings = join(folder, 'findings.jsonl');
  const known = existsSync(file)
    ? (JSON.parse(await readFile(file, 'utf8')) as StateRecord)
    : undefined;
  const isKept = !isFresh && isDeepStrictEqual(known?.settings, begun.settings);
  if (!isKept) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  let record: StateRecord = { ...begun, minutes: 0, ...(isKept && known) };
  let { runs = [], cost = [] } = await readComparison(urlOf(folder));
  const keep = async (): Promise<void> => {
    await writeFile(file, JSON.stringify(record));
    await writeComparison(urlOf(folder), { runs, cost });
  };
  await keep();
  return {
    findings,
    begun: () => record,
    found: () => ({ runs, cost }),
    missing(name: VariantName, fault: FaultName, seeds: readonly number[]): readonly number[] {
      const own = runs.filter((run) => run.arm === name && run.fault === fault);
      return seeds.filter((seed) => !own.some((run) => run.seed === seed));
    },
    missingCost: (name: VariantName, seeds: readonly number[]): readonly number[] =>
      seeds.filter((seed) => !cost.some((one) => one.arm === name && one.seed === seed)),
    async addRuns(more: readonly Run[], orders: readonly Finding[]): Promise<void> {
      runs = [...runs, ...more];
      const { arm, fault } = more[0] ?? {};
      const lines = orders.map((order) => `${JSON.stringify({ arm, fault, ...order })}\n`);
      if (lines.length > 0) await writeFile(findings, lines.join(''), { flag: 'a' });
      await keep();
    },
    async addCost(one: Cost): Promise<void> {
      cost = [...cost, one];
      await keep();
    },
    async addMinutes(minutes: number): Promise<void> {
      record = { ...record, minutes: record.minutes + minutes };
      await keep();
    },
  };
}
