import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  effortTable,
  readComparison,
  readWholeComparison,
  readConditions,
  runsTable,
  writeComparison,
  type Run,
} from '../../bench/compare/data/comparison.js';
import { faultNames, type VariantName } from '../../bench/compare/data/names.js';
import { readTable, writeTable } from '../../bench/compare/data/table.js';
import { objectionsTo } from '../../bench/compare/report.js';
import { seedsOf } from '../../bench/compare/run.js';
import { openState, type Begun } from '../../bench/compare/state.js';
import { timeScale } from '../../bench/compare/time-scale.js';
import { useTempFolder } from '../support/temp-folder.js';
import { aRun, inventedComparison, notApplicable } from './invented-comparison.js';

const header =
  'arm,fault,seed,round,orders,applicable,stuck,wrong,leaked_holds,charged_cancelled,double_charges,' +
  'oversold,needless_undo,untrue_told,waiting_for_person,events_not_once,answer_p50_ms,' +
  'answer_p95_ms,answer_p99_ms,end_p50_ms,end_p95_ms,end_p99_ms,recovery_ms';

const quiet = 'saga,none,1,1,30,yes,0,0,0,0,0,0,0,0,0,0,400,900,1400.5,2100,4000,6500,';

describe('runs.csv', () => {
  test('has the agreed columns, and an empty cell for what was not measured', () => {
    expect(writeTable(runsTable, [aRun()])).toBe(`${header}\n${quiet}\n`);
  });

  test('is read as it was written, whatever order its columns are in', () => {
    const rows = [aRun(), notApplicable('naive', 'engine_restarted', 'no engine, "of course"')];
    expect(readTable(runsTable, writeTable(runsTable, rows))).toEqual(rows);
    const turned = [header, quiet].map((line) => line.split(',').reverse().join(','));
    expect(readTable(runsTable, turned.join('\r\n'))).toEqual([aRun()]);
  });

  test.each([
    ['a quote out of place', header, `"${quiet}`, 'runs.csv, row 2: Quoted field'],
    ['a missing column', header.replace('stuck,', ''), quiet.replace(',0', ''), 'at stuck'],
    ['a column too many', `${header},more`, `${quiet},1`, 'Unrecognized key: "more"'],
    ['a row too short', header, 'saga,none', 'runs.csv, row 1: Too few fields'],
    ['an unknown arm', header, quiet.replace('saga', 'other'), 'at arm'],
    ['an unknown fault', header, quiet.replace('none', 'fire'), 'at fault'],
    ['half an order', header, quiet.replace('yes,0', 'yes,0.5'), 'not a count\n  → at stuck'],
    ['a time below zero', header, quiet.replace('400', '-4'), 'not a number\n  → at answerP50Ms'],
    ['no reason', header, quiet.replace('yes', 'no'), 'neither "yes" nor "no: "'],
    ['a row twice', header, `${quiet}\n${quiet}`, 'runs.csv: saga, none, 1 is there twice'],
    ['falling percentiles', header, quiet.replace('900', '9000'), 'a percentile is below a lower'],
  ])('refuses %s by name', (_what, head, body, complaint) => {
    expect(() => readTable(runsTable, `${head}\n${body}\n`)).toThrow(complaint);
  });

  test.each([
    ['more wrong orders than orders', { wrong: 31 }, 'counts more orders'],
    ['orders that hang and have ended', { wrong: 16, stuck: 16 }, 'stuck and ended'],
    ['no orders', { orders: 0 }, 'no order was placed'],
    [
      'figures of a fault that is not there',
      { ...notApplicable('naive', 'engine_restarted', 'no engine'), stuck: 0 },
      'figures of what was not applicable',
    ],
  ])('is not written with %s', (_what, changes, complaint) => {
    expect(() => writeTable(runsTable, [aRun(changes)])).toThrow(complaint);
  });
});

describe('effort.csv', () => {
  const row = { arm: 'saga', measure: 'subscriptions', value: 3, how: 'grep -c "on," *' } as const;

  test('says how each figure was counted, and is not written without', () => {
    expect(readTable(effortTable, writeTable(effortTable, [row]))).toEqual([row]);
    expect(() => writeTable(effortTable, [{ ...row, how: ' ' }])).toThrow('how it was counted');
  });
});

describe('conditions.json', () => {
  const { conditions } = inventedComparison;

  test.each([
    ['commit', { commit: undefined }],
    ['seeds', { seeds: [] }],
  ])('is refused without its %s, by that name', (name, change) => {
    const read = () => readConditions(JSON.stringify({ ...conditions, ...change }));
    expect(read).toThrow(new RegExp(`conditions\\.json: .*${name}`, 's'));
  });
});

