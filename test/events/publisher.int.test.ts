import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { execute, openDatabase, type Database } from '../../src/db/database.js';
import type { OrderId } from '../../src/domain/ids.js';
import { publishRound, type EventMaker } from '../../src/events/publisher.js';
import { publisherDeadLetters } from '../../src/events/publisher-dead-letters.js';
import {
  betweenAnswers,
  fillOutbox,
  loseAnswer,
  plainEvent,
  publishAll,
  useEventLog,
} from './event-log.js';

const log = useEventLog({ perTest: true });

const confirmed = { type: 'order.confirmed' } as const;

const addFact = (
  orderId: OrderId,
  sequence: number,
  type: string,
  database: Database = log.database,
) =>
  execute(database)`insert into orders.outbox (order_id, sequence, type, data, at)
    values (${orderId}, ${sequence}, ${type}, '{}', now())`;

const listUnpublished = () => publisherDeadLetters.list(log.database, {}, { limit: 10 });

/** As a catalogue that does not have one type. */
const knowsNot =
  (type: string): EventMaker =>
  (row) => {
    if (row.type === type) throw new Error(`no event for ${type}`);
    return plainEvent(row);
  };

test('facts come to the log in their order, at positions without a gap, and leave the outbox', async () => {
  const [first, second] = [await log.newOrder(), await log.newOrder()];
  await log.append(first, confirmed, { type: 'payment.voided' });
  await log.append(second, confirmed);
  expect(await log.publishAll()).toBe(3);
  expect(await log.rows()).toEqual([
    { position: 1, orderId: first, sequence: 1, type: 'order.confirmed' },
    { position: 2, orderId: first, sequence: 2, type: 'payment.voided' },
    { position: 3, orderId: second, sequence: 1, type: 'order.confirmed' },
  ]);
  expect(await log.waiting()).toBe(0);
  await log.append(first, { type: 'order.delivered' });
  await log.publishAll();
  expect((await log.rows()).at(-1)).toMatchObject({ position: 4, sequence: 3 });
});

test('a transaction that commits late is published late, and not skipped', async () => {
  const [late, early] = [await log.newOrder(), await log.newOrder()];
  const slow = await log.database.startTransaction().execute();
  await addFact(late, 1, 'order.confirmed', slow);
  await log.append(early, confirmed);
  await log.publishAll();
  expect((await log.rows()).map(({ orderId }) => orderId)).toEqual([early]);
  await slow.commit().execute();
  await log.publishAll();
  expect((await log.rows()).map(({ orderId }) => orderId)).toEqual([early, late]);
});

test('writers that race for one order are published in its sequence', async () => {
  const orderId = await log.newOrder();
  const writers = Promise.all(
    Array.from({ length: 5 }, async () => {
      for (let n = 0; n < 10; n += 1)
        await log.append(orderId, confirmed, { type: 'code.sent', channel: 'sms', number: n });
    }),
  );
  while ((await log.rows(orderId)).length < 100) await log.publishAll();
  await writers;
  const sequences = (await log.rows(orderId)).map(({ sequence }) => sequence);
  expect(sequences).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
});

test('a fact without an event holds back its order, and no other', async () => {
  const [ill, well] = [await log.newOrder(), await log.newOrder()];
  await addFact(ill, 1, 'order.confirmed');
  await addFact(ill, 2, 'no.such');
  await addFact(ill, 3, 'order.delivered');
  await addFact(well, 1, 'order.confirmed');
  const round = await publishRound(log.database, knowsNot('no.such'));
  expect(round).toMatchObject({ published: 2, isFull: false });
  expect((await log.rows(ill)).map(({ sequence }) => sequence)).toEqual([1]);
  expect(await log.rows(well)).toHaveLength(1);
  await addFact(well, 2, 'order.delivered');
  expect(await publishRound(log.database, knowsNot('no.such'))).toMatchObject({ published: 1 });
  expect(await publishRound(log.database, knowsNot('no.such'))).toMatchObject({ isIdle: true });
  expect(await listUnpublished()).toMatchObject([
    {
      event: { orderId: ill, sequence: 2, type: 'no.such' },
      error: 'Error: no event for no.such',
      attempts: 1,
      heldBack: 1,
    },
  ]);
});

