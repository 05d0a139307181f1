import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { CloudEvent } from 'cloudevents';
import { describe, expect, test } from 'vitest';
import { catalogue, eventTypes } from '../../../src/events/catalogue/catalogue.js';
import { findSchema } from '../../../src/events/catalogue/json-schema.js';
import {
  toOrderEvent,
  UnfitFact,
  UnknownFact,
  UnpublishableFact,
} from '../../../src/events/catalogue/to-order-event.js';
import { factSamples, factTypes } from '../../domain/fact-samples.js';
import { eventOf, orderId, outboxFact } from './event-samples.js';

const ajv = addFormats.default(new Ajv2020({ allErrors: true }));

const committed = (type: string, version: number) => {
  const file = new URL(`../../../docs/events/schemas/${type}.${version}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as object;
};

test('every fact is an event, and every event a fact', () => {
  expect([...eventTypes].sort()).toEqual([...factTypes].sort());
});

describe.each(factTypes)('%s', (type) => {
  const event = eventOf(factSamples[type]);

  test('is a CloudEvent', () => {
    const parsed = new CloudEvent<unknown>({ ...event });
    expect(parsed.validate()).toBe(true);
    expect(parsed.toJSON()).toMatchObject({ ...event });
  });

  test('has the data that its committed schema asks for', () => {
    const validate = ajv.compile(committed(type, event.dataversion));
    expect(validate(event.data), ajv.errorsText(validate.errors)).toBe(true);
  });

  test('says nothing that its schema does not name', () => {
    const { data, dataOf } = catalogue[type];
    expect(() => data.strict().parse(dataOf(factSamples[type] as never))).not.toThrow();
  });
});

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

test('is the same whenever it is made', () => {
  const fact = outboxFact(factSamples['shipment.created']);
  expect(toOrderEvent(fact)).toEqual(toOrderEvent(structuredClone(fact)));
});

test('takes back an event that is another one', () => {
  for (const type of eventTypes) {
    const { reverses } = catalogue[type] as { readonly reverses?: string };
    if (reverses !== undefined) expect(eventTypes.filter((t) => t !== type)).toContain(reverses);
  }
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
