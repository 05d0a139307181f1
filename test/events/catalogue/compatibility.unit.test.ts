import { expect, test } from 'vitest';
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

const broken = (now: JsonSchema) =>
  brokenPromises({ 'order.placed/1': schema }, { 'order.placed/1': now });

const withProperties = (properties: object) => ({ ...schema, properties });
const withMembers = (members: object) => withProperties({ ...schema.properties, ...members });
const withRequired = (...required: string[]) => ({ ...schema, required });
const withLine = (changed: object) =>
  withMembers({ lines: { type: 'array', items: { ...line, ...changed } } });
const withAmount = (changed: object) =>
  withLine({ properties: { sku: text, amount: { ...amount, ...changed } } });

const withCurrency = (currency: object) =>
  withAmount({ properties: { ...amount.properties, currency } });

test.each([
  ['nothing changes', schema],
  ['a member is added that nobody needs', withMembers({ channel: text })],
  ['one is added inside', withLine({ properties: { ...line.properties, gift: text } })],
  ['an enumeration gets a value', withCurrency({ enum: ['CHF', 'EUR', 'USD'] })],
  ['it is described in other words', { ...schema, description: 'Bought.', $id: 'urn:two' }],
  ['members change places', withRequired('lines', 'buyer')],
])("an event's released schema is kept when %s", (_, now) => {
  expect(broken(now)).toEqual([]);
});

const { buyer, lines, at } = schema.properties;
const withoutNote = { buyer, lines, at };
const integer = { type: 'integer' };

test.each([
  ['a member is taken away', withProperties(withoutNote), '.note is gone'],
  ['a member is renamed', withProperties({ ...withoutNote, remark: text }), '.note is gone'],
  ['a member becomes optional', withRequired('lines'), ' no longer has required buyer'],
  [
    'older events lack a required member',
    withRequired('buyer', 'lines', 'note'),
    ' now has required note',
  ],
  ['a type changes', withMembers({ buyer: integer }), '.buyer no longer has type "string"'],
  [
    'one thing becomes a list',
    withMembers({ note: { type: 'array', items: text } }),
    '.note now has type "array"',
  ],
  ['a format is given up', withMembers({ at: text }), '.at no longer has format "date-time"'],
  [
    'a list no longer says what is in it',
    withMembers({ lines: { type: 'array' } }),
    '.lines.[] is gone',
  ],
  [
    'it happens inside of a list',
    withLine({ properties: { sku: text } }),
    '.lines.[].amount is gone',
  ],
  [
    'a value of an enumeration is taken away',
    withCurrency({ enum: ['EUR'] }),
    '.lines.[].amount.currency no longer has enum value USD',
  ],
  ['an enumeration is opened', withCurrency(text), '.lines.[].amount.currency no longer has enum'],
  [
    'a bound is loosened',
    withAmount({ properties: { ...amount.properties, minor: integer } }),
    '.lines.[].amount.minor no longer has minimum 0',
  ],
])("an event's released schema is broken, and the place named, when %s", (_, now, what) => {
  expect(broken(now)).toContain(`order.placed/1: data${what}`);
});

test('a version of an event may be added, and none taken away', () => {
  const released = { 'order.placed/1': schema };
  const now = { 'order.placed/2': schema, 'order.sent/1': {} };
  expect(brokenPromises(released, { ...released, ...now })).toEqual([]);
  expect(brokenPromises(released, now)).toEqual(['order.placed/1 is gone']);
});
