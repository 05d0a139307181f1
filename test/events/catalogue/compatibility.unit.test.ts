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

const withProperties = (properties: object) => ({ ...schema, properties });
const withMembers = (members: object) => withProperties({ ...schema.properties, ...members });
const withRequired = (...required: string[]) => ({ ...schema, required });
const withLine = (changed: object) =>
  withMembers({ lines: { type: 'array', items: { ...line, ...changed } } });
const withAmount = (changed: object) =>
  withLine({ properties: { sku: text, amount: { ...amount, ...changed } } });

const withCurrency = (currency: object) =>
  withAmount({ properties: { ...amount.properties, currency } });

describe('a promise is kept', () => {
  test.each([
    ['nothing changes', schema],
    ['a member is added that nobody needs', withMembers({ channel: text })],
    ['one is added inside', withLine({ properties: { ...line.properties, gift: text } })],
    ['an enumeration gets a value', withCurrency({ enum: ['CHF', 'EUR', 'USD'] })],
    ['it is described otherwise', { ...schema, description: 'Bought.', $id: 'urn:two' }],
    ['members change places', withRequired('lines', 'buyer')],
    [
      'a member that could be absent is always there, in words only',
      withMembers({ note: { ...text, description: 'always' } }),
    ],
  ])('when %s', (_, now) => {
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
  const integer = { type: 'integer' };
  test.each([
    ['a member is taken away', withProperties(withoutNote), 'note is taken away'],
    ['a member is renamed', withProperties({ ...withoutNote, remark: text }), 'note is taken away'],
    ['a member becomes optional', withRequired('lines'), 'buyer was always there, and is optional'],
    [
      'readers of older events would miss a member',
      withRequired('buyer', 'lines', 'note'),
      'note is required, and was not',
    ],
    [
      'a member gets another type',
      withMembers({ buyer: integer }),
      'buyer had type "string", and has "integer"',
    ],
    [
      'one thing becomes a list',
      withMembers({ note: { type: 'array', items: text } }),
      'note had type "string", and has "array"',
    ],
    ['a format is given up', withMembers({ at: text }), 'at had format "date-time", and has none'],
    [
      'a list says no more what is in it',
      withMembers({ lines: { type: 'array' } }),
      'lines.[] is said no more',
    ],
    [
      'it happens inside of a list',
      withLine({ properties: { sku: text } }),
      'lines.[].amount is taken away',
    ],
    [
      'a value of an enumeration is taken away',
      withCurrency({ enum: ['EUR'] }),
      'lines.[].amount.currency can be "USD" no more',
    ],
    [
      'an enumeration is opened',
      withCurrency(text),
      'lines.[].amount.currency is an enumeration no more',
    ],
    [
      'a bound is loosened',
      withAmount({ properties: { ...amount.properties, minor: integer } }),
      'lines.[].amount.minor had minimum 0, and has none',
    ],
  ])('when %s', (_, now, said) => {
    expect(broken(now)).toContain(`order.placed/1: data.${said}`);
  });

  test('when an event, or a version of it, is taken away', () => {
    expect(brokenPromises({ 'order.placed/1': schema }, { 'order.placed/2': schema })).toEqual([
      'order.placed/1 is taken away',
    ]);
  });
});
