import { describe, expect, test } from 'vitest';
import type { Fact, PlacedLine, SkuQuantity } from '../../../src/domain/facts.js';
import { money } from '../../../src/domain/money.js';
import { toOrderEvent } from '../../../src/events/catalogue/to-order-event.js';
import { factSamples } from '../../domain/fact-samples.js';
import { eventOf, outboxFact, wholeFacts } from './event-samples.js';

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

const limitBytes = 20_000;
const mostLines = 200;
const mostVerdicts = 600;

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

const line = (number: number, sku: string): PlacedLine => ({
  lineNumber: number,
  sku,
  quantity: 10_000,
  sellerId: 'sel_01m7y219pffzv8pj63v9wcvshh',
  amount: money(9_999_999_999, 'EUR'),
});
const lines = (sku: string, many = mostLines) =>
  Array.from({ length: many }, (_, index) => line(index + 1, sku));

/** The longest that the API takes, in ASCII and in a script that needs three bytes a letter. */
const skus = { usual: 'TEA-100', longest: 'X'.repeat(64), widest: '茶'.repeat(64) };

const placed = (of: readonly PlacedLine[]): Fact => ({
  type: 'order.placed',
  total: money(9_999_999_999, 'EUR'),
  customerId: 'c'.repeat(64),
  isMember: true,
  lines: of,
});

const goods = (sku: string, many: number): SkuQuantity[] =>
  Array.from({ length: many }, () => ({ sku, quantity: 10_000 }));

const large = (sku: string): readonly Fact[] => [
  placed(lines(sku)),
  { ...factSamples['order.reduced'], dropped: goods(sku, mostLines) },
  {
    type: 'inventory.short',
    lines: goods(sku, mostLines).map((one) => ({ sku: one.sku, asked: 10_000, available: 9_999 })),
  },
  {
    type: 'inventory.reserved',
    parcels: Array.from({ length: 5 }, () => ({
      warehouseId: 'wh_hamburg',
      lines: goods(sku, 200),
    })),
  },
  { type: 'inventory.restocked', lines: goods(sku, mostVerdicts) },
  { ...factSamples['return.requested'], lines: goods(sku, mostLines) },
  {
    ...factSamples['return.received'],
    lines: goods(sku, mostVerdicts).map((one) => ({ ...one, verdict: 'restock' as const })),
  },
];

describe.each(Object.entries(skus))('with the %s SKU', (_name, sku) => {
  test.each(large(sku).map((fact) => [fact.type, fact] as const))(
    '%s is below 20 kB',
    (_, fact) => {
      expect(bytesOf(eventOf(fact, 2_000_000_000))).toBeLessThan(limitBytes);
    },
  );
});

interface Placed {
  readonly lines: readonly { readonly line_number: number; readonly amount?: object }[];
  readonly lines_left_out?: number;
}

const placedData = (of: readonly PlacedLine[]) => eventOf(placed(of)).data as Placed;

describe('order.placed', () => {
  test('has all lines with their amounts while they fit', () => {
    const data = placedData(lines(skus.usual, 100));
    expect(data.lines).toHaveLength(100);
    expect(data.lines.every(({ amount }) => amount !== undefined)).toBe(true);
    expect(data).not.toHaveProperty('lines_left_out');
  });

  test('has all lines of the longest order, without their amounts', () => {
    const short = lines(skus.usual).map((one) => ({ ...one, sellerId: 'sel_leaf' }));
    const data = placedData(short);
    expect(data.lines).toHaveLength(mostLines);
    expect(data.lines.every(({ amount }) => amount === undefined)).toBe(true);
    expect(data).not.toHaveProperty('lines_left_out');
  });

  test('says how many lines do not fit even so, and keeps the first ones', () => {
    const data = placedData(lines(skus.widest));
    expect(data.lines.length).toBeGreaterThan(40);
    expect(data.lines_left_out).toBe(mostLines - data.lines.length);
    expect(data.lines.map(({ line_number }) => line_number)).toEqual(
      data.lines.map((_, index) => index + 1),
    );
  });
});

test('inventory.reserved names no parcels rather than some of them', () => {
  const reserved = (many: number): Fact => ({
    type: 'inventory.reserved',
    parcels: [{ warehouseId: 'wh_hamburg', lines: goods(skus.longest, many) }],
  });
  expect(eventOf(reserved(3)).data).toHaveProperty('parcels');
  expect(eventOf(reserved(mostLines)).data).toEqual({});
});
