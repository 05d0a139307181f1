import { beforeAll, expect, test } from 'vitest';
import { hotPaths, type HotPath } from './hot-path.js';
import { quieten } from '../support/environment.js';

/** So many that reading all of a table is dearer than its index. */
const orders = 3_000;

/** The carrier's scans find their order by it. */
const withoutIndex = 'alter table orders.shipments drop constraint shipments_tracking_number_key';

let asItIs: HotPath;
let crippled: HotPath;
beforeAll(async () => {
  quieten();
  [asItIs, crippled] = (await hotPaths(orders, ['', withoutIndex])) as [HotPath, HotPath];
}, 240_000);

test('the statements of an order are looked at, those within functions as well', () => {
  const all = asItIs.statements.join('\n');
  for (const table of ['orders.orders', 'orders.timeline', 'inventory.hold_lines', 'events.log']) {
    expect(all).toContain(table);
    expect(asItIs.growing).toContain(table);
  }
});

test('no statement that an order sends reads a table that grows with the orders from end to end', () => {
  expect(asItIs.sequentialScans).toEqual([]);
});

test('a statement that has lost its index is found, and its table named', () => {
  expect(crippled.sequentialScans).toContainEqual({
    table: 'orders.shipments',
    statement: expect.stringContaining('tracking_number') as unknown,
  });
});
