import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outcomesOf, startReconciliation, type Reconciliation } from './harness.js';

let books: Reconciliation;
beforeAll(async () => {
  books = await startReconciliation();
  for (const sku of ['TEA-100', 'MUG-200']) {
    await sql`select inventory.book('receipt', ${sku}, 'wh_hamburg', 100, null)`.execute(
      books.database,
    );
  }
});
afterAll(() => books.stop());

const compare = () => books.run('compareStock', books.period());
const lines = [{ sku: 'TEA-100', quantity: 2 }];

async function held(sku: string): Promise<number> {
  const { rows } = await sql<{ held: number }>`
    select held from inventory.items where sku = ${sku}`.execute(books.database);
  return rows[0]!.held;
}

async function orderWithHold(status: string) {
  const orderId = await books.orderWith(status, [
    { type: 'inventory.reserved', parcels: [{ warehouseId: 'wh_hamburg', lines }] },
  ]);
  await books.inventory.reserve(orderId, lines);
  return orderId;
}

test('counts that the ledger bears out agree, with what is held and what has left', async () => {
  const gone = await orderWithHold('shipped');
  await books.inventory.issue(gone);
  await orderWithHold('confirmed');
  const findings = await compare();
  expect(findings).toMatchObject({ lookedAt: 4, agreed: 4, differences: [] });
  expect(await held('TEA-100')).toBe(2);
});

test.each(['cancelled', 'rejected', 'failed', 'delivered'])(
  'the hold of an order that ended %s is released, and the timeline says so',
  async (status) => {
    const before = await held('TEA-100');
    const orderId = await orderWithHold(status);
    expect(outcomesOf(await compare(), orderId)).toEqual(['hold_of_finished_order auto_fixed']);
    expect(await held('TEA-100')).toBe(before);
    expect(await books.facts(orderId)).toEqual(['inventory.reserved', 'inventory.released']);
    expect(outcomesOf(await compare(), orderId)).toEqual([]);
  },
);

test('a hold of an order that ended a moment ago is left to the order', async () => {
  const orderId = await orderWithHold('cancelled');
  const { database } = books;
  await sql`update orders.orders set status_since = clock_timestamp() + interval '1 hour'
    where id = ${orderId}`.execute(database);
  expect(outcomesOf(await compare(), orderId)).toEqual([]);
  await books.inventory.release(orderId);
});

test('a count that the ledger does not bear out is reported with both figures', async () => {
  await sql`update inventory.items set on_hand = on_hand - 3, held = held + 1
    where sku = 'MUG-200'`.execute(books.database);
  const { differences } = await compare();
  expect(differences).toEqual([
    {
      kind: 'stock_differs',
      orderId: null,
      subject: 'MUG-200 in wh_hamburg: held is 1, the ledger says 0',
      outcome: 'reported',
    },
    {
      kind: 'stock_differs',
      orderId: null,
      subject: 'MUG-200 in wh_hamburg: on_hand is 97, the ledger says 100',
      outcome: 'reported',
    },
  ]);
});
