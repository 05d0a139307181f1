import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { postgresLedgers } from '../../../src/adapters/postgres-ledgers.js';
import { keepReconciliation } from '../../../src/db/reconciliations.js';
import type { OrderId } from '../../../src/domain/ids.js';
import { useFixture } from '../../support/use-fixture.js';
import { startReconciliation } from './reconciliation.js';

const books = useFixture(startReconciliation);
beforeAll(async () => {
  for (const sku of ['TEA-100', 'MUG-200']) {
    await sql`select inventory.book('receipt', ${sku}, 'wh_hamburg', 100, null)`.execute(
      books.database,
    );
  }
});

const compared = (orderId: OrderId) => books.outcomes('compareStock', orderId);
const lines = [{ sku: 'TEA-100', quantity: 2 }];

async function held(): Promise<number> {
  const { rows } = await sql<{ held: number }>`
    select held from inventory.items where sku = 'TEA-100'`.execute(books.database);
  return rows[0]!.held;
}

async function orderWithHold(status: string) {
  const parcels = [{ warehouseId: 'wh_hamburg', lines }];
  const orderId = await books.orderWith(status, { type: 'inventory.reserved', parcels });
  await books.inventory.reserve(orderId, lines);
  return orderId;
}

test('counts agree with the ledger, with what is held and what has left', async () => {
  await books.inventory.issue(await orderWithHold('shipped'));
  await orderWithHold('confirmed');
  const findings = await books.run('compareStock');
  expect(findings).toMatchObject({ lookedAt: 4, agreed: 4, differences: [] });
  expect(await held()).toBe(2);
});

test.each(['cancelled', 'rejected', 'failed', 'delivered'])(
  'the hold of an order that ended %s is released, and the timeline says so',
  async (status) => {
    const before = await held();
    const orderId = await orderWithHold(status);
    expect(await compared(orderId)).toEqual(['hold_of_finished_order auto_fixed']);
    expect(await held()).toBe(before);
    expect(await books.facts(orderId)).toEqual(['inventory.reserved', 'inventory.released']);
    expect(await compared(orderId)).toEqual([]);
  },
);

test('the hold of an order that ended a moment ago is left to the order', async () => {
  const orderId = await orderWithHold('cancelled');
  await sql`update orders.orders set status_since = clock_timestamp() + interval '1 hour'
    where id = ${orderId}`.execute(books.database);
  expect(await compared(orderId)).toEqual([]);
  await books.inventory.release(orderId);
});

test('a count that differs from the ledger is reported with both figures', async () => {
  await sql`update inventory.items set on_hand = on_hand - 3, held = held + 1
    where sku = 'MUG-200'`.execute(books.database);
  const { differences } = await books.run('compareStock');
  const reported = { kind: 'stock_differs', orderId: null, outcome: 'reported' };
  expect(differences).toEqual([
    { ...reported, subject: 'MUG-200 in wh_hamburg: held is 1, the ledger says 0' },
    { ...reported, subject: 'MUG-200 in wh_hamburg: on_hand is 97, the ledger says 100' },
  ]);
});

test('a run covers what no part has covered, with an overlap, up to some minutes ago', async () => {
  const settledMs = 300_000;
  const overlapMs = 600_000;
  const ledgers = postgresLedgers(books.database, { settledMs });
  const keep = (runId: string, kind: 'payments' | 'shipments' | 'orders', coveredUntil?: string) =>
    keepReconciliation(books.database, {
      runId,
      kind,
      startedAt: new Date().toISOString(),
      ...(coveredUntil !== undefined && { coveredUntil }),
      lookedAt: 0,
      agreed: 0,
      mended: 0,
      differed: 0,
      differing: [],
    });
  const first = await ledgers.nextPeriod();
  expect(first.since).toBe(new Date(0).toISOString());
  expect(Date.now() - Date.parse(first.until)).toBeGreaterThanOrEqual(settledMs);

  const [late, early] = ['2026-02-02T00:00:00.000Z', '2026-02-01T00:00:00.000Z'];
  await keep('1', 'payments', early);
  await keep('1', 'shipments', late);
  await keep('1', 'orders');
  expect((await ledgers.nextPeriod()).since).toBe(
    new Date(Date.parse(early) - overlapMs).toISOString(),
  );
  await keep('2', 'payments', late);
  await keep('2', 'shipments', late);
  expect((await ledgers.nextPeriod()).since).toBe(
    new Date(Date.parse(late) - overlapMs).toISOString(),
  );
});
