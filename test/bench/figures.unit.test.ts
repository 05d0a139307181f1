import { expect, test } from 'vitest';
import { openLoop } from '../../bench/harness/load.js';
import { percentiles } from '../../bench/harness/statistics.js';
import { billableActions } from '../../bench/outcome.js';
import type { NamelessTrip, Run } from '../../bench/report.js';
import { summarize, summarizeMix } from '../../bench/summary.js';
import { figuresTable, mixTables } from '../../bench/tables.js';

const aTrip = (trip: Partial<NamelessTrip> = {}): NamelessTrip => ({
  ...{ sentAtMs: 1_000, acceptedAfterMs: 10, endedAfterMs: 500, path: 'plain' },
  ...{ ending: 'delivered', ...trip },
});

/** A round of the benchmark that nobody ran. */
const aRun = (run: Partial<Run> = {}, trips: readonly NamelessTrip[] = [aTrip()]): Run => ({
  arm: 'service',
  latencyMs: 0,
  round: 1,
  trips,
  elapsedMs: 2_000,
  cpuMs: { worker: 100 },
  peakMemoryMib: {},
  postgres: { ordersStatements: 40, sandboxStatements: 20, writeTransactions: 30, walBytes: 0 },
  timelineEntries: 0,
  earlyWebhooks: 0,
  historyEvents: trips.map(() => 30),
  billableActions: trips.map(() => 10),
  ...run,
});

const summaryOf = (...runs: readonly Run[]) => summarize({ runs })[0]!;
const mixOf = (...runs: readonly Run[]) => summarizeMix({ mixRuns: runs })[0]!;

const scheduled = { activityTaskScheduledEventAttributes: {} };
const started = (attempt: number) => ({ activityTaskStartedEventAttributes: { attempt } });

test.each([
  ['an activity is one action', [scheduled, started(1)], 1],
  ['each retry of an activity is one action more', [scheduled, started(3)], 3],
  ['a start is one action', [{ workflowExecutionStartedEventAttributes: {} }], 1],
  ['a signal is one action', [{ workflowExecutionSignaledEventAttributes: {} }], 1],
  ['a timer is one action', [{ timerStartedEventAttributes: {} }], 1],
  ['an update is one action', [{ workflowExecutionUpdateAcceptedEventAttributes: {} }], 1],
  ['new search attributes are one', [{ upsertWorkflowSearchAttributesEventAttributes: {} }], 1],
  ['tasks are no actions', [{ workflowTaskCompletedEventAttributes: {} }, { eventType: 7 }], 0],
])('of what Temporal bills, %s', (_rule, events, actions) => {
  expect(billableActions(events)).toBe(actions);
});

test.each([
  [Array.from({ length: 200 }, (_unused, index) => 200 - index), { p50: 100, p95: 190, p99: 198 }],
  [[7], { p50: 7, p95: 7, p99: 7 }],
])('a percentile is a value that was measured', (values, expected) => {
  expect(percentiles(values)).toEqual(expected);
});

test('an open loop begins orders at a steady rate, whether earlier ones have ended or not', async () => {
  const begun: number[] = [];
  let open: () => void = () => undefined;
  const last = new Promise<void>((resolve) => (open = resolve));
  const beganMs = performance.now();
  const all = openLoop(4, 200, async (index) => {
    begun.push(index);
    if (index === 0) await last;
    if (index === 3) open();
    return index;
  });
  expect(await all).toEqual([0, 1, 2, 3]);
  expect(begun).toEqual([0, 1, 2, 3]);
  expect(performance.now() - beganMs).toBeGreaterThanOrEqual(14);
});

test('an order that fails in an open loop makes all of it fail, though nobody waited for it yet', async () => {
  const failing = (index: number) =>
    index === 0 ? Promise.reject(new Error('refused')) : Promise.resolve(index);
  await expect(openLoop(3, 100, failing)).rejects.toThrow('refused');
});

