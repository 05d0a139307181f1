import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { defaultStateDir } from '../../src/up/repository.js';
import { readComparison, writeComparison, type Comparison } from './data/comparison.js';
import type { Cost } from './data/cost.js';
import type { ArmName, FaultName } from './data/names.js';
import type { Run } from './data/runs.js';
import type { Finding } from './judge/judge.js';

/** What all figures of one comparison have in common. */
const settingsSchema = z.object({
  seeds: z.array(z.number()),
  orders: z.number(),
  costOrders: z.number(),
  timeScale: z.string(),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>>;

const recordSchema = z.object({
  settings: settingsSchema,
  /** When the comparison began, RFC 3339, and what of. */
  at: z.string(),
  commit: z.string(),
  /** How long it has worked until now. */
  minutes: z.number(),
});

type StateRecord = z.infer<typeof recordSchema>;

const folder = join(defaultStateDir, 'compare');
const recordFile = join(folder, 'state.json');
const findingsFile = join(folder, 'findings.jsonl');

const urlOf = (path: string): URL => pathToFileURL(`${resolve(path)}/`);

/** What was found out until now, in a folder, so that a run that was broken off goes on from there. */
export class State {
  private constructor(
    private record: StateRecord,
    private runs: readonly Run[],
    private cost: readonly Cost[],
  ) {}

  /** What an earlier run with these settings left, or nothing. */
  static async open(
    begun: Pick<StateRecord, 'settings' | 'at' | 'commit'>,
    { isFresh }: { readonly isFresh: boolean },
  ): Promise<State> {
    const known = existsSync(recordFile)
      ? recordSchema.parse(JSON.parse(await readFile(recordFile, 'utf8')))
      : undefined;
    if (known && !isFresh && isDeepStrictEqual(known.settings, begun.settings)) {
      const { runs = [], cost = [] } = await readComparison(urlOf(folder));
      return new State(known, runs, cost);
    }
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const state = new State({ ...begun, minutes: 0 }, [], []);
    await state.#keep();
    return state;
  }

  get begun(): Pick<StateRecord, 'at' | 'commit' | 'minutes'> {
    return this.record;
  }

  get found(): Pick<Comparison, 'runs' | 'cost'> {
    return { runs: this.runs, cost: this.cost };
  }

  /** The seeds that this cell has no figures of yet. */
  missing(arm: ArmName, fault: FaultName): readonly number[] {
    const known = this.runs.filter((run) => run.arm === arm && run.fault === fault);
    return this.#without(known);
  }

  missingCost(arm: ArmName): readonly number[] {
    return this.#without(this.cost.filter((cost) => cost.arm === arm));
  }

  async addRuns(runs: readonly Run[], findings: readonly Finding[]): Promise<void> {
    this.runs = [...this.runs, ...runs];
    const [first] = runs;
    const lines = findings.map((finding) =>
      JSON.stringify({ arm: first?.arm, fault: first?.fault, ...finding }),
    );
    if (lines.length > 0) await writeFile(findingsFile, `${lines.join('\n')}\n`, { flag: 'a' });
    await this.#keep();
  }

  async addCost(cost: Cost): Promise<void> {
    this.cost = [...this.cost, cost];
    await this.#keep();
  }

  async addMinutes(minutes: number): Promise<void> {
    this.record = { ...this.record, minutes: this.record.minutes + minutes };
    await this.#keep();
  }

  #without(known: readonly { readonly seed: number }[]): readonly number[] {
    return this.record.settings.seeds.filter((seed) => !known.some((one) => one.seed === seed));
  }

  async #keep(): Promise<void> {
    await writeFile(recordFile, JSON.stringify(this.record));
    await writeComparison(urlOf(folder), this.found);
  }
}

/** Where the orders that are not as they should be are listed. */
export const findings = findingsFile;

/** Writes the figures where they are wanted. */
export const publish = (out: string, comparison: Partial<Comparison>): Promise<void> =>
  writeComparison(urlOf(out), comparison);
