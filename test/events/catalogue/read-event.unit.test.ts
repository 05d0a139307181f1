import { expect, test } from 'vitest';
import { z, ZodError } from 'zod';
import { define } from '../../../src/events/catalogue/definition.js';
import {
  isOfType,
  readData,
  readDataAs,
  UnknownVersion,
} from '../../../src/events/catalogue/read-event.js';
import { factSamples, factTypes } from '../../domain/fact-samples.js';
import { eventOf } from './event-samples.js';

test.each(factTypes)('the data of %s is read as it was published', (type) => {
  const event = eventOf(factSamples[type]);
  expect(isOfType(event, type)).toBe(true);
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
  const { 'points.awarded': awarded } = define({
    'points.awarded': {
      version: 2,
      meaning: 'Points were given.',
      data: z.object({ amount: z.int(), kind: z.string() }),
      dataOf: ({ points }) => ({ amount: points, kind: 'order' }),
      earlier: {
        1: {
          data: z.object({ points: z.int() }),
          renewed: ({ points }) => ({ amount: Number(points), kind: 'order' }),
        },
      },
    },
  });
  const first = eventOf({ type: 'points.awarded', points: 20 });
  const second = { ...first, dataversion: 2, data: { amount: 20, kind: 'order' } };
  expect(readDataAs(awarded, first)).toEqual(second.data);
  expect(readDataAs(awarded, second)).toEqual(second.data);
  expect(() => readDataAs(awarded, { ...first, dataversion: 3 })).toThrow(UnknownVersion);
  expect(() => readDataAs(awarded, { ...first, data: {} })).toThrow(ZodError);
});
