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
  rounds: z.number(),
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

const recordFile = 'state.json';

/** Of a folder, for what is read and written below it. */
export const urlOf = (path: string): URL => pathToFileURL(`${resolve(path)}/`);

/** What was found out until now, in a folder, so that a run that was broken off goes on from there. */
export class State {
  private constructor(
    private readonly folder: string,
    private record: StateRecord,
    private runs: readonly Run[],
    private cost: readonly Cost[],
  ) {}

  /** What an earlier run with these settings left, or nothing. */
  static async open(
    begun: Pick<StateRecord, 'settings' | 'at' | 'commit'>,
    { isFresh }: { readonly isFresh: boolean },
    folder = join(defaultStateDir, 'compare'),
  ): Promise<State> {
    const file = join(folder, recordFile);
    const known = existsSync(file)
      ? recordSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data
      : undefined;
    if (known && !isFresh && isDeepStrictEqual(known.settings, begun.settings)) {
      const { runs = [], cost = [] } = await readComparison(urlOf(folder));
      return new State(folder, known, runs, cost);
    }
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const state = new State(folder, { ...begun, minutes: 0 }, [], []);
    await state.#keep();
    return state;
  }

  get begun(): Pick<StateRecord, 'at' | 'commit' | 'minutes'> {
    return this.record;
  }

  /** The file that lists the orders which are not as they should be. */
  get findings(): string {
    return join(this.folder, 'findings.jsonl');
  }

  get found(): Pick<Comparison, 'runs' | 'cost'> {
    return { runs: this.runs, cost: this.cost };
  }

  /** Those of the seeds that this cell has no figures of yet. */
  missing(arm: ArmName, fault: FaultName, seeds: readonly number[]): readonly number[] {
    const known = this.runs.filter((run) => run.arm === arm && run.fault === fault);
    return without(seeds, known);
  }

  missingCost(arm: ArmName, seeds: readonly number[]): readonly number[] {
    const known = this.cost.filter((cost) => cost.arm === arm);
    return without(seeds, known);
  }

  async addRuns(runs: readonly Run[], findings: readonly Finding[]): Promise<void> {
    this.runs = [...this.runs, ...runs];
    const [first] = runs;
    const lines = findings.map((finding) =>
      JSON.stringify({ arm: first?.arm, fault: first?.fault, ...finding }),
    );
    if (lines.length > 0) await writeFile(this.findings, `${lines.join('\n')}\n`, { flag: 'a' });
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

  async #keep(): Promise<void> {
    await writeFile(join(this.folder, recordFile), JSON.stringify(this.record));
    await writeComparison(urlOf(this.folder), this.found);
  }
}

const without = (seeds: readonly number[], known: readonly { readonly seed: number }[]) =>
  seeds.filter((seed) => !known.some((one) => one.seed === seed));

/** Writes the figures where they are wanted. */
export const publish = (out: string, comparison: Partial<Comparison>): Promise<void> =>
  writeComparison(urlOf(out), comparison);
