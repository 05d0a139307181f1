import { allRows } from '../../src/db/database.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ConsumerUnavailable } from '../../src/events/consumer.js';
import { runGroup } from '../../src/events/consumer-runner.js';
import { pruneInbox } from '../../src/events/retention.js';
import {
  anEvent,
  eventsOf,
  ids,
  newOrderId,
  openLogDesk,
  recorder,
  refusing,
  type LogDesk,
} from './log-desk.js';

let desk: LogDesk;
beforeAll(async () => {
  desk = await openLogDesk();
});
afterAll(() => desk.stop());

let group = '';
let groups = 0;
beforeEach(async () => {
  groups += 1;
  group = `consumer_${groups}`;
  await sql`insert into events.groups (name, position)
    select ${group}, position from events.head`.execute(desk.database);
});

/** Runs rounds until one has nothing to do. */
async function drain(consumer: Parameters<typeof runGroup>[1], batchSize = 500): Promise<number> {
  let total = 0;
  for (;;) {
    const moved = await runGroup(desk.database, consumer, { batchSize });
    if (moved === 0) return total;
    total += moved;
  }
}

const parked = async () => {
  const { rows } = await sql<{ event_id: string; state: string; error: string | null }>`
    select event_id, state, error from events.quarantined where group_name = ${group}
    order by position`.execute(desk.database);
  return rows;
};

describe('a consumer', () => {
  test('gets each event once, in the order of its order, over several batches', async () => {
    const [one, two] = [eventsOf(newOrderId(), 7), eventsOf(newOrderId(), 7)];
    const mixed = one.flatMap((event, index) => [event, two[index]!]);
    await desk.publish(mixed);
    const consumer = await recorder(desk.database, group);
    expect(await drain(consumer, 4)).toBe(14);
    expect(await consumer.effects()).toEqual(ids(mixed));
  });

  test('begins before the first event when it is new', async () => {
    await desk.publish(eventsOf(newOrderId(), 1));
    const consumer = await recorder(desk.database, `${group}_new`);
    const { rows } = await sql<{ position: number }>`
      select position from events.head`.execute(desk.database);
    expect(await drain(consumer)).toBe(rows[0]!.position);
  });

  test('has one effect when an event is delivered twice', async () => {
    const events = eventsOf(newOrderId(), 3);
    const before = await desk.positionOf(group);
    await desk.publish(events);
    const consumer = await recorder(desk.database, group);
    await drain(consumer);
    await sql`update events.groups set position = ${before} where name = ${group}
      `.execute(desk.database);
    expect(await drain(consumer)).toBe(3);
    expect(await consumer.effects()).toEqual(ids(events));
    expect(await parked()).toEqual([]);
  });

  test('reads from the archive what has left the log', async () => {
    const events = eventsOf(newOrderId(), 6);
    const before = await desk.positionOf(group);
    await desk.publish(events);
    await desk.archive(before + 4);
    const consumer = await recorder(desk.database, group);
    expect(await drain(consumer, 3)).toBe(6);
    expect(await consumer.effects()).toEqual(ids(events));
  });

  test('moves nothing when it can take nothing now, and parks nothing', async () => {
    const events = eventsOf(newOrderId(), 2);
    await desk.publish(events);
    let isAway = true;
    const consumer = await recorder(desk.database, group, () =>
      isAway ? Promise.reject(new ConsumerUnavailable('away')) : Promise.resolve(),
    );
    await expect(runGroup(desk.database, consumer)).rejects.toThrow('away');
    expect(await parked()).toEqual([]);
    isAway = false;
    expect(await drain(consumer)).toBe(2);
    expect(await consumer.effects()).toEqual(ids(events));
  });

  test('parks nothing when its tables are not there', async () => {
    await desk.publish(eventsOf(newOrderId(), 2));
    const consumer = {
      name: group,
      apply: async (transaction: Parameters<Parameters<typeof recorder>[2] & object>[0]) => {
        await sql`insert into not_there.at_all values (1)`.execute(transaction);
      },
    };
    await expect(runGroup(desk.database, consumer)).rejects.toThrow(ConsumerUnavailable);
    expect(await parked()).toEqual([]);
  });

  test('parks an event that it refuses, and the later ones of the same order', async () => {
    const [bad, good] = [eventsOf(newOrderId(), 3), eventsOf(newOrderId(), 3)];
    const consumer = await refusing(desk.database, group, ({ id }) => id === bad[1]!.id);
    await desk.publish([bad[0]!, good[0]!, bad[1]!, good[1]!, bad[2]!, good[2]!]);
    await drain(consumer);
    expect(await consumer.effects()).toEqual(ids([bad[0]!, ...good]).toSorted(byPlace(bad, good)));
    expect(await parked()).toEqual([
      {
        event_id: bad[1]!.id,
        state: 'retrying',
        error: `Error: I do not like ${bad[1]!.id}`,
      },
      { event_id: bad[2]!.id, state: 'held', error: null },
    ]);
  });

  test('parks an event that only the commit refuses', async () => {
    const [bad, good] = [newOrderId(), newOrderId()];
    await sql`create table ${sql.table(`${group}_rows`)} (
      order_id text, constraint ${sql.ref(`${group}_not`)} unique (order_id)
      deferrable initially deferred)`.execute(desk.database);
    await sql`insert into ${sql.table(`${group}_rows`)} values (${bad})`.execute(desk.database);
    await desk.publish([anEvent(bad, 1), anEvent(good, 1)]);
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
    expect((await parked()).map(({ event_id }) => event_id)).toEqual([anEvent(bad, 1).id]);
  });

  test('parks an event over which it takes too long; nothing that it writes later counts', async () => {
    const [slow, quick] = [anEvent(newOrderId(), 1), anEvent(newOrderId(), 1)];
    await desk.publish([slow, quick]);
    const late: Promise<unknown>[] = [];
    const consumer = await recorder(desk.database, group, async (transaction, events) => {
      if (!events.some(({ id }) => id === slow.id)) return;
      const write = () =>
        sql`insert into ${sql.table(`${group}_effects`)} (event_id) values ('late')
          `.execute(transaction);
      // Each is an answer that comes when its transaction is being rolled back.
      const writes = [
        sleep(600).then(write),
        sql`select pg_sleep(0.4)`.execute(transaction).then(write),
      ];
      for (const work of writes) work.catch(() => undefined);
      late.push(...writes);
      await Promise.all(writes);
    });
    const rules = { applyLimitMs: 200 };
    expect(await runGroup(desk.database, consumer, rules)).toBe(1);
    expect(await runGroup(desk.database, consumer, rules)).toBe(1);
    for (const work of late) await expect(work).rejects.toThrow();
    expect(late).toHaveLength(4);
    expect(await consumer.effects()).toEqual([quick.id]);
    expect((await parked())[0]?.error).toContain('ConsumerTooSlow');
  });

  test('parks an event for which a statement takes too long', async () => {
    await desk.publish(eventsOf(newOrderId(), 1));
    const consumer = await recorder(desk.database, group, async (transaction) => {
      await sql`select pg_sleep(3)`.execute(transaction);
    });
    expect(await runGroup(desk.database, consumer, { statementLimitMs: 100 })).toBe(1);
    expect((await parked())[0]?.error).toContain('statement timeout');
  });
});

