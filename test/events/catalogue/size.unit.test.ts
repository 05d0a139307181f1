import { describe, expect, test } from 'vitest';
import type { Fact, PlacedLine, SkuQuantity } from '../../../src/domain/facts.js';
import { money } from '../../../src/domain/money.js';
import { factSamples } from '../../domain/fact-samples.js';
import { eventOf } from './event-samples.js';

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
