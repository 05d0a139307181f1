import { CloudEvent } from 'cloudevents';
import { describe, expect, test } from 'vitest';
import { z, ZodError } from 'zod';
import { type OrderId, suffixOf } from '../../../src/domain/ids.js';
import { catalogue, eventTypes } from '../../../src/events/catalogue/catalogue.js';
import { event as define } from '../../../src/events/catalogue/definition.js';
import { findSchema } from '../../../src/events/catalogue/json-schema.js';
import { readData, readDataAs, UnknownVersion } from '../../../src/events/catalogue/read-event.js';
import {
  toOrderEvent,
  UnfitFact,
  UnknownFact,
  UnpublishableFact,
} from '../../../src/events/catalogue/to-order-event.js';
import { traceIdIn, traceparentOf } from '../../../src/events/catalogue/trace.js';
import { factSamples, factTypes } from '../../domain/fact-samples.js';
import { eventOf, orderId, outboxFact, wholeFacts } from './event-samples.js';

test('every fact is an event, and every event a fact', () => {
  expect([...eventTypes].sort()).toEqual([...factTypes].sort());
});

test.each(factTypes)('%s is a CloudEvent', (type) => {
  const event = eventOf(factSamples[type]);
  const parsed = new CloudEvent<unknown>({ ...event });
  expect(parsed.validate()).toBe(true);
  expect(parsed.toJSON()).toMatchObject({ ...event });
});

test.each(wholeFacts)(
  'the fact fills every member of the event $type, but for what is left out',
  (fact) => {
    const members = Object.keys(catalogue[fact.type].data.shape);
    const filled = Object.keys(eventOf(fact).data as object);
    expect(filled).toEqual(members.filter((name) => !name.endsWith('_left_out')));
  },
);

test('names its order, its place in it and its schema', () => {
  expect(eventOf(factSamples['order.placed'], 1)).toEqual({
    specversion: '1.0',
    id: 'evt_01m7y219pffzv8pj63v9wcvshh_1',
    source: '/v1/orders',
    type: 'order.placed',
    subject: orderId,
    time: '2026-01-02T03:04:05.678Z',
    datacontenttype: 'application/json',
    dataschema: 'urn:event-schema:durable-orders:order.placed:1',
    dataversion: 1,
    ordersequence: 1,
    traceparent: '00-01a1fc20a6cf7ff68b48c3da78cde631-78cde63100000001-01',
    data: {
      customer_id: 'cus_42',
      is_member: true,
      total: { amount_minor: 2_000, currency: 'EUR' },
      lines: [
        {
          line_number: 1,
          sku: 'TEA-100',
          quantity: 2,
          seller_id: 'sel_leaf',
          amount: { amount_minor: 2_000, currency: 'EUR' },
        },
      ],
    },
  });
});

test('every step that is undone has an event that says so', () => {
  const reversed = eventTypes.flatMap((type) => {
    const { reverses } = catalogue[type] as { readonly reverses?: string };
    return reverses === undefined ? [] : [`${type} < ${reverses}`];
  });
  expect(reversed).toEqual(
    expect.arrayContaining([
      'inventory.released < inventory.reserved',
      'payment.voided < payment.authorized',
      'payment.refunded < payment.captured',
      'label.voided < shipment.created',
      'delivery_partner.released < delivery_partner.assigned',
      'points.revoked < points.awarded',
      'cancellation.sent < confirmation.sent',
    ]),
  );
});

describe('a fact that cannot be published', () => {
  const placed = outboxFact(factSamples['order.placed']);

  test('is refused when there is no such event', () => {
    const unknown = { ...placed, type: 'order.vanished' };
    expect(() => toOrderEvent(unknown)).toThrow(UnknownFact);
    expect(() => toOrderEvent({ ...placed, type: 'toString' })).toThrow(UnknownFact);
  });

  test.each([
    ['lacks what its type has', { data: { total: placed.data['total'] } }],
    ['has a member of another type', { data: { ...placed.data, isMember: 'yes' } }],
    ['is empty', { data: {} }],
  ])('is refused when it %s', (_, change) => {
    expect(() => toOrderEvent({ ...placed, ...change })).toThrow(UnfitFact);
    expect(() => toOrderEvent({ ...placed, ...change })).toThrow(UnpublishableFact);
  });
});

test('a schema is found by type and version, and no other', () => {
  expect(findSchema('order.placed', 1)).toMatchObject({
    $id: 'urn:event-schema:durable-orders:order.placed:1',
    type: 'object',
  });
  expect(findSchema('order.placed', 99)).toBeUndefined();
  expect(findSchema('order.vanished', 1)).toBeUndefined();
  expect(findSchema('constructor', 1)).toBeUndefined();
});

