import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { allValues, execute, openDatabase, type Database } from '../../src/db/database.js';
import { storeMessage } from '../../src/db/messages.js';
import { listTimeline } from '../../src/db/orders.js';
import { retention, retentionBatch, retentionRound } from '../../src/db/retention.js';
import type { OrderId } from '../../src/domain/ids.js';
import { retentionPeriods, strictRound, useEventLog } from '../events/event-log.js';

const log = useEventLog({ perTest: true });

/** An order that ended so many days ago, or that is open. */
async function anOrder(id: string, endedDays?: number): Promise<OrderId> {
  await execute(log.database)`update orders.orders set id = ${id},
    status = ${endedDays === undefined ? 'processing' : 'delivered'},
    status_since = now() - make_interval(days => ${endedDays ?? 999})
    where id = ${await log.newOrder()}`;
  return id as OrderId;
}

const valuesOf = (table: string, column: string) =>
  allValues(log.database)`select ${sql.ref(column)} from ${sql.table(table)} order by 1`;

test.each([
  [
    'closed messages go, but not those whose order or item is open, and never one that waits',
    sql`insert into orders.messages
        (id, kind, body, created_at, order_id, state, closed_at, overdue_since)
      select id, 'cancel', '{}', now() - interval '99 days', order_id, state,
        now() - make_interval(days => days), overdue_since
      from (values ('gone', 'ended', 'taken', 11, null), ('gone, of nobody', null, 'taken', 11, null),
        ('of an open order', 'open', 'taken', 11, null), ('overdue', 'ended', 'taken', 11, now()),
        ('waits', 'ended', 'waiting', null, null), ('young', 'ended', 'refused', 9, null)
      ) row (id, order_id, state, days, overdue_since)`,
    { 'orders.messages': ['id', 'of an open order', 'overdue', 'waits', 'young'] },
  ],
  [
    'idempotency keys go, but not those by which a return places its exchange',
    sql`insert into orders.idempotency
      select key, '', 'ended', '{}', now() - make_interval(days => days)
      from (values ('gone', 21), ('young', 19), ('exchange:ret_1', 999)) row (key, days)`,
    { 'orders.idempotency': ['key', 'exchange:ret_1', 'young'] },
  ],
  [
    'reconciliation records go, but not the newest of a kind',
    sql`insert into orders.reconciliations (run_id, kind, started_at)
      select run_id, kind, now() - make_interval(days => days)
      from (values ('gone 1', 'stock', 92), ('newest', 'stock', 91), ('gone 2', 'orders', 91),
        ('young', 'orders', 89)) row (run_id, kind, days)`,
    { 'orders.reconciliations': ['run_id', 'newest', 'young'] },
  ],
  [
    'webhook deliveries go with their attempts, but not one that waits or is dead; so do old secrets',
    sql`with endpoint as (
      insert into events.webhook_endpoints
        (id, url, begins_after, secret, previous_secret, previous_secret_until)
      values ('whe', 'https://a.example', 0, 'new', 'old', now() - interval '1 minute')
    ), delivery as (
      insert into events.webhook_deliveries (id, endpoint_id, event_id, order_id, sequence,
        position, type, version, event_at, traceparent, state, settled_at)
      select id, 'whe', id, 'ord', 1, 1, 'x', 1, now(), '', state, now() - make_interval(days => days)
      from (values ('gone 1', 'delivered', 31), ('gone 2', 'discarded', 31), ('dead', 'dead', 31),
        ('waits', 'waiting', 31), ('young', 'delivered', 29)) row (id, state, days)
      returning id
    ) insert into events.webhook_attempts select id, 1, now(), 1, 200 from delivery`,
    {
      'events.webhook_deliveries': ['id', 'dead', 'waits', 'young'],
      'events.webhook_attempts': ['delivery_id', 'dead', 'waits', 'young'],
      'events.webhook_endpoints': ['previous_secret', null],
    },
  ],
  [
    'timelines of orders that are open or ended within the year stay',
    sql`insert into orders.timeline select id, 1, '', '', '{}', now() - interval '999 days'
      from orders.orders`,
    { 'orders.timeline': ['order_id', 'ended', 'open'], 'orders.timeline_archive': ['order_id'] },
  ],
])('%s', async (_what, insert, left) => {
  await anOrder('ended', 364);
  await anOrder('open');
  await insert.execute(log.database);
  expect(await strictRound(log.database)).toBe(false);
  for (const [table, [column, ...values]] of Object.entries(left)) {
    expect(await valuesOf(table, column!)).toEqual(values);
  }
});

