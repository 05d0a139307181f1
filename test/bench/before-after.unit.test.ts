import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { beforeAfterTable } from '../../bench/before-after.js';
import type { ArmName, Report } from '../../bench/report.js';

const figures = new URL('../../docs/performance.json', import.meta.url);
const report = JSON.parse(await readFile(figures, 'utf8')) as Report;

/** The same run, but one arm took twice as long. */
const slower = (slow: ArmName): Report => ({
  ...report,
  runs: report.runs.map((run) =>
    run.arm === slow ? { ...run, elapsedMs: run.elapsedMs * 2 } : run,
  ),
});

const ratesIn = (table: string) =>
  table
    .split('\n')
    .find((line) => line.includes('delivered per second'))!
    .split('|')
    .slice(2, 6)
    .map((cell) => Number(cell.trim()));

test('a change is told by its ratio to the plain saga, so that a slower machine is no change', () => {
  const [before = 0, beforeRatio = 0, after = 0, afterRatio = 0] = ratesIn(
    beforeAfterTable(report, slower('service')),
  );
  expect(after / before).toBeCloseTo(0.5, 1);
  expect(afterRatio / beforeRatio).toBeCloseTo(0.5, 1);
  const [, , , samePace = 0] = ratesIn(beforeAfterTable(report, slower('plain')));
  expect(samePace / beforeRatio).toBeCloseTo(2, 1);
});

test('a run that left the plain saga out cannot be compared', () => {
  const alone = { ...report, runs: report.runs.filter(({ arm }) => arm !== 'plain') };
  expect(() => beforeAfterTable(report, alone)).toThrow('without both sagas');
});