test.each(factTypes)('the data of %s is read as it was published', (type) => {
  const event = eventOf(factSamples[type]);
  expect(event.type).toBe(type);
  expect(readData(event)).toEqual(event.data);
});

const placed = eventOf(factSamples['order.placed']);

test('members that came later are passed over', () => {
  const data = { ...(placed.data as object), channel: 'web' };
  expect(readData({ ...placed, data })).toEqual(placed.data);
});

test('data that is not what its version says is refused', () => {
  expect(() => readData({ ...placed, data: { total: 1 } })).toThrow(ZodError);
});

test('a version that nobody knows is refused, whatever its data looks like', () => {
  for (const dataversion of [0, 2, 99]) {
    expect(() => readData({ ...placed, dataversion })).toThrow(UnknownVersion);
  }
});

test('an event of an earlier version is read as the newest one says it', () => {
  const data = z.object({ points: z.int() });
  const renewed = ({ points }: Readonly<Record<string, unknown>>) => ({
    amount: Number(points),
    kind: 'order',
  });
  const awarded = define(
    'Points were given.',
    { amount: z.int(), kind: z.string() },
    { version: 2, earlier: { 1: { data, renewed } } },
  );
  const first = eventOf({ type: 'points.awarded', points: 20 });
  const second = { ...first, dataversion: 2, data: { amount: 20, kind: 'order' } };
  expect(readDataAs(awarded, first)).toEqual(second.data);
  expect(readDataAs(awarded, second)).toEqual(second.data);
  expect(() => readDataAs(awarded, { ...first, dataversion: 3 })).toThrow(UnknownVersion);
  expect(() => readDataAs(awarded, { ...first, data: {} })).toThrow(ZodError);
});

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const header = `00-${trace}-00f067aa0ba902b7-01`;

const partsOf = (traceparent: string) => {
  const [version, traceId, spanId, flags] = traceparent.split('-');
  return { version, traceId: traceId!, spanId: spanId!, flags };
};

test('an order is its own trace: the UUID in its id', () => {
  const { version, traceId, flags } = partsOf(traceparentOf(orderId, 1));
  expect(traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(`ord_${suffixOf(traceId)}`).toBe(orderId);
  expect([version, flags]).toEqual(['00', '01']);
});

test('every event is a span of its own, the same each time', () => {
  const spans = [1, 2, 16, 2_000_000_000].map((n) => partsOf(traceparentOf(orderId, n)).spanId);
  expect(new Set(spans).size).toBe(4);
  for (const span of spans) expect(span).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
  expect(traceparentOf(orderId, 2)).toBe(traceparentOf(orderId, 2));
});

test('no span is all zero, whatever the id', () => {
  const plain: OrderId = `ord_${'0'.repeat(25)}1`;
  expect(partsOf(traceparentOf(plain, 1)).spanId).not.toBe('0'.repeat(16));
});

test('an order that was placed within a trace stays in it', () => {
  expect(partsOf(traceparentOf(orderId, 3, trace)).traceId).toBe(trace);
  expect(partsOf(traceparentOf(orderId, 3, null)).traceId).not.toBe(trace);
});

test.each([
  ['of version 00', header],
  ['that is not sampled', `00-${trace}-00f067aa0ba902b7-00`],
  ['of a later version', `cc-${trace}-00f067aa0ba902b7-01`],
  ['of a later version with more parts', `cc-${trace}-00f067aa0ba902b7-01-what-comes`],
])('a header %s has a trace', (_, given) => {
  expect(traceIdIn(given)).toBe(trace);
});

test.each([
  ['none', undefined],
  ['an empty one', ''],
  ['one of version ff', `ff-${trace}-00f067aa0ba902b7-01`],
  ['one without a trace', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
  ['one without a span', `00-${trace}-${'0'.repeat(16)}-01`],
  ['one in capitals', header.toUpperCase()],
  ['one that is too short', header.slice(0, -1)],
  ['one of version 00 with more parts', `${header}-more`],
  ['one of a later version that is glued', `cc-${trace}-00f067aa0ba902b7-01more`],
  ['two in one', `${header}, ${header}`],
  ['one with a line break', `${header}\n`],
  ['other text', "'; drop table orders; --"],
])('%s is ignored', (_, given) => {
  expect(traceIdIn(given)).toBeUndefined();
});
