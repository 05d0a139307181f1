import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.js';
import { ConsumerUnavailable, type RelayConsumer } from '../../src/events/consumer.js';
import { createLogger } from '../../src/logger.js';
import { startEventLoops } from '../../src/relay/event-loops.js';
import { fillOutbox, recorder, useEventLog, type Recorder } from '../events/event-log.js';
import { waitFor } from '../support/wait-for.js';

const log = useEventLog({ perTest: true });
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

/** A consumer that writes a row for each event. */
const writer = (name: string) => recorder(log.database, name);

/** The event loops as one more relay would have them. @returns what stops them */
function startRelay(...consumers: RelayConsumer[]): () => Promise<void> {
  const database = openDatabase({ url: log.url, poolSize: 5 });
  const loops = startEventLoops({
    database,
    databaseUrl: log.url,
    log: createLogger('relay', 'silent'),
    consumers,
  });
  stops.push(() => loops.stop().then(() => database.destroy()));
  return () => loops.stop();
}

const waitForEffects = (consumer: Recorder, count: number) =>
  waitFor('all effects', async () => {
    expect(await consumer.effects()).toHaveLength(count);
  });

/** For each order 1, 2, 3, … */
async function expectInOrder(consumer: Recorder): Promise<void> {
  const last: Record<string, number> = {};
  for (const event of await consumer.effects()) {
    const [, orderId, sequence] = event.split('_');
    expect(Number(sequence)).toBe((last[orderId!] ?? 0) + 1);
    last[orderId!] = Number(sequence);
  }
}

test('a consumer that fails keeps no other waiting, and goes on when it can', async () => {
  let isAway = true;
  const moody = await recorder(log.database, 'moody', () =>
    isAway ? Promise.reject(new ConsumerUnavailable('away')) : Promise.resolve(),
  );
  const steady = await writer('steady');
  startRelay(moody, steady);
  await fillOutbox(log.database, 100);
  await waitForEffects(steady, 100);
  expect(await moody.effects()).toEqual([]);
  isAway = false;
  await waitForEffects(moody, 100);
  await expectInOrder(moody);
});

test('without any notification the polls find everything within a moment', async () => {
  await sql`alter table orders.outbox disable trigger outbox_notifies`.execute(log.database);
  const one = await writer('one');
  startRelay(one);
  await fillOutbox(log.database, 10);
  await waitForEffects(one, 10);
  await sql`insert into orders.outbox (order_id, sequence, type, data, at)
    values ('ord_00000000000000000000000009', 1, 'order.confirmed', '{}', now())`.execute(
    log.database,
  );
  await waitForEffects(one, 11);
});

test('several relays share the work, and each effect is there once and in order', async () => {
  const [one, two] = [await writer('one'), await writer('two')];
  for (let relays = 0; relays < 3; relays += 1) startRelay(one, two);
  await fillOutbox(log.database, 3_000);
  await waitForEffects(one, 3_000);
  await waitForEffects(two, 3_000);
  await expectInOrder(one);
  await expectInOrder(two);
});

test('relays whose connections are cut again and again lose nothing and double nothing', async () => {
  const one = await writer('one');
  startRelay(one);
  startRelay(one);
  for (let n = 0; n < 10; n += 1) {
    await sql`insert into orders.outbox (order_id, sequence, type, data, at)
      select 'ord_' || lpad(${n}::text, 26, '0'), s, 'order.confirmed', '{}', now()
      from generate_series(1, 300) s`.execute(log.database);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(log.database);
  }
  await waitForEffects(one, 3_000);
  await expectInOrder(one);
});

test('a relay that stops has finished what it began, and leaves the rest to the next', async () => {
  const one = await writer('one');
  const stop = startRelay(one);
  await fillOutbox(log.database, 2_000);
  const startedAt = Date.now();
  await stop();
  expect(Date.now() - startedAt).toBeLessThan(5_000);
  const count = (await one.effects()).length;
  await log.publishAll();
  expect(await one.effects()).toHaveLength(count);
  startRelay(one);
  await waitForEffects(one, 2_000);
});
