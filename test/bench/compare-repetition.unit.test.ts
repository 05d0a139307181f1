import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { writeComparison, type Run } from '../../bench/compare/data/comparison.js';
import { readEarlier, repetitionReport } from '../../bench/compare/report.js';
import { useTempFolder } from '../support/temp-folder.js';
import { aRun, notApplicable } from './invented-comparison.js';

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
const runsOf = (change: (seed: number) => Partial<Run> = () => ({})): readonly Run[] =>
  seeds.map((seed) => aRun({ seed, round: 2 - (seed % 2), ...change(seed) }));

const rowOf = (title: string, runs: readonly Run[], earlier: readonly Run[]): string =>
  new RegExp(`^.*${title}.*$`, 'm').exec(repetitionReport(runs, earlier))![0];

describe('a run that is held against an earlier one', () => {
  const spread = (seed: number) => ({ endP50Ms: 2_000 + 10 * seed });

  test('is within where the figures are the same', () => {
    expect(rowOf('stuck', runsOf(), runsOf())).toMatch(
      /\| +0\.0 \(0\.0 to 1\.7\), 0\.0: within \|$/,
    );
    expect(rowOf('ended, p95', runsOf(), runsOf())).toMatch(/\(4000 to 4000\), 4000: within \|$/);
  });

  test('is within where its mean lies in the interval of the earlier one', () => {
    const again = runsOf((seed) => ({ endP50Ms: 2_090 - 10 * seed + (seed % 2) }));
    expect(rowOf('ended, p50', again, runsOf(spread))).toMatch(
      /2045 \(20[12]\d to 20[67]\d\), 204\d: within/,
    );
    expect(repetitionReport(again, runsOf(spread))).toContain('6 of 6 figures lie within');
  });

  test('may differ by an order where all seeds were alike, as chance can have it', () => {
    const losing = runsOf((seed) => ({ stuck: seed === 1 ? 1 : 0 }));
    expect(rowOf('stuck', losing, runsOf())).toMatch(/0\.0 \(0\.0 to 1\.7\), 0\.4: within/);
    const struck = runsOf(() => ({ waitingForPerson: 3 }));
    const spared = runsOf((seed) => ({ waitingForPerson: seed === 1 ? 2 : 3 }));
    const calm = runsOf();
    expect(rowOf('person', spared, struck)).toMatch(/10\.0 \(8\.3 to 11\.7\), 9\.6: within/);
    expect(rowOf('person', calm, struck)).toMatch(/, 0\.0: not within/);
  });

  test('may be as much slower as the machine was from round to round', () => {
    const slower = runsOf(() => ({ endP50Ms: 2_300 }));
    const unsteady = runsOf((seed) => ({ endP50Ms: 2_000 + 10 * seed + 200 * (seed % 2) }));
    expect(rowOf('ended, p50', slower, unsteady)).toMatch(/: within/);
    expect(rowOf('ended, p50', slower, runsOf(spread))).toMatch(/: not within/);
  });

  test('is not within where it is slower than that, or loses an order', () => {
    const slower = runsOf((seed) => ({ endP50Ms: 2_050 + 10 * seed }));
    expect(rowOf('ended, p50', slower, runsOf(spread))).toMatch(/, 2095: not within/);
    expect(repetitionReport(slower, runsOf(spread))).toContain('5 of 6 figures lie within');
    const losing = runsOf((seed) => ({ stuck: seed === 1 ? 5 : 0 }));
    expect(rowOf('stuck', losing, runsOf())).toMatch(/, 2\.1: not within/);
  });

  test('leaves out what was not run both times', () => {
    const other = [aRun({ fault: 'last_item', endP50Ms: 90_000 })];
    const row = rowOf('ended, p50', [...runsOf(), ...other], runsOf());
    expect(row).toMatch(/\(2100 to 2100\), 2100: within/);
  });

  test('of fewer seeds may differ by more', () => {
    const fewer = runsOf(spread).filter(({ seed }) => seed <= 2);
    expect(rowOf('ended, p50', fewer, runsOf(spread))).toMatch(/2045 .*, 2015: within/);
    const all = runsOf(() => ({ endP50Ms: 2_015 }));
    expect(rowOf('ended, p50', all, runsOf(spread))).toMatch(/: not within/);
  });

  test('takes a seed for one, whatever the number of its cells', () => {
    const cells = (endP50Ms: number) => [
      ...runsOf(() => ({ endP50Ms })),
      ...runsOf(() => ({ fault: 'last_item', endP50Ms: 3 * endP50Ms })),
    ];
    expect(rowOf('ended, p50', cells(1_000), cells(1_000))).toMatch(/2000 \(2000 to 2000\)/);
  });
});

describe('the figures of an earlier run', () => {
  const folder = useTempFolder();
  beforeEach(async () => {
    const left = notApplicable('naive', 'engine_restarted', 'it has no engine');
    await writeComparison(pathToFileURL(`${folder.path}/`), { runs: [...runsOf(), left] });
  });

  test('are those of the cells that were run at all', async () => {
    const earlier = await readEarlier(folder.path, { orders: 30 });
    expect(earlier.map(({ seed }) => seed)).toEqual(seeds);
  });

  test('are refused when they are of another schedule, or when there are none', async () => {
    await expect(readEarlier(folder.path, { orders: 6 })).rejects.toThrow('--orders 30');
    await expect(readEarlier(tmpdir(), { orders: 30 })).rejects.toThrow('no figures');
  });
});
