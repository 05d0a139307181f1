import { expect, test } from 'vitest';
import { aimsTable, type Measured } from '../../bench/aims.js';
import type { Run } from '../../bench/report.js';
import type { SizeRun } from '../../bench/scale/report.js';

const apart = { sandboxWriteTransactions: 6, sandboxWalBytes: 4_096 };
const counts = { ordersStatements: 50, sandboxStatements: 9, writeTransactions: 30, walBytes: 0 };

const aRun = (run: Partial<Run> = {}): Run => ({
  ...{ arm: 'service', latencyMs: 0, round: 1, elapsedMs: 1_000, cpuMs: { worker: 100 } },
  trips: [{ sentAtMs: 0, acceptedAfterMs: 5, confirmedAfterMs: 300, endedAfterMs: 500 }],
  ...{ peakMemoryMib: {}, timelineEntries: 19, earlyWebhooks: 0 },
  ...{ historyEvents: [71], billableActions: [20], postgres: { ...counts, ...apart } },
  ...run,
});

const measured = (runs: readonly Run[], more: Partial<Measured> = {}): Measured => ({
  report: {
    at: '2026-11-30T00:00:00.000Z',
    machine: {
      ...{ cores: 2, memoryGib: 24, platform: 'linux x64', node: '20.20.2', postgres: '18.4' },
      ...{ temporalServer: '1.31.2', temporalSdk: '1.24.0' },
    },
    settings: { orders: 1, concurrency: 32, warmUp: 1, rounds: 1, paceMs: 150 },
    ...{ runs, mixRuns: [] },
  },
  ...more,
});

/** The cells of an aim: before, now, the aim, and whether it is met. */
function cells(table: string, what: string): readonly string[] {
  const line = table.split('\n').find((row) => row.startsWith(`| ${what}`));
  return (
    line
      ?.split('|')
      .slice(2, -1)
      .map((cell) => cell.trim()) ?? []
  );
}

test('an aim that is reached is met, and one that is not is shown as missed', () => {
  const table = aimsTable(measured([aRun()]));
  expect(cells(table, 'SQL statements')).toEqual(['–', '50.0', '≤ 60', 'met']);
  expect(cells(table, 'write transactions')).toEqual(['–', '30.0', '≤ 28', '**missed**']);
});

test.each([
  [1_500, 'met'],
  [1_400, '**missed**'],
])('the rate is to be at least as high as its aim: plain saga %i ms', (elapsedMs, verdict) => {
  const table = aimsTable(measured([aRun(), aRun({ arm: 'plain', elapsedMs })]));
  const [, now, aim, is] = cells(table, 'orders/s');
  expect([now, aim, is]).toEqual([(elapsedMs / 1_000).toFixed(2), '≥ 1.5', verdict]);
});

test('what the run left out is not measured, and is neither met nor missed', () => {
  const table = aimsTable(measured([aRun()]));
  for (const what of ['orders/s', 'commit → consumer', '– at full load', 'cost at 100,000']) {
    expect(cells(table, what).slice(0, 2)).toEqual(['–', '–']);
    expect(cells(table, what).at(-1)).toBe('not measured');
  }
});

test('figures of both databases are no figures of the orders database, before or now', () => {
  const both = measured([aRun({ postgres: counts })]);
  expect(cells(aimsTable(measured([aRun()]), both), 'write transactions')[0]).toBe(
    "30.0 with the sandbox's",
  );
  expect(cells(aimsTable(both), 'write transactions').at(-1)).toBe('not measured apart');
});

test('the cost among many orders is compared with that among few, and only if both were measured', () => {
  const size = (orders: number, serviceCpuMs: number) => ({ orders, serviceCpuMs }) as SizeRun;
  const among = (...sizes: readonly SizeRun[]) =>
    cells(aimsTable(measured([aRun()], { scale: { sizes } })), 'cost at 100,000').slice(1);
  expect(among(size(1_000, 100), size(10_000, 500), size(100_000, 109))).toEqual([
    '1.09',
    '≤ 1.1',
    'met',
  ]);
  expect(among(size(1_000, 100), size(100_000, 120)).at(-1)).toBe('**missed**');
  expect(among(size(1_000, 100), size(10_000, 120)).at(-1)).toBe('not measured');
});

test('a run without the service has no aims', () => {
  expect(aimsTable(measured([aRun({ arm: 'plain' })]))).toContain('left the service out');
});
