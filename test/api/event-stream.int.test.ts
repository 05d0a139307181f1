import { afterEach, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import { toOrderEvent } from '../../src/events/catalogue/to-order-event.js';
import { publishRound } from '../../src/events/publisher.js';
import { createNotifier } from '../../src/runtime/notifier.js';
import { placeOrder, useTestApi } from '../support/test-api.js';
import { waitFor } from '../support/wait-for.js';
import { openEvents, type EventReader } from './event-reader.js';

const notifier = createNotifier();
const usual = useTestApi({ streaming: { pollMs: 20, keepAliveMs: 20 } });
const limited = useTestApi({ streaming: { pollMs: 20, limit: 2 } });
const notified = useTestApi({ streaming: { pollMs: 60_000, onPublished: notifier.subscribe } });

const readers: EventReader[] = [];
afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
});

async function read(orderId: OrderId, query = '', headers = {}, api = usual): Promise<EventReader> {
  const reader = await openEvents(`${api.url}/v1/orders/${orderId}/events${query}`, headers);
  readers.push(reader);
  return reader;
}

/** An order with one published event. */
async function anOrder(api = usual): Promise<OrderId> {
  const { id } = await placeOrder(api);
  await publishRound(api.database, toOrderEvent);
  return id;
}

/** Something happens to the order, and is published. */
async function recordFact(orderId: OrderId, api = usual): Promise<void> {
  await api.write(orderId, [{ type: 'code.sent', channel: 'sms', number: 1 }]);
  await publishRound(api.database, toOrderEvent);
}

test('a stream sends past events, then new ones, each once and in order', async () => {
  const orderId = await anOrder();
  await recordFact(orderId);
  const reader = await read(orderId);
  expect(await reader.ids(2)).toEqual(['1', '2']);
  for (let n = 0; n < 10; n += 1) await recordFact(orderId);
  expect(await reader.ids(12)).toEqual(Array.from({ length: 12 }, (_, index) => `${index + 1}`));
  const { event, data } = reader.received[0]!;
  expect(event).toBe('order.placed');
  expect(JSON.parse(data)).toMatchObject({
    specversion: '1.0',
    subject: orderId,
    ordersequence: 1,
  });
});

test('a stream sends the events of its own order only', async () => {
  const [mine, other] = [await anOrder(), await anOrder()];
  const reader = await read(mine);
  await recordFact(other);
  await recordFact(mine);
  await reader.ids(2);
  expect(
    reader.received.map(({ data }) => (JSON.parse(data) as { subject: string }).subject),
  ).toEqual([mine, mine]);
});

test('a notification makes a stream send an event long before the next poll', async () => {
  const orderId = await anOrder(notified);
  const reader = await read(orderId, '', {}, notified);
  await reader.ids(1);
  await recordFact(orderId, notified);
  // Until the first look has set its mark, a ring may find nothing new.
  await waitFor(
    'the second event',
    () => {
      notifier.notify();
      expect(reader.received).toHaveLength(2);
    },
    5_000,
  );
});

test('a reader that reconnects names its last event, by header or query, and misses nothing', async () => {
  const orderId = await anOrder();
  await recordFact(orderId);
  await recordFact(orderId);
  const byHeader = await read(orderId, '', { 'last-event-id': '1' });
  expect(await byHeader.ids(2)).toEqual(['2', '3']);
  const byQuery = await read(orderId, '?last_event_id=2');
  expect(await byQuery.ids(1)).toEqual(['3']);
  const both = await read(orderId, '?last_event_id=0', { 'last-event-id': '2' });
  expect(await both.ids(1)).toEqual(['3']);
});

test('events that happen while a stream opens are sent', async () => {
  const orderId = await anOrder();
  const [reader] = await Promise.all([read(orderId), recordFact(orderId), recordFact(orderId)]);
  expect(await reader.ids(3)).toEqual(['1', '2', '3']);
});

test('a stream is never cached, never compressed, and is kept open by comments', async () => {
  const reader = await read(await anOrder(), '', { 'accept-encoding': 'gzip' });
  const { headers, status } = reader.response;
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/event-stream');
  expect(headers.get('cache-control')).toContain('no-transform');
  expect(headers.get('content-encoding')).toBeNull();
  await waitFor('two comments', () => {
    expect(reader.comments.length).toBeGreaterThan(1);
  });
});

test('streams beyond the limit are refused until one is closed', async () => {
  const orderId = await anOrder(limited);
  const open = () => read(orderId, '', {}, limited);
  const first = await open();
  await Promise.all([first.ids(1), (await open()).ids(1)]);
  const refused = await limited.http.get(`/v1/orders/${orderId}/events`).expect(503);
  expect(refused.body).toMatchObject({ code: 'too_many_streams' });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  first.close();
  await waitFor('room for one more stream', async () => {
    expect((await open()).response.status).toBe(200);
  });
});

test('a stream outlives a moment in which the database cannot be read', async () => {
  const orderId = await anOrder();
  const reader = await read(orderId);
  await reader.ids(1);
  await usual.run`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`;
  await waitFor('the database to be back', () => recordFact(orderId));
  expect(await reader.ids(2)).toEqual(['1', '2']);
});

test('asking for the headers alone opens no stream', async () => {
  const orderId = await anOrder(limited);
  for (let n = 0; n < 3; n += 1) {
    await limited.http.head(`/v1/orders/${orderId}/events`).expect(200);
  }
  const reader = await read(orderId, '', {}, limited);
  expect(await reader.ids(1)).toEqual(['1']);
});

test('a stream is refused for a last event that is none, and for a Host that is none', async () => {
  const path = `/v1/orders/${await anOrder()}/events`;
  const { body } = await usual.http.get(path).set('Last-Event-ID', 'evt_1').expect(400);
  expect(body).toMatchObject({ code: 'invalid_header' });
  await usual.http.get(path).set('host', '[').expect(400);
});
