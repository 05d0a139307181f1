import { beforeAll, expect, test } from 'vitest';
import { postgresJournal } from '../../src/adapters/postgres-journal.js';
import type { OrderId } from '../../src/domain/ids.js';
import { toOrderEvent } from '../../src/events/catalogue/to-order-event.js';
import { publishRound } from '../../src/events/publisher.js';
import { placeOrder, useTestApi } from '../support/test-api.js';
import { catalogue, eventTypes } from '../../src/events/catalogue/catalogue.js';
import { readText } from '../docs/pages.js';

const api = useTestApi();
const orderIds: OrderId[] = [];
beforeAll(async () => {
  for (let n = 0; n < 3; n += 1) orderIds.push((await placeOrder(api)).id);
  await postgresJournal(api.database).append({
    orderId: orderIds[0]!,
    key: 'confirmed',
    facts: [{ type: 'order.confirmed' }],
  });
  await publishRound(api.database, toOrderEvent);
});

interface Page {
  readonly data: readonly {
    readonly id: string;
    readonly type: string;
    readonly subject: string;
  }[];
  readonly has_more: boolean;
  readonly next_cursor: string;
}

const page = async (query = ''): Promise<Page> =>
  (await api.http.get(`/v1/events${query}`).expect(200)).body as Page;

const typesOf = ({ data }: Page) => data.map(({ type }) => type);

test('the feed begins at the first event and has all of them in one order', async () => {
  const all = await page();
  expect(typesOf(all)).toEqual(['order.placed', 'order.placed', 'order.placed', 'order.confirmed']);
  expect(all).toMatchObject({ object: 'list', has_more: false });
  expect(all.data.map(({ subject }) => subject)).toEqual([...orderIds, orderIds[0]]);
});

test('a reader that goes from cursor to cursor sees each event once, and then waits at the end', async () => {
  const first = await page('?limit=3');
  expect(first.has_more).toBe(true);
  const second = await page(`?limit=3&after=${first.next_cursor}`);
  expect(second.has_more).toBe(false);
  expect([...first.data, ...second.data]).toEqual((await page()).data);
  const end = await page(`?after=${second.next_cursor}`);
  expect(end).toMatchObject({ data: [], has_more: false, next_cursor: second.next_cursor });
});

test('the feed can be read for one type and for one order', async () => {
  expect(typesOf(await page('?type=order.confirmed'))).toEqual(['order.confirmed']);
  expect(typesOf(await page(`?order_id=${orderIds[0]!}`))).toEqual([
    'order.placed',
    'order.confirmed',
  ]);
  expect(typesOf(await page(`?order_id=${orderIds[1]!}&type=order.confirmed`))).toEqual([]);
});

test('an event is a CloudEvent, found by its id, and says nothing of who the customer is', async () => {
  const [event] = (await page()).data;
  const response = await api.http.get(`/v1/events/${event!.id}`).expect(200);
  expect(response.body).toEqual(event);
  expect(Object.keys(response.body as object).slice(0, 4)).toEqual([
    'specversion',
    'id',
    'source',
    'type',
  ]);
  expect(response.body).toMatchObject({ specversion: '1.0', ordersequence: 1 });
  expect(response.text).not.toMatch(/Ada|example\.com|Main Street|pm_card/);
});

test.each([
  ['an id that nobody has', 'evt_01h455vb4pex5vsknk084sn02q_1'],
  ['an id that nobody can have', 'evt_%00'],
  ['an order in its place', 'ord_01h455vb4pex5vsknk084sn02q'],
])('%s is not found', async (_name, id) => {
  const { body } = await api.http.get(`/v1/events/${id}`).expect(404);
  expect(body).toMatchObject({ code: 'event_not_found' });
});

test('there is nothing to write here', async () => {
  const response = await api.http.post('/v1/events').send({}).expect(405);
  expect(response.headers['allow']).toBe('GET, HEAD');
});

test('the schema of each event is answered as it is in docs/events', async () => {
  for (const type of eventTypes) {
    const { version } = catalogue[type];
    const { body } = await api.http.get(`/v1/event-schemas/${type}/${version}`).expect(200);
    expect(body).toEqual(JSON.parse(readText(`docs/events/schemas/${type}.${version}.json`)));
  }
});

test.each([
  'order.placed/2',
  'order.placed/0',
  'order.placed/01',
  'order.placed/1.0',
  'order.placed/latest',
  'order.placed/99999999999999999999',
  'order.vanished/1',
  'constructor/1',
  '__proto__/1',
  '%00/1',
])('an unknown schema %s is answered 404', async (name) => {
  const { body } = await api.http.get(`/v1/event-schemas/${name}`).expect(404);
  expect(body).toMatchObject({ code: 'event_schema_not_found', status: 404 });
});

test('a schema can only be read', async () => {
  const { headers } = await api.http.post('/v1/event-schemas/order.placed/1').expect(405);
  expect(headers['allow']).toBe('GET, HEAD');
});
