import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.js';
import { ConsumerUnavailable } from '../../src/events/consumer.js';
import { consumerRound } from '../../src/events/consumer-runner.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import { eventsOf, ids, newOrderId, openLogDesk, recorder, type LogDesk } from './log-desk.js';
import { waitFor } from '../support/wait-for.js';

let desk: LogDesk;
beforeAll(async () => {
  desk = await openLogDesk();
});
afterAll(() => desk.stop());

const copies = 3;
const kills = 40;
const rules = { batchSize: 13, maxAttempts: 1_000, baseMs: 1, capMs: 5 };

test('has each event once and in order, with copies that are killed at random and fail at random', async () => {
  const consumer = await recorder(desk.database, 'chaos', () =>
    Math.random() < 0.05 ? Promise.reject(new Error('bad luck')) : Promise.resolve(),
  );
  const published: OrderEvent[][] = [];
  let isOver = false;

  /** A process of its own as far as Postgres can tell. */
  const copy = async () => {
    const database = openDatabase({ url: desk.url, poolSize: 2 });
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
    await desk.publish(orders[0]!.flatMap((_, index) => orders.map((events) => events[index]!)));
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'
      order by random() limit 1`.execute(desk.database);
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
  const { rows } = await sql`select from events.quarantined`.execute(desk.database);
  expect(rows).toEqual([]);
});
