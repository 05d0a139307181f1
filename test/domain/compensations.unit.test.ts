import { describe, expect, test } from 'vitest';
import {
  type CompensationKey,
  Compensations,
  namesIn,
  waitsFor,
} from '../../src/domain/compensations.js';
import { completeRequest, endAfterDelivery, endOf } from '../../src/domain/stop.js';

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

describe('a cancel by signal', () => {
  test('takes over who asks and why', () => {
    const request = { requestedBy: 'ada', reason: 'too slow' };
    expect(completeRequest(request)).toEqual(request);
  });

  test.each([undefined, null, 'now', 7, {}, { requestedBy: 3, reason: [] }])(
    'is clear without it: %j',
    (request) => {
      const completed = { requestedBy: 'operator', reason: 'cancelled by signal' };
      expect(completeRequest(request)).toEqual(completed);
    },
  );
});

describe('the end of an order', () => {
  test('names who cancelled it, why it was rejected, or what failed', () => {
    const request = { requestedBy: 'ada', reason: 'too slow' };
    const ends = [
      endOf({ kind: 'cancelled', request }),
      endOf({ kind: 'rejected', reason: 'out_of_stock', isNothingDone: true }),
      endOf({ kind: 'failed', step: 'createShipment' }),
    ];
    expect(ends).toEqual([
      { type: 'order.cancelled', by: 'ada', reason: 'too slow' },
      { type: 'order.rejected', reason: 'out_of_stock' },
      { type: 'order.failed', step: 'createShipment' },
    ]);
  });

  test('is no delivery when nothing arrived', () => {
    expect(endAfterDelivery(0)).toEqual({ type: 'order.failed', step: 'delivery' });
    expect(endAfterDelivery(1)).toEqual({ type: 'order.delivered' });
  });
});
