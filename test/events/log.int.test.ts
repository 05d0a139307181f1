import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { allValues } from '../../src/db/database.js';
import { listen } from '../../src/events/listen.js';
import { eventsOfOrder, findEvent, headPosition, readHistory } from '../../src/events/log.js';
import { retentionBatch } from '../../src/db/retention.js';
import { waitFor } from '../support/wait-for.js';
import { fillOutbox, strictRound, useEventLog } from './event-log.js';

const log = useEventLog();
beforeAll(async () => {
  expect(await headPosition(log.database)).toBe(0);
  await fillOutbox(log.database, 25);
  await log.publishAll();
});

test('a page of the history says where the next one begins, and whether there is more', async () => {
  const page = await readHistory(log.database, 0, 20);
  expect(page).toMatchObject({ position: 20, hasMore: true });
  const rest = await readHistory(log.database, page.position, 20);
  expect(rest).toMatchObject({ position: 25, hasMore: false });
  expect(rest.events).toHaveLength(5);
  const end = { position: 25, hasMore: false };
  expect(await readHistory(log.database, 25, 20)).toEqual({ events: [], ...end });
  // One that is exactly full.
  expect(await readHistory(log.database, 5, 20)).toMatchObject(end);
});

const channels = ['orders_outbox', 'events_log'];

const notify = (channel: string) => sql`select pg_notify(${channel}, '')`.execute(log.database);

const endListeners = () =>
  sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen%'`.execute(log.database);

test('a notification wakes the listeners of its channel, and no others', async () => {
  const listener = listen({ url: log.url, channels, onError: () => undefined });
  const outbox = vi.fn();
  const published = vi.fn();
  const forgetOutbox = listener.on('orders_outbox', outbox);
  listener.on('events_log', published);
  await waitFor('call 1 of published', () => published.mock.calls.length === 1);
  outbox.mockClear();
  await notify('events_log');
  await waitFor('call 2 of published', () => published.mock.calls.length === 2);
  expect(outbox).not.toHaveBeenCalled();
  forgetOutbox();
  await notify('orders_outbox');
  await notify('events_log');
  await waitFor('call 3 of published', () => published.mock.calls.length === 3);
  expect(outbox).not.toHaveBeenCalled();
  await listener.stop();
});

test('a listener that lost its connection opens it again and wakes all: it may have missed something', async () => {
  const onError = vi.fn();
  const listener = listen({ url: log.url, channels, onError });
  const wake = vi.fn();
  listener.on('events_log', wake);
  await waitFor('call 1 of wake', () => wake.mock.calls.length === 1);
  await endListeners();
  await waitFor('call 2 of wake', () => wake.mock.calls.length === 2);
  expect(onError).toHaveBeenCalled();
  await notify('events_log');
  await waitFor('call 3 of wake', () => wake.mock.calls.length === 3);
  await listener.stop();
});

test('a listener that cannot connect reports it, and stops all the same', async () => {
  const onError = vi.fn();
  const url = 'postgres://nobody@127.0.0.1:9/nothing';
  const listener = listen({ url, channels, onError });
  await waitFor('call 2 of onError', () => onError.mock.calls.length > 1);
  await listener.stop();
});

describe('the retention of events', () => {
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

  const positions = (table: 'events.log' | 'events.archive') =>
    allValues<number>(log.database)`select position from ${sql.table(table)} order by position`;

  const upTo = (last: number, first = 1) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index);

  test('what is old goes to the archive, and the history is the same as before', async () => {
    const before = await readHistory(log.database, 0, 100);
    await age(12);
    expect(await strictRound(log.database)).toBe(false);
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
    await strictRound(log.database);
    expect(await positions('events.archive')).toEqual(upTo(7));
  });

  test('the archive is a beginning without a gap: an old event behind a young one waits for it', async () => {
    await age(30);
    await sql`update events.log set published_at = now() where position = 4`.execute(log.database);
    await strictRound(log.database);
    expect(await positions('events.archive')).toEqual(upTo(3));
  });

  test('a round moves a bounded number, and relays side by side move each event once', async () => {
    await fillOutbox(log.database, 730);
    await sql`delete from orders.outbox using events.log
    where log.order_id = outbox.order_id`.execute(log.database);
    await log.publishAll();
    await age(730);
    expect(await strictRound(log.database)).toBe(true);
    expect(await positions('events.archive')).toHaveLength(retentionBatch);
    await Promise.all([strictRound(log.database), strictRound(log.database)]);
    expect(await positions('events.archive')).toEqual(upTo(730));
    expect(await positions('events.log')).toEqual([]);
  });
});
