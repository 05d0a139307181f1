import { expect, test } from 'vitest';
import { summarizeMix } from '../../bench/mix-summary.js';
import type { NamelessTrip, Run } from '../../bench/report.js';
import { mixTable, pathsTable } from '../../bench/tables.js';
import { inventedRun } from './invented-run.js';

const aTrip = (trip: Partial<NamelessTrip>): NamelessTrip => ({
  sentAtMs: 1_000,
  acceptedAfterMs: 10,
  endedAfterMs: 500,
  path: 'plain',
  ending: 'delivered',
  ...trip,
});

const unended = (): NamelessTrip => {
  const { sentAtMs, acceptedAfterMs } = aTrip({});
  return { sentAtMs, acceptedAfterMs, path: 'wait' };
};

const onlySummaryOf = (...runs: readonly Run[]) => {
  const [summary] = summarizeMix({ mixRuns: runs });
  if (summary === undefined) throw new Error('There is no summary');
  return summary;
};

test('the paths of all rounds are counted by how their orders ended', () => {
  const run = inventedRun([
    aTrip({}),
    aTrip({ path: 'cancelled', ending: 'cancelled' }),
    aTrip({ path: 'cancelled', ending: 'cancelled_without_parcel' }),
    aTrip({ path: 'cancelled', ending: 'delivered' }),
  ]);
  const { paths } = onlySummaryOf(run, { ...run, round: 2 });
  expect(Object.fromEntries(paths.map(({ path, orders }) => [path, orders]))).toEqual({
    plain: 2,
    ship_available: 0,
    wait: 0,
    cancelled: 2,
    cancelled_without_parcel: 2,
    cancelled_too_late: 2,
    declined: 0,
    returned: 0,
  });
});

test('a path has the events of its own orders, those of their returns among them', () => {
  const trips = [aTrip({ path: 'returned', ending: 'returned' }), aTrip({}), aTrip({})];
  const { paths } = onlySummaryOf(inventedRun(trips, { historyEvents: [58, 29, 31] }));
  const eventsOf = (path: string) => paths.find((summary) => summary.path === path)?.events;
  expect([eventsOf('returned'), eventsOf('plain')]).toEqual([58, 30]);
});

test('an order that did not go its way is counted, and is no part of the rate', () => {
  const [arm] = onlySummaryOf(inventedRun([aTrip({}), unended()])).arms;
  expect(arm).toMatchObject({ unfinished: 1, endedPerSecond: 0.5, ordersStatements: 20 });
});

test('each latency has its own summary, and a run without the mix has none', () => {
  const runs = [inventedRun([aTrip({})]), inventedRun([aTrip({})], { latencyMs: 100 })];
  expect(summarizeMix({ mixRuns: runs }).map(({ latencyMs }) => latencyMs)).toEqual([0, 100]);
  expect(summarizeMix({ mixRuns: [] })).toEqual([]);
});

test('the tables show each arm under its name, and a dash for a path that nobody went', () => {
  const summary = onlySummaryOf(
    inventedRun([aTrip({})]),
    inventedRun([aTrip({})], { arm: 'plain' }),
  );
  const cellsOf = (table: string) =>
    table.split('\n').map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const times = '500 / 500 / 500';
  const figures = cellsOf(mixTable(summary));
  expect(figures[0]).toEqual(['the mix, providers answer in 0 ms', 'service', 'plain saga']);
  expect(figures).toContainEqual(['request → ended, p50 / p95 / p99 ms', times, times]);
  const cells = cellsOf(pathsTable(summary));
  expect(cells).toContainEqual(['plain', '1', '500', '30.0', '1', '500', '30.0']);
  expect(cells).toContainEqual(['delivered, then returned', '–', '–', '–', '–', '–', '–']);
});
