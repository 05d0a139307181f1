import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { defaultStateDir } from '../../src/up/folders.js';
import { readComparison, writeComparison, type Cost, type Run } from './data/comparison.js';
import type { FaultName, VariantName } from './data/names.js';
import type { Finding } from './outcome.js';

const recordSchema = z.object({
  /** What all figures of one comparison have in common. */
  settings: z.object({
    seeds: z.array(z.number()),
    rounds: z.number(),
    orders: z.number(),
    costOrders: z.number(),
    timeScale: z.string(),
  }),
  /** When the comparison began, RFC 3339, and of which commit it is. */
  at: z.string(),
  commit: z.string(),
  minutes: z.number(),
});

type StateRecord = z.infer<typeof recordSchema>;
export type Begun = Omit<StateRecord, 'minutes'>;

export const urlOf = (path: string): URL => pathToFileURL(`${resolve(path)}/`);

/** What was found out until now, in a folder, so that a run that was broken off continues from there. */
export class State {
  private constructor(
    private readonly folder: string,
    private record: StateRecord,
    private runs: readonly Run[] = [],
    private cost: readonly Cost[] = [],
  ) {}

  /** What an earlier run with these settings left, or nothing. */
  static async open(
    begun: Begun,
    { isFresh }: { readonly isFresh: boolean },
    folder = join(defaultStateDir, 'compare'),
  ): Promise<State> {
    const file = join(folder, 'state.json');
    const known = existsSync(file)
      ? recordSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data
      : undefined;
    if (known && !isFresh && isDeepStrictEqual(known.settings, begun.settings)) {
      const { runs, cost } = await readComparison(urlOf(folder));
      return new State(folder, known, runs, cost);
    }
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const state = new State(folder, { ...begun, minutes: 0 });
    await state.#keep();
    return state;
  }

  get begun(): Omit<StateRecord, 'settings'> {
    return this.record;
  }

  get findings(): string {
    return join(this.folder, 'findings.jsonl');
  }

  get found() {
    return { runs: this.runs, cost: this.cost };
  }

  missing(name: VariantName, fault: FaultName, seeds: readonly number[]): readonly number[] {
    const known = this.runs.filter((run) => run.arm === name && run.fault === fault);
    return seeds.filter((seed) => !known.some((run) => run.seed === seed));
  }

  missingCost(name: VariantName, seeds: readonly number[]): readonly number[] {
    return seeds.filter((seed) => !this.cost.some((one) => one.arm === name && one.seed === seed));
  }

  async addRuns(runs: readonly Run[], findings: readonly Finding[] = []): Promise<void> {
    this.runs = [...this.runs, ...runs];
    const [first] = runs;
    const lines = findings.map(
      (finding) => `${JSON.stringify({ arm: first?.arm, fault: first?.fault, ...finding })}\n`,
    );
    if (lines.length > 0) await writeFile(this.findings, lines.join(''), { flag: 'a' });
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
    await writeFile(join(this.folder, 'state.json'), JSON.stringify(this.record));
    await writeComparison(urlOf(this.folder), this.found);
  }
}
