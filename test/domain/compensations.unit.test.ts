import { describe, expect, test } from 'vitest';
import {
  Compensations,
  namesIn,
  waitsFor,
  type CompensationKey,
} from '../../src/domain/compensations.js';

interface One extends CompensationKey {
  readonly next?: () => One | undefined;
}

const release: One = { name: 'releaseInventory' };
const voiding: One = { name: 'voidAuthorization' };
const refund: One = { name: 'refundPayment', subject: 'shp_1' };
const label: One = { name: 'voidLabel', subject: 'shp_1', next: () => refund };

function registered(...all: readonly One[]): Compensations<One> {
  const compensations = new Compensations<One>();
  for (const one of all) compensations.register(one);
  return compensations;
}

describe('what is due', () => {
  test('is carried out in reverse, each with what follows from it', () => {
    expect(registered(release, voiding, label).due).toEqual([
      'voidLabel:shp_1',
      'refundPayment:shp_1',
      'voidAuthorization',
      'releaseInventory',
    ]);
  });

  test('leaves out what is known to be needless, also when it is registered afterwards', () => {
    const compensations = registered(release, voiding);
    compensations.cancel({ name: 'voidAuthorization' });
    compensations.register(voiding);
    expect(compensations.due).toEqual(['releaseInventory']);
  });

  test('has each once', () => {
    expect(registered(release, release).due).toEqual(['releaseInventory']);
  });
});

test('takes out what is meant, and keeps the rest', () => {
  const compensations = registered(release, label, voiding);
  const taken = compensations.take(({ subject }) => subject === undefined);
  expect(taken).toEqual([voiding, release]);
  expect(compensations.due).toEqual(['voidLabel:shp_1', 'refundPayment:shp_1']);
});

test('puts what follows in the place of what is done', () => {
  const compensations = registered(release, label, voiding);
  compensations.advance(label);
  expect(compensations.due).toEqual([
    'voidAuthorization',
    'refundPayment:shp_1',
    'releaseInventory',
  ]);
});

test('keeps goods behind a label that hangs, and a void behind its refund', () => {
  expect(waitsFor(release, namesIn(label))).toBe(true);
  expect(waitsFor(voiding, namesIn(label))).toBe(true);
  expect(waitsFor(label, namesIn(label))).toBe(false);
});
