import { describe, expect, test } from 'vitest';
import { completeRequest, endAfterDelivery, endOf } from '../../src/domain/stop.js';

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
    expect(endOf({ kind: 'cancelled', request })).toEqual({
      type: 'order.cancelled',
      by: 'ada',
      reason: 'too slow',
    });
    expect(endOf({ kind: 'rejected', reason: 'out_of_stock', isNothingDone: true })).toEqual({
      type: 'order.rejected',
      reason: 'out_of_stock',
    });
    expect(endOf({ kind: 'failed', step: 'createShipment' })).toEqual({
      type: 'order.failed',
      step: 'createShipment',
    });
  });

  test('is no delivery when nothing arrived', () => {
    expect(endAfterDelivery(0)).toEqual({ type: 'order.failed', step: 'delivery' });
    expect(endAfterDelivery(1)).toEqual({ type: 'order.delivered' });
  });
});
