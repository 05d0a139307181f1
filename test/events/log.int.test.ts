import { sql } from 'kysely';
import { beforeAll, expect, test, vi } from 'vitest';
import { listen } from '../../src/events/listen.js';
import {
  eventsOfOrder,
  findEvent,
  headPosition,
  readHistory,
  readLog,
} from '../../src/events/log.js';
import { waitFor } from '../support/wait-for.js';
import { fillOutbox, useEventLog } from './event-log.js';

const log = useEventLog();
beforeAll(async () => {
  expect(await headPosition(log.database)).toBe(0);
  await fillOutbox(log.database, 25);
  await log.publishAll();
});

test('the log is read by position, in bounded portions', async () => {
  const first = await readLog(log.database, 0, 10);
  expect(first.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(await readLog(log.database, 20, 10)).toHaveLength(5);
  expect(await readLog(log.database, 25, 10)).toEqual([]);
  expect(await headPosition(log.database)).toBe(25);
});

test('a page of the history says where the next one begins, and whether there is more', async () => {
  const page = await readHistory(log.database, 0, 20);
  expect(page).toMatchObject({ position: 20, hasMore: true });
  const rest = await readHistory(log.database, page.position, 20);
  expect(rest).toMatchObject({ position: 25, hasMore: false });
  expect(rest.events).toHaveLength(5);
  expect(await readHistory(log.database, 25, 20)).toEqual({
    events: [],
    position: 25,
    hasMore: false,
  });
});

test('a page that is exactly full ends where the log ends', async () => {
  expect(await readHistory(log.database, 5, 20)).toMatchObject({ position: 25, hasMore: false });
});

test('the history can be read for one order, or for one type', async () => {
  const { event } = (await readLog(log.database, 14, 1))[0]!;
  const ofOrder = await readHistory(log.database, 0, 100, { orderId: event.subject });
  expect(ofOrder.events.map((logged) => logged.event.ordersequence)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ]);
  const ofNone = await readHistory(log.database, 0, 100, { type: 'order.placed' });
  expect(ofNone).toEqual({ events: [], position: 25, hasMore: false });
  const ofAll = await readHistory(log.database, 0, 100, { type: 'order.confirmed' });
  expect(ofAll.events).toHaveLength(25);
});

test('an event is found by its id, and those of an order by their sequence', async () => {
  const { event } = (await readLog(log.database, 11, 1))[0]!;
  expect(await findEvent(log.database, event.id)).toEqual(event);
  expect(await findEvent(log.database, 'evt_of_nobody')).toBeUndefined();
  const later = await eventsOfOrder(log.database, event.subject, 8, 100);
  expect(later.map(({ ordersequence }) => ordersequence)).toEqual([9, 10]);
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
