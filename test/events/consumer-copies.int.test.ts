import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.js';
import { consumerRound, runGroup } from '../../src/events/consumer-runner.js';
import { ConsumerUnavailable } from '../../src/events/consumer.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import { waitFor } from '../support/wait-for.js';
import { eventsOf, ids, newOrderId, recorder, useEventLog } from './event-log.js';

const log = useEventLog();
let group = '';
beforeEach(async () => {
  group = await log.newGroup('copies');
});

test('copies of a consumer share the events, each of which has one effect', async () => {
  const events = Array.from({ length: 20 }, () => eventsOf(newOrderId(), 10)).flat();
  await log.publish(events);
  const consumer = await recorder(log.database, group);
  const end = (await log.positionOf(group)) + events.length;
  const copy = async () => {
    while ((await log.positionOf(group)) < end) {
      await runGroup(log.database, consumer, { batchSize: 7 });
    }
  };
  await Promise.all([copy(), copy(), copy()]);
  expect(await consumer.effects()).toEqual(ids(events));
});

test('a copy does not wait for a group that another has, and looks again when it is free', async () => {
  await log.publish(eventsOf(newOrderId(), 1));
  const consumer = await recorder(log.database, group);
  await log.database.transaction().execute(async (other) => {
    await sql`select from events.groups where name = ${group} for update`.execute(other);
    expect(await consumerRound(log.database, consumer)).toEqual({ events: 0, hasMore: true });
  });
  expect(await consumerRound(log.database, consumer)).toEqual({ events: 1, hasMore: false });
  expect(await consumerRound(log.database, consumer)).toEqual({ events: 0, hasMore: false });
});

const copies = 3;
const kills = 40;
const rules = { batchSize: 13, maxAttempts: 1_000, baseMs: 1, capMs: 5 };

test('a consumer has each event once and in order, with copies that are killed and fail at random', async () => {
  const consumer = await recorder(log.database, group, () =>
    Math.random() < 0.05 ? Promise.reject(new Error('bad luck')) : Promise.resolve(),
  );
  const published: OrderEvent[][] = [];
  let isOver = false;

  /** A process of its own as far as Postgres can tell. */
  const copy = async () => {
    const database = openDatabase({ url: log.url, poolSize: 2 });
    try {
      while (!isOver) {
        await consumerRound(database, consumer, rules).catch((error: unknown) => {
          if (!(error instanceof ConsumerUnavailable)) throw error;
        });
      }
    } finally {
      await database.destroy();
    }
  };
  const running = Array.from({ length: copies }, copy);
  for (let kill = 0; kill < kills; kill += 1) {
    const orders = Array.from({ length: 4 }, () => eventsOf(newOrderId(), 5));
    published.push(...orders);
    await log.publish(orders[0]!.flatMap((_, index) => orders.map((events) => events[index]!)));
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'
      order by random() limit 1`.execute(log.database);
  }
  const total = published.flat().length;
  const done = async () => (await consumer.effects()).length >= total;
  const enough = waitFor('all effects', done);
  await Promise.race([enough, Promise.all(running)]).finally(() => {
    isOver = true;
  });
  await Promise.all(running);
  for (const events of published) {
    expect(await consumer.effects(events[0]!.subject)).toEqual(ids(events));
  }
  expect(await log.quarantined(consumer.name)).toEqual([]);
});
