import { expect, test } from 'vitest';
import { traceIdIn, traceparentOf } from '../../../src/events/catalogue/trace.js';
import { suffixOf, type OrderId } from '../../../src/domain/ids.js';
import { orderId } from './event-samples.js';

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
