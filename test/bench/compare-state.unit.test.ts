import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Run } from '../../bench/compare/data/comparison.js';
import { faultNames, type VariantName } from '../../bench/compare/data/names.js';
import { objectionsTo } from '../../bench/compare/report.js';
import { seedsOf } from '../../bench/compare/run.js';
import { openState, type Begun } from '../../bench/compare/state.js';
import { timeScale } from '../../bench/compare/time-scale.js';
import { useTempFolder } from '../support/temp-folder.js';
import { aRun } from './invented-comparison.js';

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

test('what an older version of the comparison left is begun anew', async () => {
  await (await open()).addRuns([runOf(1)], []);
  await writeFile(join(folder.path, 'state.json'), '{"settings":{}}');
  expect((await open()).found().runs).toEqual([]);
});

test('the rounds have all seeds between them, each seed once', () => {
  expect(seedsOf([4, 5, 6, 7, 8], 2, 1)).toEqual([4, 6, 8]);
  expect(seedsOf([4, 5, 6, 7, 8], 2, 2)).toEqual([5, 7]);
  expect(seedsOf([4, 5], 1, 1)).toEqual([4, 5]);
});

test('other settings, or the wish for it, begin anew', async () => {
  await (await open()).addRuns([runOf(1)], []);
  expect((await open({ orders: 6 })).found().runs).toEqual([]);
  await (await open()).addRuns([runOf(1)], []);
  expect((await open({}, true)).found().runs).toEqual([]);
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

const everywhere = (arm: VariantName, figures: Partial<Run>): readonly Run[] =>
  faultNames.map((fault) => runOf(1, { arm, fault, ...figures }));

test('a wrong order is a defect of any arm but the bad example', () => {
  expect(objectionsTo([runOf(1), runOf(2, { stuck: 3 })])).toEqual([]);
  expect(objectionsTo([runOf(1, { wrong: 2 }), runOf(2, { wrong: 1 })])).toEqual([
    'saga: 3 order(s) have ended wrongly. That is a defect.',
  ]);
  expect(objectionsTo(everywhere('naive', { wrong: 2, stuck: 1 }))).toEqual([]);
});

test('a bad example that never fails was never struck', () => {
  expect(objectionsTo(everywhere('naive', { stuck: 1 }))).toHaveLength(1);
  expect(objectionsTo(everywhere('naive', {}))).toHaveLength(2);
  expect(objectionsTo([runOf(1, { arm: 'naive' })])).toEqual([]);
});
