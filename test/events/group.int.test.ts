import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { execute, openDatabase, type Database } from '../../src/db/database.js';
import { ConsumerUnavailable, type RelayConsumer } from '../../src/events/consumer.js';
import { lookAtGroups } from '../../src/events/group-clock.js';
import { Group } from '../../src/events/group.js';
import { headPosition } from '../../src/events/log.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import { createTail } from '../../src/events/tail.js';
import {
  anEvent,
  betweenAnswers,
  eventsOf,
  ids,
  losingAnswers,
  makeDue,
  newOrderId,
  openEventLog,
  recorder,
  refusing,
  useEventLog,
} from './event-log.js';

const log = useEventLog();
let name = '';
beforeEach(async () => {
  name = await log.newGroup('tail');
});

/** A process with the tail of the log and one group, which has taken what is there. */
async function open(consumer: RelayConsumer, database: Database = log.database) {
  const tail = createTail(database);
  await tail.read();
  const group = new Group(database, consumer, tail);
  const drain = async () => {
    while ((await group.round()).hasMore);
  };
  await drain();
  return { tail, group, drain, look: () => lookAtGroups(database, [group]) };
}

/** A database that counts the statements, without `begin` and `commit`. */
function counting() {
  let statements = 0;
  const database = betweenAnswers(log.database, () => {
    statements += 1;
  });
  return { database, statements: () => statements };
}

test('new events are read once for all groups of a process, each of which has its effects', async () => {
  const names = [name, await log.newGroup('tail'), await log.newGroup('tail')];
  const consumers = await Promise.all(names.map((one) => recorder(log.database, one)));
  const { database, statements } = counting();
  const tail = createTail(database);
  await tail.read();
  const groups = consumers.map((consumer) => new Group(database, consumer, tail));
  for (const group of groups) await group.round();
  const before = statements();
  const events = eventsOf(newOrderId(), 5);
  await log.publish(events);
  expect(await tail.read()).toBe(true);
  for (const group of groups) expect(await group.round()).toEqual({ events: 5, hasMore: false });
  // One for the tail; each group moves and has its effect.
  expect(statements() - before).toBe(1 + 3 * 2);
  for (const group of groups) expect(await group.round()).toEqual({ events: 0, hasMore: false });
  expect(statements() - before).toBe(1 + 3 * 2);
  for (const consumer of consumers) expect(await consumer.effects()).toEqual(ids(events));
});

test('a group passes over events of other types without a statement, and the clock stores how far', async () => {
  const consumer = { ...(await recorder(log.database, name)), types: ['payment.captured'] };
  const { database, statements } = counting();
  const { tail, group, look } = await open(consumer, database);
  const orderId = newOrderId();
  await log.publish(eventsOf(orderId, 3));
  await tail.read();
  const before = statements();
  await group.round();
  expect(statements()).toBe(before);
  await look();
  expect(await log.positionOf(name)).toBe(await headPosition(log.database));
  const wanted = anEvent(orderId, 4, 'payment.captured');
  await log.publish([wanted, anEvent(orderId, 5)]);
  await tail.read();
  await group.round();
  expect(await consumer.effects()).toEqual([wanted.id]);
});

test('a group that is behind the tail reads the log itself, and then the tail', async () => {
  const [old, recent] = [eventsOf(newOrderId(), 3), eventsOf(newOrderId(), 3)];
  await log.publish(old);
  const consumer = await recorder(log.database, name);
  const { tail, group, drain } = await open(consumer);
  expect(await consumer.effects()).toEqual(ids(old));
  await log.publish(recent);
  await tail.read();
  await drain();
  expect(await consumer.effects()).toEqual(ids([...old, ...recent]));
  expect(group.place?.position).toBe(await headPosition(log.database));
});

