import { describe, expect, test } from 'vitest';
import type { FactType } from '../../../src/domain/facts.js';
import { toOrderEvent } from '../../../src/events/catalogue/to-order-event.js';
import { factSamples, factTypes } from '../../domain/fact-samples.js';
import { outboxFact } from './event-samples.js';

const canary = 'Ada Example, ada@example.com, +4915100000000, 1 Main Street';

/** Made by programs, checked where they come in: what they name is no person. */
const identifiers = new Set([
  'customerId',
  'disputeId',
  'exchangeOrderId',
  'id',
  'partnerId',
  'paymentId',
  'replacementId',
  'returnId',
  'sellerId',
  'sellerIds',
  'shipmentId',
  'sku',
  'warehouseId',
]);

/** Facts tell more than their samples: each text that a fact can have is planted. */
const more = {
  'attention.raised': { id: 'att_1', owner: 'support', choices: ['waive'] },
  'attention.resolved': { by: 'mia', choice: 'waive', note: 'seen' },
  'delivery_partner.assigned': {
    pickUpFrom: '2026-01-05T09:00:00.000Z',
    pickUpUntil: '2026-01-05T12:00:00.000Z',
  },
  'mail.sent': { subject: 'shp_1' },
  'compensation.started': { undos: ['voidLabel:shp_1'] },
  'undo.settled': { subject: 'shp_1' },
  'return.label_created': { carrier: 'Post' },
  'return.received': { by: 'mia', lines: [{ sku: 'TEA-100', quantity: 1, verdict: 'restock' }] },
} as const;

const moreOf = (type: FactType): object => (more as Partial<Record<FactType, object>>)[type] ?? {};
const wholeFacts = factTypes.map((type) => ({ ...factSamples[type], ...moreOf(type) }));

/** The places of all texts in a fact, but for its type. */
function textsIn(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value === 'string') return path[0] === 'type' ? [] : [[...path]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => textsIn(member, [...path, name]));
}

function planted<Value>(value: Value, [name, ...rest]: readonly (string | number)[]): Value {
  if (name === undefined) return canary as Value;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<
    string | number,
    unknown
  >;
  copy[name] = planted(copy[name], rest);
  return copy as Value;
}

const cases = wholeFacts.flatMap((fact) =>
  textsIn(fact)
    .filter((path) => !path.some((name) => identifiers.has(String(name))))
    .map((path) => [fact.type, path.join('.'), planted(fact, path)] as const),
);

/** What is published: nothing at all is published of a fact that does not fit. */
function published(fact: (typeof wholeFacts)[number]): string {
  try {
    return JSON.stringify(toOrderEvent(outboxFact(fact)));
  } catch (error) {
    return String(error);
  }
}

test('there are texts in many facts', () => {
  expect(cases.length).toBeGreaterThan(50);
  const written = ['order.cancelled reason', 'order.approved by', 'attention.resolved note'];
  expect(cases.map(([type, path]) => `${type} ${path}`)).toEqual(expect.arrayContaining(written));
});

describe('nothing of a person is published', () => {
  test.each(cases)('of %s, in %s', (_type, _path, fact) => {
    const text = published(fact);
    for (const part of ['Ada', 'example.com', '4915', 'Main Street'])
      expect(text).not.toContain(part);
  });
});

test.each(['mia', 'changed my mind', 'known', 'T1', 'T2', 'off_1'])('%s stays with us', (text) => {
  const said = wholeFacts.map(published).map((event) => event.split(/["\s]/));
  expect(said.flat()).not.toContain(text.split(' ')[0]);
});

test('words of other programs are told, and text is not', () => {
  const declined = (code: string) =>
    toOrderEvent(outboxFact({ type: 'payment.declined', code })).data;
  expect(declined('insufficient_funds')).toEqual({ code: 'insufficient_funds' });
  expect(declined('ADDRESS.VERIFY.FAILURE')).toEqual({ code: 'ADDRESS.VERIFY.FAILURE' });
  for (const text of ['Ada has no money', 'ada@example.com', '', 'x'.repeat(129)]) {
    expect(declined(text)).toEqual({ code: 'other' });
  }
});
