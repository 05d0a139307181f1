import { describe, expect, test } from 'vitest';
import { brokenPromises } from '../../../src/events/catalogue/compatibility.js';
import type { JsonSchema } from '../../../src/events/catalogue/json-schema.js';

const text = { type: 'string' };
const amount = {
  type: 'object',
  properties: { minor: { type: 'integer', minimum: 0 }, currency: { enum: ['EUR', 'USD'] } },
  required: ['minor', 'currency'],
};
const line = { type: 'object', properties: { sku: text, amount }, required: ['sku'] };
const schema = {
  $id: 'urn:one',
  description: 'Somebody bought something.',
  type: 'object',
  properties: {
    buyer: text,
    note: text,
    lines: { type: 'array', items: line },
    at: { ...text, format: 'date-time' },
  },
  required: ['buyer', 'lines'],
};

const broken = (now: JsonSchema, before: JsonSchema = schema) =>
  brokenPromises({ 'order.placed/1': before }, { 'order.placed/1': now });

const withMembers = (members: object, more: object = {}) => ({
  ...schema,
  properties: { ...schema.properties, ...members },
  ...more,
});
const withLine = (changed: object) =>
  withMembers({ lines: { type: 'array', items: { ...line, ...changed } } });
const withAmount = (changed: object) =>
  withLine({ properties: { sku: text, amount: { ...amount, ...changed } } });

describe('a promise is kept', () => {
  test.each([
    ['when nothing changes', schema],
    ['when a member is added that nobody needs', withMembers({ channel: text })],
    ['when one is added inside', withLine({ properties: { ...line.properties, gift: text } })],
    [
      'when an enumeration gets a value',
      withAmount({
        properties: { ...amount.properties, currency: { enum: ['CHF', 'EUR', 'USD'] } },
      }),
    ],
    ['when it is described otherwise', { ...schema, description: 'Bought.', $id: 'urn:two' }],
    ['when members change places', { ...schema, required: ['lines', 'buyer'] }],
    [
      'when a member that could be absent is always there, in words only',
      withMembers({ note: { ...text, description: 'always' } }),
    ],
  ])('%s', (_, now) => {
    expect(broken(now)).toEqual([]);
  });

  test('when an event or a version is added', () => {
    const now = { 'order.placed/1': schema, 'order.placed/2': {}, 'order.sent/1': {} };
    expect(brokenPromises({ 'order.placed/1': schema }, now)).toEqual([]);
  });
});

describe('a promise is broken, and named,', () => {
  const { buyer, lines, at } = schema.properties;
  const withoutNote = { buyer, lines, at };
  test.each([
    [
      'when a member is taken away',
      { ...schema, properties: withoutNote },
      'data.note is taken away',
    ],
    [
      'when a member is renamed',
      { ...schema, properties: { ...withoutNote, remark: text } },
      'data.note is taken away',
    ],
    [
      'when a member may be absent that was always there',
      { ...schema, required: ['lines'] },
      'data.buyer was always there, and is optional',
    ],
    [
      'when readers of older events would miss a member',
      { ...schema, required: ['buyer', 'lines', 'note'] },
      'data.note is required, and was not',
    ],
    [
      'when a member gets another type',
      withMembers({ buyer: { type: 'integer' } }),
      'data.buyer had type "string", and has "integer"',
    ],
    [
      'when one thing becomes a list',
      withMembers({ note: { type: 'array', items: text } }),
      'data.note had type "string", and has "array"',
    ],
    [
      'when a format is given up',
      withMembers({ at: text }),
      'data.at had format "date-time", and has none',
    ],
    [
      'when a list says no more what is in it',
      withMembers({ lines: { type: 'array' } }),
      'data.lines.[] is said no more',
    ],
    [
      'when it happens inside of a list',
      withLine({ properties: { sku: text } }),
      'data.lines.[].amount is taken away',
    ],
    [
      'when a value of an enumeration is taken away',
      withAmount({ properties: { ...amount.properties, currency: { enum: ['EUR'] } } }),
      'data.lines.[].amount.currency can be "USD" no more',
    ],
    [
      'when an enumeration is opened',
      withAmount({ properties: { ...amount.properties, currency: text } }),
      'data.lines.[].amount.currency is an enumeration no more',
    ],
    [
      'when a bound is loosened',
      withAmount({ properties: { ...amount.properties, minor: { type: 'integer' } } }),
      'data.lines.[].amount.minor had minimum 0, and has none',
    ],
  ])('%s', (_, now, said) => {
    expect(broken(now)).toContain(`order.placed/1: ${said}`);
  });

  test('when an event, or a version of it, is taken away', () => {
    expect(brokenPromises({ 'order.placed/1': schema }, { 'order.placed/2': schema })).toEqual([
      'order.placed/1 is taken away',
    ]);
  });
});
