import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.js';
import { consumerRound, runGroup } from '../../src/events/consumer-runner.js';
import { ConsumerUnavailable } from '../../src/events/consumer.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import { waitFor } from '../support/wait-for.js';
import {
  anEvent,
  eventsOf,
  ids,
  losingAnswers,
  newOrderId,
  recorder,
  refusing,
  useEventLog,
} from './event-log.js';

const log = useEventLog();
let group = '';
beforeEach(async () => {
  group = await log.newGroup('consumer');
});

/** Runs rounds until one has nothing to do. */
async function drain(consumer: Parameters<typeof runGroup>[1], batchSize = 500): Promise<number> {
  let total = 0;
  for (;;) {
    const moved = await runGroup(log.database, consumer, { batchSize });
    if (moved === 0) return total;
    total += moved;
  }
}

const quarantined = () => log.quarantined(group);

test('a consumer gets each event once, in the order of its order, over several batches', async () => {
  const [one, two] = [eventsOf(newOrderId(), 7), eventsOf(newOrderId(), 7)];
  const mixed = one.flatMap((event, index) => [event, two[index]!]);
  await log.publish(mixed);
  const consumer = await recorder(log.database, group);
  expect(await drain(consumer, 4)).toBe(14);
  expect(await consumer.effects()).toEqual(ids(mixed));
});

test('events whose commit was not answered have one effect', async () => {
  const events = eventsOf(newOrderId(), 3);
  await log.publish(events);
  const consumer = await recorder(log.database, group);
  const cut = losingAnswers(log.database);
  await expect(runGroup(cut, consumer)).rejects.toThrow(ConsumerUnavailable);
  expect(await drain(consumer)).toBe(0);
  expect(await consumer.effects()).toEqual(ids(events));
  expect(await quarantined()).toEqual([]);
});

test('a consumer reads from the archive what has left the log', async () => {
  const events = eventsOf(newOrderId(), 6);
  const before = await log.positionOf(group);
  await log.publish(events);
  await log.archive(before + 4);
  const consumer = await recorder(log.database, group);
  expect(await drain(consumer, 3)).toBe(6);
  expect(await consumer.effects()).toEqual(ids(events));
});

test('a consumer that can take nothing now moves nothing and quarantines nothing', async () => {
  const events = eventsOf(newOrderId(), 2);
  await log.publish(events);
  let isAway = true;
  const consumer = await recorder(log.database, group, () =>
    isAway ? Promise.reject(new ConsumerUnavailable('away')) : Promise.resolve(),
  );
  await expect(runGroup(log.database, consumer)).rejects.toThrow('away');
  expect(await quarantined()).toEqual([]);
  isAway = false;
  expect(await drain(consumer)).toBe(2);
  expect(await consumer.effects()).toEqual(ids(events));
});

test('a consumer whose tables are missing quarantines nothing', async () => {
  await log.publish(eventsOf(newOrderId(), 2));
  const consumer = {
    name: group,
    apply: async (transaction: Parameters<Parameters<typeof recorder>[2] & object>[0]) => {
      await sql`insert into not_there.at_all values (1)`.execute(transaction);
    },
  };
  await expect(runGroup(log.database, consumer)).rejects.toThrow(ConsumerUnavailable);
  expect(await quarantined()).toEqual([]);
});

test('a consumer quarantines an event that it refuses, and the later ones of the same order', async () => {
  const [bad, good] = [eventsOf(newOrderId(), 3), eventsOf(newOrderId(), 3)];
  const consumer = await refusing(log.database, group, ({ id }) => id === bad[1]!.id);
  await log.publish([bad[0]!, good[0]!, bad[1]!, good[1]!, bad[2]!, good[2]!]);
  await drain(consumer);
  expect(await consumer.effects()).toEqual(ids([bad[0]!, good[0]!, good[1]!, good[2]!]));
  expect(await quarantined()).toEqual([
    {
      event_id: bad[1]!.id,
      state: 'retrying',
      error: `Error: I do not like ${bad[1]!.id}`,
    },
    { event_id: bad[2]!.id, state: 'held', error: null },
  ]);
});

test('a consumer quarantines an event that only the commit refuses', async () => {
  const [bad, good] = [newOrderId(), newOrderId()];
  await sql`create table ${sql.table(`${group}_rows`)} (
    order_id text, constraint ${sql.ref(`${group}_not`)} unique (order_id)
    deferrable initially deferred)`.execute(log.database);
  await sql`insert into ${sql.table(`${group}_rows`)} values (${bad})`.execute(log.database);
  await log.publish([anEvent(bad, 1), anEvent(good, 1)]);
  await drain({
    name: group,
    apply: async (transaction, events) => {
      for (const { subject } of events) {
        await sql`insert into ${sql.table(`${group}_rows`)} values (${subject})`.execute(
          transaction,
        );
      }
    },
  });
  expect((await quarantined()).map(({ event_id }) => event_id)).toEqual([anEvent(bad, 1).id]);
});

test('a consumer quarantines an event over which it takes too long; nothing that it writes later counts', async () => {
  const [slow, quick] = [anEvent(newOrderId(), 1), anEvent(newOrderId(), 1)];
  await log.publish([slow, quick]);
  const late: Promise<unknown>[] = [];
  const consumer = await recorder(log.database, group, async (transaction, events) => {
    if (!events.some(({ id }) => id === slow.id)) return;
    const write = () =>
      sql`insert into ${sql.table(`${group}_effects`)} (event_id) values ('late')
        `.execute(transaction);
    // Each is an answer that comes when its transaction is being rolled back.
    const writes = [
      sleep(1_500).then(write),
      sql`select pg_sleep(1)`.execute(transaction).then(write),
    ];
    for (const work of writes) work.catch(() => undefined);
    late.push(...writes);
    await Promise.all(writes);
  });
  const rules = { applyLimitMs: 200 };
  expect(await runGroup(log.database, consumer, rules)).toBe(1);
  expect(await runGroup(log.database, consumer, rules)).toBe(1);
  for (const work of late) await expect(work).rejects.toThrow();
  expect(late).toHaveLength(4);
  expect(await consumer.effects()).toEqual([quick.id]);
  expect((await quarantined())[0]?.error).toContain('ConsumerTooSlow');
});

test('a consumer quarantines an event for which a statement takes too long', async () => {
  await log.publish(eventsOf(newOrderId(), 1));
  const consumer = await recorder(log.database, group, async (transaction) => {
    await sql`select pg_sleep(3)`.execute(transaction);
  });
  expect(await runGroup(log.database, consumer, { statementLimitMs: 100 })).toBe(1);
  expect((await quarantined())[0]?.error).toContain('statement timeout');
});

test('a consumer that is killed between its effect and the commit has one effect', async () => {
  const events = eventsOf(newOrderId(), 3);
  await log.publish(events);
  let kills = 1;
  const consumer = await recorder(log.database, group);
  const mortal = {
    name: group,
    apply: async (...[transaction, all]: Parameters<typeof consumer.apply>) => {
      await consumer.apply(transaction, all);
      if (kills === 0) return;
      kills -= 1;
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(transaction);
    },
  };
  await expect(runGroup(log.database, mortal)).rejects.toThrow(ConsumerUnavailable);
  expect(await consumer.effects()).toEqual([]);
  expect(await quarantined()).toEqual([]);
  expect(await drain(mortal)).toBe(3);
  expect(await consumer.effects()).toEqual(ids(events));
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