test('the answer at half of the rate is over all rounds, and has no row when it was not measured', () => {
  const summary = summaryOf(
    aRun({ acceptedAtHalfPeakMs: [10, 12] }),
    aRun({ round: 2, acceptedAtHalfPeakMs: [11, 51] }),
  );
  expect(figuresTable(summary)).toMatch(/at half of the rate +\| +11 \/ 51 \/ 51 \|/);
  expect(figuresTable(summaryOf(aRun()))).not.toContain('half of the rate');
});

test('log and write transactions say whose they are: both databases share a Postgres, or do not', () => {
  const { postgres } = aRun();
  const apart = { ...postgres, sandboxWriteTransactions: 6, sandboxWalBytes: 2_048 };
  const table = figuresTable(summaryOf(aRun({ postgres: apart })));
  expect(table).toMatch(/write transactions, orders database +\| +30\.0 \|/);
  expect(table).toMatch(/write transactions, sandbox's database +\| +6\.0 \|/);
  expect(table).toMatch(/write-ahead log KiB, sandbox's database +\| +2\.0 \|/);
  expect(figuresTable(summaryOf(aRun()))).toMatch(
    /write transactions, both databases +\| +30\.0 \|/,
  );
});

test('the paths of the mix are counted over all rounds by how their orders ended', () => {
  const run = aRun({}, [
    aTrip(),
    aTrip({ path: 'cancelled', ending: 'cancelled' }),
    aTrip({ path: 'cancelled', ending: 'delivered' }),
  ]);
  const { paths } = mixOf(run, { ...run, round: 2 });
  expect(Object.fromEntries(paths.map(({ path, orders }) => [path, orders]))).toEqual({
    ...{ plain: 2, ship_available: 0, wait: 0, declined: 0, returned: 0 },
    ...{ cancelled: 2, cancelled_too_late: 2 },
  });
});

test('a path of the mix has the events of its own orders, those of their returns among them', () => {
  const trips = [aTrip({ path: 'returned', ending: 'returned' }), aTrip(), aTrip()];
  const { paths } = mixOf(aRun({ historyEvents: [58, 29, 31] }, trips));
  const eventsOf = (path: string) => paths.find((summary) => summary.path === path)?.events;
  expect([eventsOf('returned'), eventsOf('plain')]).toEqual([58, 30]);
});

test('an order of the mix that did not go its way is counted, and is no part of the rate', () => {
  const { sentAtMs, acceptedAfterMs } = aTrip();
  const unended: NamelessTrip = { sentAtMs, acceptedAfterMs, path: 'wait' };
  const [variant] = mixOf(aRun({}, [aTrip(), unended])).variants;
  expect(variant).toMatchObject({ unfinished: 1, endedPerSecond: 0.5, ordersStatements: 20 });
});

test('each latency has its own summary of the mix, and a run without the mix has none', () => {
  const mixRuns = [aRun(), aRun({ latencyMs: 100 })];
  expect(summarizeMix({ mixRuns }).map(({ latencyMs }) => latencyMs)).toEqual([0, 100]);
  expect(summarizeMix({ mixRuns: [] })).toEqual([]);
});

test('the tables of the mix show each variant by its name, and a dash for a path that nobody went', () => {
  const table = mixTables(mixOf(aRun(), aRun({ arm: 'plain' })));
  const cells = table.split('\n').map((line) => line.slice(2, -2).split(/ *\| */));
  const times = '500 / 500 / 500';
  expect(cells[0]).toEqual(['the mix, providers answer in 0 ms', 'service', 'plain saga']);
  expect(cells).toContainEqual(['request → ended, p50 / p95 / p99 ms', times, times]);
  expect(cells).toContainEqual(['plain', '1', '500', '30.0', '1', '500', '30.0']);
  expect(cells).toContainEqual(['returned', '–', '–', '–', '–', '–', '–']);
});
