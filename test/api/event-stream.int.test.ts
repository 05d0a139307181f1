import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventStreamOptions } from '../../src/api/event-streams.js';
import { openDatabase } from '../../src/db/database.js';
import { seedCatalogue } from '../../src/db/seed.js';
import type { OrderId } from '../../src/domain/ids.js';
import { createNotifier } from '../../src/runtime/notifier.js';
import { toOrderEvent } from '../../src/events/catalogue/to-order-event.js';
import { publishRound } from '../../src/events/publisher.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { waitFor } from '../support/wait-for.js';
import { EventReader } from './event-reader.js';
import { placeOrder, startTestApi, type TestApi } from '../support/test-api.js';

let store: TestDatabase;
let api: TestApi;
const notifier = createNotifier();
const readers: EventReader[] = [];

beforeEach(async () => {
  store = await testDatabase({ migrated: true });
  await seedCatalogue(store.url);
});
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  await api.stop();
  await store.drop();
});

async function start(options: Partial<EventStreamOptions> = {}): Promise<void> {
  const database = openDatabase({ url: store.url, poolSize: 5 });
  api = await startTestApi({ database, streaming: { pollMs: 20, ...options } });
}

async function read(orderId: OrderId, query = '', headers = {}): Promise<EventReader> {
  const reader = await EventReader.open(`${api.url}/v1/orders/${orderId}/events${query}`, headers);
  readers.push(reader);
  return reader;
}

/** An order with one published event. */
async function anOrder(): Promise<OrderId> {
  const { id } = await placeOrder(api);
  await publishRound(api.database, toOrderEvent);
  return id;
}

/** Something happens to the order, and is published. */
async function recordFact(orderId: OrderId): Promise<void> {
  await api.write(orderId, [{ type: 'code.sent', channel: 'sms', number: 1 }]);
  await publishRound(api.database, toOrderEvent);
}

test('a stream sends past events, then new ones, each once and in order', async () => {
  await start();
  const orderId = await anOrder();
  await recordFact(orderId);
  const reader = await read(orderId);
  expect(await reader.ids(2)).toEqual(['1', '2']);
  for (let n = 0; n < 10; n += 1) await recordFact(orderId);
  expect(await reader.ids(12)).toEqual(Array.from({ length: 12 }, (_, index) => `${index + 1}`));
  const { event, data } = reader.heard[0]!;
  expect(event).toBe('order.placed');
  expect(JSON.parse(data)).toMatchObject({
    specversion: '1.0',
    subject: orderId,
    ordersequence: 1,
  });
});

test('a stream sends the events of its own order only', async () => {
  await start();
  const [mine, other] = [await anOrder(), await anOrder()];
  const reader = await read(mine);
  await recordFact(other);
  await recordFact(mine);
  await reader.ids(2);
  expect(reader.heard.map(({ data }) => (JSON.parse(data) as { subject: string }).subject)).toEqual(
    [mine, mine],
  );
});

test('a notification makes a stream send an event long before the next poll', async () => {
  await start({ pollMs: 60_000, onPublished: notifier.subscribe });
  const orderId = await anOrder();
  const reader = await read(orderId);
  await reader.ids(1);
  await recordFact(orderId);
  // Until the first look has set its mark, a ring may find nothing new.
  await waitFor(
    'the second event',
    () => {
      notifier.notify();
      expect(reader.heard).toHaveLength(2);
    },
    5_000,
  );
});

test('a reader that reconnects names its last event, by header or query, and misses nothing', async () => {
  await start();
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
  await start();
  const orderId = await anOrder();
  const [reader] = await Promise.all([read(orderId), recordFact(orderId), recordFact(orderId)]);
  expect(await reader.ids(3)).toEqual(['1', '2', '3']);
});

test('a stream is never cached, never compressed, and is kept open by comments', async () => {
  await start({ keepAliveMs: 20 });
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
  await start({ limit: 2 });
  const orderId = await anOrder();
  const first = await read(orderId);
  await Promise.all([first.ids(1), (await read(orderId)).ids(1)]);
  const refused = await api.http.get(`/v1/orders/${orderId}/events`).expect(503);
  expect(refused.body).toMatchObject({ code: 'too_many_streams' });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  first.close();
  await waitFor('room for one more stream', async () => {
    expect((await read(orderId)).response.status).toBe(200);
  });
});

test('a stream outlives a moment in which the database cannot be read', async () => {
  await start();
  const orderId = await anOrder();
  const reader = await read(orderId);
  await reader.ids(1);
  const other = openDatabase({ url: store.url, poolSize: 1 });
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(other);
  await other.destroy();
  await waitFor('the database to be back', () => recordFact(orderId));
  expect(await reader.ids(2)).toEqual(['1', '2']);
});

test('asking for the headers alone opens no stream', async () => {
  await start({ limit: 1 });
  const orderId = await anOrder();
  await api.http.head(`/v1/orders/${orderId}/events`).expect(200);
  const reader = await read(orderId);
  expect(await reader.ids(1)).toEqual(['1']);
});

test('a stream is refused for a last event that is none, and for a Host that is none', async () => {
  await start();
  const path = `/v1/orders/${await anOrder()}/events`;
  const { body } = await api.http.get(path).set('Last-Event-ID', 'evt_1').expect(400);
  expect(body).toMatchObject({ code: 'invalid_header' });
  await api.http.get(path).set('host', '[').expect(400);
});
