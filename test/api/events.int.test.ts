import { beforeAll, describe, expect, test } from 'vitest';
import type { OrderBody } from '../../src/api/representation.js';
import { allRows } from '../../src/db/database.js';
import type { OrderId } from '../../src/domain/ids.js';
import { catalogue, eventTypes } from '../../src/events/catalogue/catalogue.js';
import { toOrderEvent, type OutboxFact } from '../../src/events/catalogue/to-order-event.js';
import { traceparentOf } from '../../src/events/catalogue/trace.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import { publishRound } from '../../src/events/publisher.js';
import { readText } from '../docs/pages.js';
import { anOrderRequest, placeOrder, useTestApi, type Page } from '../support/test-api.js';

const api = useTestApi();
const orderIds: OrderId[] = [];
beforeAll(async () => {
  for (let n = 0; n < 3; n += 1)
    orderIds.push((await placeOrder(api, { metadata: { note: 'for Ada' } })).id);
  await api.write(orderIds[0]!, [{ type: 'order.confirmed' }]);
  await publishRound(api.database, toOrderEvent);
});

type Event = Pick<OrderEvent, 'id' | 'type' | 'subject'>;
const page = (query = '') => api.list<Event>(`/v1/events${query}`);
const typesOf = ({ data }: Page<Event>) => data.map(({ type }) => type);

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
  const ofFirst = typesOf(await page(`?order_id=${orderIds[0]!}`));
  expect(ofFirst).toEqual(['order.placed', 'order.confirmed']);
  expect(typesOf(await page(`?order_id=${orderIds[1]!}&type=order.confirmed`))).toEqual([]);
});

test('an event is a CloudEvent, found by its id, and says nothing of who the customer is', async () => {
  const [event] = (await page()).data;
  const response = await api.http.get(`/v1/events/${event!.id}`).expect(200);
  expect(response.body).toEqual(event);
  const members = Object.keys(response.body as object);
  expect(members.slice(0, 4)).toEqual(['specversion', 'id', 'source', 'type']);
  expect(response.body).toMatchObject({ specversion: '1.0', ordersequence: 1 });
  expect(response.text).not.toMatch(/Ada|example\.com|Main Street|Berlin|10115|pm_card/);
});

test('the schema of each event is answered as it is in docs/events', async () => {
  for (const type of eventTypes) {
    const { version } = catalogue[type];
    const schema = await api.read(`/v1/event-schemas/${type}/${version}`);
    expect(schema).toEqual(JSON.parse(readText(`docs/events/schemas/${type}.${version}.json`)));
  }
});

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';

async function placedEvent(changes: object, headers: Record<string, string> = {}) {
  const response = await api.postOrder(anOrderRequest(changes), headers).expect(202);
  const order = response.body as OrderBody;
  const rows = await allRows<OutboxFact>(api.database)`
    select fact.order_id as "orderId", sequence, type, data, at, trace_id as "traceId"
    from orders.outbox fact join orders.orders o on o.id = fact.order_id
    where order_id = ${order.id}`;
  expect(rows).toHaveLength(1);
  return { order, event: toOrderEvent(rows[0]!) };
}

describe('order.placed', () => {
  test('has customer, lines, sellers and amounts', async () => {
    const lines = [
      { sku: 'TEA-100', quantity: 2 },
      { sku: 'MUG-200', quantity: 1 },
    ];
    const { order, event } = await placedEvent({ lines, discount_code: 'WELCOME10' });
    const minor = ({ amount, currency }: { amount: number; currency: string }) => ({
      amount_minor: amount,
      currency,
    });
    expect(event).toMatchObject({
      type: 'order.placed',
      subject: order.id,
      ordersequence: 1,
      time: order.created_at,
    });
    expect(event.data).toEqual({
      customer_id: order.customer_id,
      is_member: anOrderRequest().customer.member,
      total: minor(order.totals.total),
      lines: order.lines.map(({ sku, quantity, seller_id, amount }, index) => ({
        line_number: index + 1,
        sku,
        quantity,
        seller_id,
        amount: minor(amount),
      })),
    });
  });

  test('has all lines of the longest order in less than 20 kB', async () => {
    const lines = Array.from({ length: 200 }, () => ({ sku: 'TEA-100', quantity: 1 }));
    const { event } = await placedEvent({ lines });
    expect((event.data as { lines: unknown[] }).lines).toHaveLength(200);
    expect(event.data).not.toHaveProperty('lines_left_out', expect.anything());
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(20_000);
  });

  test('continues the trace of the request that placed the order', async () => {
    const { event } = await placedEvent({}, { traceparent: `00-${trace}-00f067aa0ba902b7-01` });
    expect(event.traceparent).toMatch(
      new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`),
    );
  });

  test.each(['none', '00-short-00f067aa0ba902b7-01', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`])(
    'has a trace of its own order when the header is "%s"',
    async (traceparent) => {
      const { event } = await placedEvent({}, { traceparent });
      expect(event.traceparent).toBe(traceparentOf(event.subject, 1));
    },
  );
});
