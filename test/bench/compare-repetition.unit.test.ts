import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeComparison } from '../../bench/compare/data/comparison.js';
import type { Run } from '../../bench/compare/data/runs.js';
import { readEarlier, repetitionTable } from '../../bench/compare/repetition.js';
import { aRun, notApplicable } from './invented-comparison.js';

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
const runsOf = (change: (seed: number) => Partial<Run> = () => ({})): readonly Run[] =>
  seeds.map((seed) => aRun({ seed, ...change(seed) }));

const rowOf = (title: string, runs: readonly Run[], earlier: readonly Run[]): string =>
  repetitionTable(runs, earlier)
    .split('\n')
    .find((line) => line.includes(title)) ?? '';

describe('a run that is held against an earlier one', () => {
  test('says the same where the figures are the same', () => {
    expect(rowOf('stuck', runsOf(), runsOf())).toMatch(/\| the same \|$/);
    expect(rowOf('ended, p95', runsOf(), runsOf())).toMatch(/\| the same \|$/);
  });

  test('says alike where chance may have made the difference', () => {
    const now = runsOf((seed) => ({ endP50Ms: seed % 2 === 0 ? 2_000 : 2_205 }));
    expect(rowOf('ended, p50', now, runsOf())).toMatch(/1\.00 \(0\.96 to 1\.04\), alike/);
  });

  test('says not alike where it is slower seed by seed, or loses orders', () => {
    const slower = runsOf((seed) => ({ endP50Ms: 4_000 + seed }));
    expect(rowOf('ended, p50', slower, runsOf())).toMatch(/1\.91 .*, not alike/);
    const losing = runsOf((seed) => ({ stuck: 3 + (seed % 3) }));
    expect(rowOf('stuck', losing, runsOf())).toMatch(/, not alike/);
  });

  test('holds each seed against itself, and leaves out what was not run both times', () => {
    const hard = (seed: number) => ({ endP50Ms: 1_000 * seed });
    expect(rowOf('ended, p50', runsOf(hard), runsOf(hard))).toMatch(/the same/);
    const other = [aRun({ fault: 'last_item', endP50Ms: 90_000 })];
    expect(rowOf('ended, p50', [...runsOf(), ...other], runsOf())).toMatch(/the same/);
  });
});

describe('the figures of an earlier run', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'repetition-'));
    const left = notApplicable('naive', 'engine_restarted', 'it has no engine');
    await writeComparison(pathToFileURL(`${folder}/`), { runs: [...runsOf(), left] });
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('are those of the seeds at hand', async () => {
    const earlier = await readEarlier(folder, { seeds: [2, 3], orders: 30 });
    expect(earlier.map(({ seed }) => seed)).toEqual([2, 3]);
  });

  test('are refused when they are of another schedule, or of other seeds', async () => {
    await expect(readEarlier(folder, { seeds: [2], orders: 6 })).rejects.toThrow('--orders 30');
    await expect(readEarlier(folder, { seeds: [99], orders: 30 })).rejects.toThrow('no figures');
    await expect(readEarlier(tmpdir(), { seeds: [1], orders: 30 })).rejects.toThrow('no figures');
  });
});
