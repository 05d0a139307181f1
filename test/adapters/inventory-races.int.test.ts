import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { allRows, hasRow } from '../../src/db/database.js';
import { leaveQueue, holdExpiry, serveWaiting } from '../../src/db/stock.js';
import { ProviderRefused } from '../../src/domain/failures.js';
import type { SkuQuantity } from '../../src/domain/facts.js';
import type { OrderId } from '../../src/domain/ids.js';
import { newOrderId } from './own-database.js';
import { differencesInTheLedger, line, useStock } from './stock.js';
import { waitFor } from '../support/wait-for.js';

const stock = useStock();

const orders = 4;
const skuCount = 3;
const warehouses = ['wh_hamburg', 'wh_rotterdam'] as const;

const order = fc.nat(orders - 1);
const sku = fc.nat(skuCount - 1);
const quantity = fc.integer({ min: 1, max: 4 });
const warehouse = fc.constantFrom(...warehouses);
const lines = fc.array(fc.tuple(sku, quantity), { minLength: 1, maxLength: 3 });

/** What an order or a warehouse does, in any order, each at the same time as others. */
const operation = fc.oneof(
  fc.record({ kind: fc.constant('reserve'), order, lines, partial: fc.boolean() }),
  fc.record({ kind: fc.constant('enqueue'), order, lines }),
  fc.record({ kind: fc.constant('dequeue'), order }),
  fc.record({ kind: fc.constant('release'), order }),
  fc.record({ kind: fc.constant('release_part'), order, warehouse }),
  fc.record({ kind: fc.constant('issue'), order }),
  fc.record({ kind: fc.constant('receive'), sku, quantity, warehouse }),
  fc.record({ kind: fc.constant('restock'), order, lines }),
  fc.record({ kind: fc.constant('serve') }),
);
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

async function perform(
  operation: Operation,
  { orderIds, skus }: { orderIds: readonly OrderId[]; skus: readonly string[] },
): Promise<unknown> {
  const named = (asked: [number, number][]): SkuQuantity[] =>
    asked.map(([index, count]) => line(skus[index]!, count));
  if (operation.kind === 'serve') return serveWaiting(stock.database);
  if ('sku' in operation) {
    return stock.receive(skus[operation.sku]!, operation.quantity, operation.warehouse);
  }
  const orderId = orderIds[operation.order]!;
  if ('partial' in operation) {
    return stock.reserve(orderId, named(operation.lines), { partial: operation.partial });
  }
  if ('lines' in operation) {
    const asked = named(operation.lines);
    return operation.kind === 'enqueue'
      ? stock.enqueue(orderId, asked)
      : stock.restock(`${orderId}:restock`, asked);
  }
  if ('warehouse' in operation) return stock.releasePart(orderId, operation.warehouse);
  if (operation.kind === 'dequeue') return leaveQueue(stock.database, orderId);
  return operation.kind === 'issue' ? stock.issue(orderId) : stock.release(orderId);
}

/** A refusal by rule may happen; a deadlock or a broken CHECK may not. */
const failures = (results: readonly PromiseSettledResult<unknown>[]): readonly unknown[] =>
  results
    .filter((result) => result.status === 'rejected')
    .map((result): unknown => result.reason)
    .filter((reason) => !(reason instanceof ProviderRefused));

/** Claims of orders that do not wait, and orders that wait for what is there. */
const differencesInTheQueue = () =>
  allRows(stock.database)`
    select queued.order_id, queued.state from inventory.waiting queued
    where (queued.state = 'waiting') <> exists (
        select from inventory.claims where claims.place = queued.place)
      or (queued.state = 'served' and not exists (
        select from inventory.holds where hold_id = queued.order_id and state <> 'released'))
      or queued.place in (
        select inventory.servable(array(select distinct sku from inventory.claims)))`;

test('whatever happens at the same time, the counts agree with the ledger and none is below zero', async () => {
  const batches = fc.array(fc.array(operation, { minLength: 2, maxLength: 8 }), {
    minLength: 1,
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(batches, async (rounds) => {
      const cast = {
        orderIds: Array.from({ length: orders }, newOrderId),
        skus: await Promise.all([stock.newSku(3, 2), stock.newSku(1, 4), stock.newSku(2)]),
      };
      for (const round of rounds) {
        const results = await Promise.allSettled(round.map((each) => perform(each, cast)));
        expect(failures(results)).toEqual([]);
        await serveWaiting(stock.database);
        expect(await differencesInTheLedger(stock.database)).toEqual([]);
        expect(await differencesInTheQueue()).toEqual([]);
      }
      for (const orderId of cast.orderIds) await stock.release(orderId);
    }),
    { numRuns: 20 },
  );
}, 90_000);

test('orders of the same goods do not deadlock when their lines are in different orders', async () => {
  const skus = await Promise.all([
    stock.newSku(50, 50),
    stock.newSku(50, 50),
    stock.newSku(50, 50),
  ]);
  const ask = (turn: number) =>
    stock.reserve(
      newOrderId(),
      skus.map((_, index) => line(skus[(index + turn) % skuCount]!, 1)),
    );
  const results = await Promise.allSettled(Array.from({ length: 60 }, (_, turn) => ask(turn)));
  expect(failures(results)).toEqual([]);
  for (const each of skus) expect(await stock.counts(each)).toEqual({ onHand: 100, held: 60 });
});

const isSomebodyBlocked = () =>
  hasRow(stock.database)`
    select from pg_locks where not granted and locktype = 'advisory'
      and database = (select oid from pg_database where datname = current_database())`;

test('a receipt waits for an order that is entering the queue, and serves it', async () => {
  const [there, missing] = [await stock.newSku(1), await stock.newSku()];
  const orderId = newOrderId();
  const lines = JSON.stringify([line(there, 1), line(missing, 1)]);
  const received = await stock.database.transaction().execute(async (transaction) => {
    await sql`select inventory.enqueue(${orderId}, ${lines}, ${holdExpiry()})`.execute(transaction);
    const receiving = stock.receive(missing, 1);
    await waitFor('a blocked transaction', isSomebodyBlocked, 4_000);
    return { receiving };
  });
  // A commit releases its locks one after another: if the receipt wakes while the order's own lock is
  // still taken, it leaves the order for the next round.
  const served = [...(await received.receiving), ...(await serveWaiting(stock.database))];
  expect(served).toEqual([orderId]);
});

test('a receipt does not wait for an order whose hold is locked, which is served later', async () => {
  const sku = await stock.newSku();
  const [busy, next] = [newOrderId(), newOrderId()];
  await stock.enqueue(busy, [line(sku, 1)]);
  await stock.enqueue(next, [line(sku, 1)]);
  await stock.database.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(inventory.hold_lock(${busy}))`.execute(transaction);
    expect(await stock.receive(sku, 1)).toEqual([]);
    expect(await stock.receive(sku, 1)).toEqual([next]);
  });
  expect(await serveWaiting(stock.database)).toEqual([busy]);
});
