import { expect, test } from 'vitest';
import { openLoop } from '../../bench/load.js';
import type { Run } from '../../bench/report.js';
import { summarize } from '../../bench/summary.js';
import { figuresTable, ratiosTable } from '../../bench/tables.js';
import { gate } from '../support/fakes.js';
import { inventedRun } from './invented-run.js';

const aRun = (run: Partial<Run> = {}): Run =>
  inventedRun([{ sentAtMs: 1_000, acceptedAfterMs: 10, endedAfterMs: 500 }], run);

const summaryOf = (...runs: readonly Run[]) => summarize({ runs })[0]!;

test('orders come at a steady rate, whether the earlier ones have ended or not', async () => {
  const begun: number[] = [];
  const last = gate<undefined>();
  const beganMs = performance.now();
  const all = openLoop(4, 200, async (index) => {
    begun.push(index);
    if (index === 0) await last.wait();
    if (index === 3) last.open(undefined);
    return index;
  });
  expect(await all).toEqual([0, 1, 2, 3]);
  expect(begun).toEqual([0, 1, 2, 3]);
  expect(performance.now() - beganMs).toBeGreaterThanOrEqual(14);
});

test('one that fails makes all of them fail, though nobody waited for it yet', async () => {
  const failing = (index: number) =>
    index === 0 ? Promise.reject(new Error('refused')) : Promise.resolve(index);
  await expect(openLoop(3, 100, failing)).rejects.toThrow('refused');
});

test('the answer at half of the rate is over all rounds, and held against its budget', () => {
  const summary = summaryOf(
    aRun({ acceptedAtHalfPeakMs: [10, 12] }),
    aRun({ round: 2, acceptedAtHalfPeakMs: [11, 51] }),
  );
  expect(figuresTable(summary)).toMatch(/at half of the rate +\| +11 \/ 51 \/ 51 \|/);
  expect(ratiosTable(summary)).toMatch(/accepted at half.*51\.00 \| +≤ 25\.00 \| \*\*missed\*\*/);
});

test('nothing is said of it where it was not asked for', () => {
  expect(figuresTable(summaryOf(aRun()))).not.toContain('half of the rate');
  expect(ratiosTable(summaryOf(aRun()))).not.toContain('half of the rate');
});

test('a figure of the service that keeps its budget is shown as met, and orders/s have none', () => {
  const plain = aRun({ arm: 'plain', elapsedMs: 4_000, cpuMs: { worker: 200 } });
  const table = ratiosTable(summaryOf(aRun(), plain));
  expect(table).toMatch(/orders\/s, service \/ plain saga +\| +2\.00 \| +\| +\|/);
  expect(table).toMatch(/CPU per order.*service \/ plain saga +\| +0\.50 \| +≤ 0\.70 \| +met \|/);
  expect(table).toMatch(/history events, mean +\| +30\.00 \| +≤ 76\.00 \| +met \|/);
  expect(ratiosTable(summaryOf(aRun()))).not.toContain('/ plain saga');
});