test('an order that was held back goes on in its sequence when its fact has an event', async () => {
  const orderId = await log.newOrder();
  await addFact(orderId, 1, 'no.such');
  await addFact(orderId, 2, 'order.delivered');
  await publishRound(log.database, knowsNot('no.such'));
  expect(await publisherDeadLetters.replayAll(log.database, {}, { by: 'mia', limit: 9 })).toBe(1);
  await publishRound(log.database, knowsNot('no.such'));
  expect(await listUnpublished()).toMatchObject([{ attempts: 2 }]);
  await log.publishAll();
  expect(await log.rows()).toEqual([]);
  await execute(log.database)`update events.unpublished set retry_at = now()`;
  await log.publishAll();
  expect((await log.rows()).map(({ sequence }) => sequence)).toEqual([1, 2]);
  expect(await listUnpublished()).toEqual([]);
});

test('an order whose facts somebody took away is held back no more', async () => {
  const orderId = await log.newOrder();
  await addFact(orderId, 1, 'no.such');
  await publishRound(log.database, knowsNot('no.such'));
  await sql`delete from orders.outbox where order_id = ${orderId}`.execute(log.database);
  expect(await listUnpublished()).toEqual([]);
});

test('a fact that the log does not take holds back its order, and no other', async () => {
  await fillOutbox(log.database, 20);
  await execute(log.database)`
    insert into events.log (position, event_id, order_id, sequence, type, version, event, at)
    values (0, 'evt_of_somebody', 'ord_00000000000000000000000001', 3, 'x', 1, '{}', now())`;
  const round = await publishRound(log.database, plainEvent);
  expect(round.published).toBe(12);
  expect(await listUnpublished()).toMatchObject([{ event: { sequence: 3 }, heldBack: 7 }]);
  const positions = (await log.rows()).map(({ position }) => position);
  expect(positions).toEqual(Array.from({ length: 13 }, (_, index) => index));
});

test('of two publishers one works, and the other does not wait for it', async () => {
  await fillOutbox(log.database, 1);
  await log.database.transaction().execute(async (transaction) => {
    await sql`select from events.head for update`.execute(transaction);
    expect(await publishRound(log.database, plainEvent)).toMatchObject({ isIdle: true });
  });
  expect(await publishRound(log.database, plainEvent)).toMatchObject({ published: 1 });
});

test('publishers side by side publish everything, once and in order', async () => {
  const other = openDatabase({ url: log.url, poolSize: 2 });
  await fillOutbox(log.database, 6_000);
  while ((await log.waiting()) > 0) {
    await Promise.all([publishAll(log.database), publishAll(other)]);
  }
  const rows = await log.rows();
  expect(rows.map(({ position }) => position)).toEqual(rows.map((_, index) => index + 1));
  expect(rows).toHaveLength(6_000);
  const last = new Map<string, number>();
  for (const { orderId, sequence } of rows) {
    expect(sequence).toBe((last.get(orderId) ?? 0) + 1);
    last.set(orderId, sequence);
  }
  await other.destroy();
});

test('a publisher that is killed before its commit loses nothing and doubles nothing', async () => {
  await fillOutbox(log.database, 700);
  await sql`
    create function die() returns trigger language plpgsql as $$ begin
      perform pg_terminate_backend(pg_backend_pid());
      return null;
    end $$`.execute(log.database);
  await sql`create constraint trigger die after insert on events.log deferrable initially deferred
    for each row execute function die()`.execute(log.database);
  const mortal = openDatabase({ url: log.url, poolSize: 1 });
  await expect(publishRound(mortal, plainEvent)).rejects.toThrow();
  await mortal.destroy();
  expect(await log.rows()).toEqual([]);
  expect(await log.waiting()).toBe(700);
  await sql`drop trigger die on events.log`.execute(log.database);
  expect(await log.publishAll()).toBe(700);
  expect((await log.rows()).at(-1)?.position).toBe(700);
});

test('facts that another publisher has published since they were read are published once', async () => {
  await fillOutbox(log.database, 20);
  let isFirst = true;
  const slow = betweenAnswers(log.database, async () => {
    if (!isFirst) return;
    isFirst = false;
    await publishAll(log.database);
  });
  expect(await publishRound(slow, plainEvent)).toMatchObject({ isIdle: true, published: 0 });
  expect(await log.rows()).toHaveLength(20);
  expect(await listUnpublished()).toEqual([]);
});

test('facts whose publication was not answered are published once', async () => {
  await fillOutbox(log.database, 20);
  let answers = 0;
  const cut = betweenAnswers(log.database, () => {
    answers += 1;
    if (answers === 2) loseAnswer();
  });
  await expect(publishRound(cut, plainEvent)).rejects.toThrow('the connection was lost');
  expect(await log.publishAll()).toBe(0);
  expect(await log.rows()).toHaveLength(20);
});
