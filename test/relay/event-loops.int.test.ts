import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../src/db/database.js';
import { ConsumerUnavailable, type Consumer } from '../../src/events/consumer.js';
import type { Stoppable } from '../../src/runtime/polling-loop.js';
import { createLogger } from '../../src/logger.js';
import { startEventLoops } from '../../src/relay/event-loops.js';
import { fillOutbox, useEventLog } from '../events/event-log.js';
import { waitFor } from '../support/wait-for.js';

const desk = useEventLog({ perTest: true });
let loops: Stoppable[];
let databases: Database[];
beforeEach(async () => {
  await sql`create table effects (consumer text, event_id text, order_id text, sequence integer,
    place bigint generated always as identity, primary key (consumer, event_id))`.execute(
    desk.database,
  );
  loops = [];
  databases = [];
});
afterEach(async () => {
  await Promise.all(loops.map((one) => one.stop()));
  await Promise.all(databases.map((one) => one.destroy()));
});

/** Writes a row for each event. */
const writer = (name: string): Consumer => ({
  name,
  apply: async (transaction, events) => {
    await sql`insert into effects (consumer, event_id, order_id, sequence)
      select ${name}, event ->> 'id', event ->> 'subject', (event ->> 'ordersequence')::integer
      from jsonb_array_elements(${JSON.stringify(events)}::jsonb) with ordinality all_ (event, n)
      order by n`.execute(transaction);
  },
});

/** The event loops as one more relay would have them. */
function startRelay(...consumers: Consumer[]): Stoppable {
  const database = openDatabase({ url: desk.url, poolSize: 5 });
  databases.push(database);
  const relay = startEventLoops({
    database,
    databaseUrl: desk.url,
    log: createLogger('relay', 'silent'),
    consumers,
    retentionDays: 30,
  });
  loops.push(relay);
  return relay;
}

async function effects(consumer: string): Promise<readonly { id: string; sequence: number }[]> {
  const { rows } = await sql<{ id: string; sequence: number }>`
    select order_id as id, sequence from effects where consumer = ${consumer} order by place
  `.execute(desk.database);
  return rows;
}

const untilApplied = (consumer: string, count: number) =>
  waitFor('all effects', async () => {
    expect(await effects(consumer)).toHaveLength(count);
  });

/** For each order 1, 2, 3, … */
async function expectInOrder(consumer: string): Promise<void> {
  const last = new Map<string, number>();
  for (const { id, sequence } of await effects(consumer)) {
    expect(sequence).toBe((last.get(id) ?? 0) + 1);
    last.set(id, sequence);
  }
}

test('what an order commits reaches every consumer', async () => {
  startRelay(writer('one'), writer('two'));
  const orderId = await desk.newOrder();
  await desk.append(orderId, { type: 'order.confirmed' }, { type: 'order.delivered' });
  await untilApplied('one', 2);
  await untilApplied('two', 2);
});

test('a consumer that fails keeps no other waiting, and goes on when it can', async () => {
  let isAway = true;
  const moody: Consumer = {
    name: 'moody',
    apply: (transaction, events) => {
      if (isAway) throw new ConsumerUnavailable('away');
      return writer('moody').apply(transaction, events);
    },
  };
  startRelay(moody, writer('steady'));
  await fillOutbox(desk.database, 100);
  await untilApplied('steady', 100);
  expect(await effects('moody')).toEqual([]);
  isAway = false;
  await untilApplied('moody', 100);
  await expectInOrder('moody');
});

test('without any notification the polls find everything within a moment', async () => {
  await sql`alter table orders.outbox disable trigger outbox_notifies`.execute(desk.database);
  startRelay(writer('one'));
  await fillOutbox(desk.database, 10);
  await untilApplied('one', 10);
  await sql`insert into orders.outbox (order_id, sequence, type, data, at)
    values ('ord_00000000000000000000000009', 1, 'order.confirmed', '{}', now())`.execute(
    desk.database,
  );
  await untilApplied('one', 11);
});

test('several relays share the work, and each effect is there once and in order', async () => {
  for (let relays = 0; relays < 3; relays += 1) startRelay(writer('one'), writer('two'));
  await fillOutbox(desk.database, 3_000);
  await untilApplied('one', 3_000);
  await untilApplied('two', 3_000);
  await expectInOrder('one');
  await expectInOrder('two');
});

test('relays whose connections are cut again and again lose nothing and double nothing', async () => {
  startRelay(writer('one'));
  startRelay(writer('one'));
  for (let n = 0; n < 10; n += 1) {
    await sql`insert into orders.outbox (order_id, sequence, type, data, at)
      select 'ord_' || lpad(${n}::text, 26, '0'), s, 'order.confirmed', '{}', now()
      from generate_series(1, 300) s`.execute(desk.database);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(desk.database);
  }
  await untilApplied('one', 3_000);
  await expectInOrder('one');
});

test('a relay that stops has finished what it began, and leaves the rest to the next', async () => {
  const relay = startRelay(writer('one'));
  await fillOutbox(desk.database, 2_000);
  const startedAt = Date.now();
  await relay.stop();
  expect(Date.now() - startedAt).toBeLessThan(5_000);
  const count = (await effects('one')).length;
  await desk.publishAll();
  expect(await effects('one')).toHaveLength(count);
  startRelay(writer('one'));
  await untilApplied('one', 2_000);
});