test('a group that was moved back to the first event begins again, though the log is quiet', async () => {
  const before = await log.positionOf(name);
  const events = eventsOf(newOrderId(), 4);
  const consumer = await recorder(log.database, name);
  const { tail, drain, look } = await open(consumer);
  await log.publish(events);
  await tail.read();
  await drain();
  await execute(log.database)`update events.groups set position = ${before} where name = ${name}`;
  await look();
  await drain();
  expect(await consumer.effects()).toEqual(ids([...events, ...events]));
});

test('a group in two processes has each effect once, whoever is first', async () => {
  const consumer = await recorder(log.database, name);
  const [one, two] = [await open(consumer), await open(consumer)];
  const events = eventsOf(newOrderId(), 40);
  for (let at = 0; at < events.length; at += 4) {
    await log.publish(events.slice(at, at + 4));
    await Promise.all([one.tail.read(), two.tail.read()]);
    await Promise.all([one.drain(), two.drain()]);
  }
  expect(await consumer.effects()).toEqual(ids(events));
});

test('a group whose commit was not answered has one effect, and continues behind it', async () => {
  let isCut = false;
  const consumer = await recorder(log.database, name);
  const database = losingAnswers(log.database, () => isCut);
  const { tail, group, drain } = await open(consumer, database);
  const events = eventsOf(newOrderId(), 5);
  await log.publish(events.slice(0, 3));
  await tail.read();
  isCut = true;
  await expect(group.round()).rejects.toThrow(ConsumerUnavailable);
  isCut = false;
  await log.publish(events.slice(3));
  await tail.read();
  await drain();
  expect(await consumer.effects()).toEqual(ids(events));
});

test('an event of the tail that is refused alone is quarantined, and taken when the clock says so', async () => {
  const [bad, good] = [eventsOf(newOrderId(), 2), eventsOf(newOrderId(), 2)];
  let isRefusing = true;
  const isPoison = ({ id }: { id: string }) => isRefusing && id === bad[0]!.id;
  const consumer = await refusing(log.database, name, isPoison);
  const { tail, group, drain, look } = await open(consumer);
  await log.publish([good[0]!, bad[0]!, bad[1]!, good[1]!]);
  await tail.read();
  await drain();
  expect(await consumer.effects()).toEqual(ids(good));
  expect((await log.quarantined(name)).map(({ state }) => state)).toEqual(['retrying', 'held']);
  isRefusing = false;
  await makeDue(log.database);
  expect(await group.round()).toEqual({ events: 0, hasMore: false });
  await look();
  expect(await group.round()).toEqual({ events: 2, hasMore: true });
  expect(await consumer.effects()).toEqual(ids([...good, ...bad]));
});

test('what a server had that is gone has no effect on the one that took its place', async () => {
  const fresh = await openEventLog();
  await sql`create schema later;
    create table later.start (at timestamptz);
    insert into later.start values ('2026-01-05T09:00:00.123456Z');
    create function later.pg_postmaster_start_time() returns timestamptz language sql
      as 'select at from later.start'`.execute(fresh.database);
  const url = new URL(fresh.url);
  url.searchParams.set('options', '-c search_path=later,pg_catalog,public');
  const database = openDatabase({ url: url.href, poolSize: 2 });
  const consumer = await recorder(fresh.database, 'moved');
  const { tail, group, drain, look } = await open(consumer, database);
  const [kept, lost, instead] = [newOrderId(), newOrderId(), newOrderId()].map((id) =>
    eventsOf(id, 2),
  ) as [OrderEvent[], OrderEvent[], OrderEvent[]];
  await fresh.publish(kept);
  await tail.read();
  await drain();
  await fresh.publish(lost);
  await tail.read();
  await sql`delete from events.log where position > 2; update events.head set position = 2;
    update later.start set at = at + interval '1 microsecond'`.execute(fresh.database);
  await fresh.publish(instead);
  expect(await group.round()).toEqual({ events: 0, hasMore: true });
  await look();
  await tail.read();
  await drain();
  expect(await consumer.effects()).toEqual(ids([...kept, ...instead]));
  await database.destroy();
  await fresh.stop();
});