test('a timeline goes to the archive a year after the order, and is read and continued as before', async () => {
  const id = await anOrder('ended', 366);
  const append = (key: string) =>
    allValues<number>(log.database)`select sequence from orders.append(${id}, ${key},
      '[{"type": "payment.action_required", "paymentId": "pi_1"}, {"type": "payment.action_failed"}]',
      null, null)`;
  expect(await append('pay')).toEqual([1, 2]);
  await sql`update orders.timeline set at = at - interval '366 days'`.execute(log.database);
  expect(await append('late')).toEqual([3, 4]);
  const page = (after: number, limit: number) => listTimeline(log.database, id, { after, limit });
  const meaning = () =>
    allValues(
      log.database,
    )`select orders.payment_event_meaning(${id}, 'pi_1', 'authorized', now(), now())`;
  const before = [await page(0, 100), await page(1, 2), await meaning()];
  await strictRound(log.database);
  expect(await valuesOf('orders.timeline_archive', 'sequence')).toEqual([1, 2]);
  expect(await valuesOf('orders.timeline', 'sequence')).toEqual([3, 4]);
  expect([await page(0, 100), await page(1, 2), await meaning()]).toEqual(before);
  expect([await append('pay'), await append('more')]).toEqual([
    [1, 2],
    [5, 6],
  ]);
  await sql`update orders.timeline set at = at - interval '366 days'`.execute(log.database);
  await strictRound(log.database);
  expect(await meaning()).toEqual(['late']);
});

/** Old rows of three kinds, as many of each. */
async function fillWithOld(rows: number): Promise<void> {
  await anOrder('old', 999);
  const series = sql`(select 'old_' || n as id, n, now() - interval '999 days' as at
    from generate_series(1, ${rows}) n) one`;
  await execute(log.database)`insert into orders.messages
    (id, kind, order_id, body, state, closed_at) select id, '', 'old', '{}', 'taken', at from ${series}`;
  await execute(log.database)`insert into orders.idempotency
    select id, '', 'old', '{}', at from ${series}`;
  await execute(log.database)`insert into orders.timeline
    select 'old', n, id, '', '{}', at from ${series}`;
}

/** How many rows there are of the three kinds, as [old, young]. */
const counts = () => allValues<readonly number[]>(log.database)`
  select array[count(*) filter (where is_old), count(*) filter (where not is_old)]::integer[] from (
    select 1 as kind, id like 'old%' as is_old from orders.messages union all
    select 2, key like 'old%' from orders.idempotency union all
    select 3, order_id = 'old' from orders.timeline) row group by kind order by kind`;

/** What an order writes; all of it is young. @returns how long it took, in milliseconds */
async function writeOne(database: Database): Promise<number> {
  const id = await log.newOrder();
  const startedAt = performance.now();
  await execute(database)`insert into orders.idempotency values (${id}, '', ${id}, '{}')`;
  await execute(database)`select from orders.append(${id}, 'k', '[{"type": "x"}]', null, null)`;
  await storeMessage(database, { id, kind: 'cancel', orderId: id, recipient: id, body: {} });
  return performance.now() - startedAt;
}

test('a line that fails keeps no other from its turn, and a locked row waits for the next round', async () => {
  await fillWithOld(10);
  await sql`drop table events.archive cascade`.execute(log.database);
  const failed: string[] = [];
  await log.database.transaction().execute(async (writer) => {
    await execute(writer)`select from orders.messages where id = 'old_7' for update`;
    await retentionRound(log.database, retentionPeriods, (what) => failed.push(what));
  });
  expect(await counts()).toEqual([[1, 0]]);
  expect(failed).toEqual([retention[0]!.what]);
});

test('under load no writer waits for a lock of a batch, and nothing young goes', async () => {
  await fillWithOld(20_000);
  const url = `${log.url}?options=-c%20lock_timeout%3D100`;
  const impatient = openDatabase({ url, poolSize: 5 });
  // A batch that is not committed holds all its locks.
  await log.database.transaction().execute(async (relay) => {
    expect(await strictRound(relay)).toBe(true);
    await writeOne(impatient);
  });
  expect(await counts()).toEqual([1, 2, 3].map(() => [20_000 - retentionBatch, 1]));
  let isBusy = true;
  const relay = async () => {
    while (await strictRound(log.database));
  };
  const relays = Promise.all([relay(), relay()]).finally(() => (isBusy = false));
  const times: number[] = [];
  const writer = async () => {
    while (isBusy) times.push(await writeOne(impatient));
  };
  await Promise.all([relays, writer(), writer(), writer()]);
  await impatient.destroy();
  const slowest = Math.max(...times).toFixed();
  process.stdout.write(`${times.length} writes beside retention, the slowest ${slowest} ms\n`);
  expect(await counts()).toEqual([1, 2, 3].map(() => [0, times.length + 1]));
});