describe('two copies of a consumer', () => {
  test('share the events, each of which has one effect', async () => {
    const events = Array.from({ length: 20 }, () => eventsOf(newOrderId(), 10)).flat();
    await desk.publish(events);
    const consumer = await recorder(desk.database, group);
    const end = (await desk.positionOf(group)) + events.length;
    const copy = async () => {
      while ((await desk.positionOf(group)) < end) {
        await runGroup(desk.database, consumer, { batchSize: 7 });
      }
    };
    await Promise.all([copy(), copy(), copy()]);
    expect(await consumer.effects()).toEqual(ids(events));
  });

  test('do not wait for each other', async () => {
    await desk.publish(eventsOf(newOrderId(), 1));
    const consumer = await recorder(desk.database, group);
    await desk.database.transaction().execute(async (other) => {
      await sql`select from events.groups where name = ${group} for update`.execute(other);
      expect(await runGroup(desk.database, consumer)).toBe(0);
    });
    expect(await runGroup(desk.database, consumer)).toBe(1);
  });
});

describe('a consumer that is killed', () => {
  test('after its effect and before the commit has its effect once', async () => {
    const events = eventsOf(newOrderId(), 3);
    await desk.publish(events);
    let kills = 1;
    const consumer = await recorder(desk.database, group);
    const mortal = {
      name: group,
      apply: async (...[transaction, all]: Parameters<typeof consumer.apply>) => {
        await consumer.apply(transaction, all);
        if (kills === 0) return;
        kills -= 1;
        const { rows } = await sql<{ pid: number }>`
          select pg_backend_pid() as pid`.execute(transaction);
        await sql`select pg_terminate_backend(${rows[0]!.pid})`.execute(desk.database);
      },
    };
    await expect(runGroup(desk.database, mortal)).rejects.toThrow(ConsumerUnavailable);
    expect(await consumer.effects()).toEqual([]);
    expect(await parked()).toEqual([]);
    expect(await drain(mortal)).toBe(3);
    expect(await consumer.effects()).toEqual(ids(events));
  });
});

describe('the inbox', () => {
  test('forgets what is old and read past, and nothing else, in batches', async () => {
    await desk.publish(eventsOf(newOrderId(), 5));
    await drain(await recorder(desk.database, group));
    const count = async () =>
      (
        await allRows(
          desk.database,
          sql<Record<string, unknown>>`
              select * from events.inbox where group_name = ${group}`,
        )
      ).length;
    const prune = () => pruneInbox(desk.database, { olderThanMs: 60_000, batchSize: 2 });
    expect(await prune()).toBe(0);
    await sql`update events.inbox set at = at - interval '2 minutes'
      where group_name = ${group}`.execute(desk.database);
    const position = await desk.positionOf(group);
    await sql`update events.groups set position = ${position - 2}
      where name = ${group}`.execute(desk.database);
    expect([await prune(), await prune(), await prune()]).toEqual([2, 1, 0]);
    expect(await count()).toBe(2);
  });
});

const byPlace =
  (bad: readonly { id: string }[], good: readonly { id: string }[]) => (a: string, b: string) => {
    const order = [bad[0]!, good[0]!, good[1]!, good[2]!].map(({ id }) => id);
    return order.indexOf(a) - order.indexOf(b);
  };
