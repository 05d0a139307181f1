import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { archiveRound } from '../../src/events/retention.js';
import { eventsOfOrder, findEvent, readHistory } from '../../src/events/log.js';
import { fillOutbox, openDesk, type Desk } from './relay-harness.js';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
  await fillOutbox(desk.database, 30);
  await desk.publishAll();
});
afterEach(() => desk.stop());

/** Makes the events up to this position older than the retention of the tests. */
const age = (upTo: number, days = 31) =>
  sql`update events.log set published_at = published_at - make_interval(days => ${days})
    where position <= ${upTo}`.execute(desk.database);

const groupAt = (name: string, position: number) =>
  sql`insert into events.groups (name, position) values (${name}, ${position})`.execute(
    desk.database,
  );

const positions = async (table: 'events.log' | 'events.archive'): Promise<readonly number[]> => {
  const { rows } = await sql<{ position: number }>`
    select position from ${sql.table(table)} order by position`.execute(desk.database);
  return rows.map(({ position }) => position);
};

const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

test('what is old goes to the archive, and the history is the same as before', async () => {
  const before = await readHistory(desk.database, 0, 100);
  await age(12);
  expect(await archiveRound(desk.database, 30)).toBe(false);
  expect(await positions('events.archive')).toEqual(upTo(12));
  expect(await positions('events.log')).toEqual(upTo(30, 13));
  expect(await readHistory(desk.database, 0, 100)).toEqual(before);
  const { event } = before.events[4]!;
  expect(await findEvent(desk.database, event.id)).toEqual(event);
  expect(await eventsOfOrder(desk.database, event.subject, 0, 100)).toHaveLength(10);
});

test('what a consumer has not read stays, however old it is', async () => {
  await age(30);
  await groupAt('quick', 30);
  await groupAt('slow', 7);
  await archiveRound(desk.database, 30);
  expect(await positions('events.archive')).toEqual(upTo(7));
});

test('the archive is a beginning without a gap: an old event behind a young one waits for it', async () => {
  await age(30);
  await sql`update events.log set published_at = now() where position = 4`.execute(desk.database);
  await archiveRound(desk.database, 30);
  expect(await positions('events.archive')).toEqual(upTo(3));
});

test('a round moves a bounded number, and relays side by side move each event once', async () => {
  await fillOutbox(desk.database, 1_230);
  await sql`delete from orders.outbox using events.log
    where log.order_id = outbox.order_id`.execute(desk.database);
  await desk.publishAll();
  await age(1_230);
  expect(await archiveRound(desk.database, 30)).toBe(true);
  expect(await positions('events.archive')).toHaveLength(1_000);
  await Promise.all([archiveRound(desk.database, 30), archiveRound(desk.database, 30)]);
  expect(await positions('events.archive')).toEqual(upTo(1_230));
  expect(await positions('events.log')).toEqual([]);
});