describe('the folder', () => {
  const temporary = useTempFolder();
  let folder: URL;
  beforeEach(() => {
    folder = pathToFileURL(`${temporary.path}/`);
  });

  test('gives back what was written into it, and is the same when that is written again', async () => {
    await writeComparison(folder, inventedComparison);
    const read = await readWholeComparison(folder);
    expect(read.conditions).toEqual(inventedComparison.conditions);
    expect(read.runs).toHaveLength(inventedComparison.runs.length);
    const before = await readFile(new URL('runs.csv', folder), 'utf8');
    await writeComparison(folder, read);
    expect(await readFile(new URL('runs.csv', folder), 'utf8')).toBe(before);
  });

  test('is refused when a file is of another run than its conditions', async () => {
    await writeComparison(folder, { ...inventedComparison, runs: [aRun({ seed: 77 })] });
    await expect(readComparison(folder)).rejects.toThrow('Seed 77 is not one of those');
    await writeFile(new URL('runs.csv', folder), 'arm\nsaga\n');
    await expect(readComparison(folder)).rejects.toThrow('at fault');
  });
});

const folder = useTempFolder();

type Settings = Begun['settings'];
const settings = { seeds: [1, 2, 3], rounds: 2, orders: 30, costOrders: 0, timeScale };
const begun = { settings, at: '2026-01-01T00:00:00.000Z', commit: 'abc' };
const open = (changes: Partial<Settings> = {}, isFresh = false) =>
  openState({ ...begun, settings: { ...settings, ...changes } }, isFresh, folder.path);

const runOf = (seed: number, figures: Partial<Run> = {}): Run => aRun({ seed, ...figures });

test('what was found out before is kept, and only the rest is missing', async () => {
  const first = await open();
  await first.addRuns([runOf(1), runOf(3)], []);
  await first.addCost({
    ...{ arm: 'mix', seed: 2, round: 1, orders: 10, ordersPerSecond: 5, cpuMsPerOrder: 60 },
    ...{ writeTransactionsPerOrder: 30, walKibPerOrder: 40 },
  });
  await first.addMinutes(2);
  const second = await open();
  expect(second.missing('saga', 'none', settings.seeds)).toEqual([2]);
  expect(second.missing('saga', 'last_item', [1, 3])).toEqual([1, 3]);
  expect(second.missing('saga', 'none', [1, 3])).toEqual([]);
  expect(second.missingCost('mix', settings.seeds)).toEqual([1, 3]);
  expect(second.found().runs).toEqual([runOf(1), runOf(3)]);
  expect(second.begun()).toMatchObject({ commit: 'abc', minutes: 2 });
});

test('the rounds have all seeds between them, each seed once', () => {
  expect(seedsOf([4, 5, 6, 7, 8], 2, 1)).toEqual([4, 6, 8]);
  expect(seedsOf([4, 5, 6, 7, 8], 2, 2)).toEqual([5, 7]);
  expect(seedsOf([4, 5], 1, 1)).toEqual([4, 5]);
});

test('other settings, the wish for it, or what an older version left, begin anew', async () => {
  await (await open()).addRuns([runOf(1)], []);
  expect((await open({ orders: 6 })).found().runs).toEqual([]);
  await (await open()).addRuns([runOf(1)], []);
  expect((await open({}, true)).found().runs).toEqual([]);
  await (await open()).addRuns([runOf(1)], []);
  await writeFile(join(folder.path, 'state.json'), '{"settings":{}}');
  expect((await open()).found().runs).toEqual([]);
});

test('orders that are not as they should be are listed with their cell', async () => {
  const whose = { orderId: 'ord_1', customerId: 'cus_1' };
  const finding = { ...whose, status: 'pending', what: ['stuck'], facts: [] };
  const state = await open();
  await state.addRuns([runOf(1)], [finding]);
  await state.addRuns([runOf(2)], [finding]);
  const lines = (await readFile(state.findings, 'utf8')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { arm: 'saga', fault: 'none', ...finding },
    { arm: 'saga', fault: 'none', ...finding },
  ]);
});

/** Under every fault; the quiet run is as it should be. */
const everywhere = (arm: VariantName, figures: Partial<Run>): readonly Run[] =>
  faultNames.map((fault) => runOf(1, { arm, fault, ...(fault !== 'none' && figures) }));

test('a wrong order is a defect of any arm but the bad example', () => {
  expect(objectionsTo([runOf(1), runOf(2, { fault: 'last_item', stuck: 3 })])).toEqual([]);
  expect(objectionsTo([runOf(1, { wrong: 2 }), runOf(2, { wrong: 1 })])).toEqual([
    'saga: 3 order(s) have ended wrongly. That is a defect.',
  ]);
  expect(objectionsTo(everywhere('naive', { wrong: 2, stuck: 1 }))).toEqual([]);
});

test('an arm whose orders hang although nothing goes wrong is broken, the bad example too', () => {
  expect(objectionsTo([runOf(1, { arm: 'naive', stuck: 3 })])).toEqual([
    'naive: 3 order(s) hang although nothing goes wrong.',
  ]);
});

test('a bad example that never fails was never struck', () => {
  expect(objectionsTo(everywhere('naive', { stuck: 1 }))).toHaveLength(1);
  expect(objectionsTo(everywhere('naive', {}))).toHaveLength(2);
  expect(objectionsTo([runOf(1, { arm: 'naive' })])).toEqual([]);
});
