import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { archiveRound, pruneInbox } from '../../src/events/retention.js';
import { runGroup } from '../../src/events/consumer-runner.js';
import { eventsOfOrder, findEvent, readHistory } from '../../src/events/log.js';
import { fillOutbox, recorder, useEventLog } from './event-log.js';

const log = useEventLog({ perTest: true });
beforeEach(async () => {
  await fillOutbox(log.database, 30);
  await log.publishAll();
});

/** Makes the events up to this position older than the retention of the tests. */
const age = (upTo: number, days = 31) =>
  sql`update events.log set published_at = published_at - make_interval(days => ${days})
    where position <= ${upTo}`.execute(log.database);

const groupAt = (name: string, position: number) =>
  sql`insert into events.groups (name, position) values (${name}, ${position})`.execute(
    log.database,
  );

const positions = async (table: 'events.log' | 'events.archive'): Promise<readonly number[]> => {
  const { rows } = await sql<{ position: number }>`
    select position from ${sql.table(table)} order by position`.execute(log.database);
  return rows.map(({ position }) => position);
};

const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

test('what is old goes to the archive, and the history is the same as before', async () => {
  const before = await readHistory(log.database, 0, 100);
  await age(12);
  expect(await archiveRound(log.database, 30)).toBe(false);
  expect(await positions('events.archive')).toEqual(upTo(12));
  expect(await positions('events.log')).toEqual(upTo(30, 13));
  expect(await readHistory(log.database, 0, 100)).toEqual(before);
  const { event } = before.events[4]!;
  expect(await findEvent(log.database, event.id)).toEqual(event);
  expect(await eventsOfOrder(log.database, event.subject, 0, 100)).toHaveLength(10);
});

test('what a consumer has not read stays, however old it is', async () => {
  await age(30);
  await groupAt('quick', 30);
  await groupAt('slow', 7);
  await archiveRound(log.database, 30);
  expect(await positions('events.archive')).toEqual(upTo(7));
});

test('the archive is a beginning without a gap: an old event behind a young one waits for it', async () => {
  await age(30);
  await sql`update events.log set published_at = now() where position = 4`.execute(log.database);
  await archiveRound(log.database, 30);
  expect(await positions('events.archive')).toEqual(upTo(3));
});

test('a round moves a bounded number, and relays side by side move each event once', async () => {
  await fillOutbox(log.database, 1_230);
  await sql`delete from orders.outbox using events.log
    where log.order_id = outbox.order_id`.execute(log.database);
  await log.publishAll();
  await age(1_230);
  expect(await archiveRound(log.database, 30)).toBe(true);
  expect(await positions('events.archive')).toHaveLength(1_000);
  await Promise.all([archiveRound(log.database, 30), archiveRound(log.database, 30)]);
  expect(await positions('events.archive')).toEqual(upTo(1_230));
  expect(await positions('events.log')).toEqual([]);
});

test('old inbox rows that their group has read past are forgotten in batches, and no others', async () => {
  await runGroup(log.database, await recorder(log.database, 'reader'));
  const prune = () => pruneInbox(log.database, { olderThanMs: 60_000, batchSize: 20 });
  expect(await prune()).toBe(0);
  await sql`update events.inbox set at = at - interval '2 minutes'`.execute(log.database);
  await sql`update events.groups set position = 28`.execute(log.database);
  expect([await prune(), await prune(), await prune()]).toEqual([20, 8, 0]);
  const { rows } = await sql`select from events.inbox`.execute(log.database);
  expect(rows).toHaveLength(2);
});
