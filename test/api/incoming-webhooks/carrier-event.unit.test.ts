import { expect, test } from 'vitest';
import { milestoneOf, parseCarrierEvent } from '../../../src/api/incoming-webhooks/events.js';

test.each([
  ['in_transit', 'received_at_origin_facility', 'handed_over'],
  ['out_for_delivery', 'out_for_delivery', 'handed_over'],
  ['available_for_pickup', 'arrived_at_pickup_location', 'handed_over'],
  ['delivered', 'arrived_at_destination', 'delivered'],
  ['failure', 'delivery_exception', 'exception'],
  ['failure', 'damaged', 'exception'],
  ['failure', 'refused', 'exception'],
  ['failure', 'unknown', 'exception'],
  ['failure', 'lost', 'lost'],
  ['error', 'transit_exception', 'exception'],
  ['error', 'lost', 'lost'],
  ['lost', 'unknown', 'lost'],
  ['return_to_sender', 'return', 'returned_to_sender'],
  // A lost parcel that is found and delivered is delivered.
  ['delivered', 'lost', 'delivered'],
])('the status %s with the detail %s is the milestone %s', (status, detail, milestone) => {
  expect(milestoneOf(status, detail)).toBe(milestone);
});

test.each([
  ['pre_transit', 'label_created'],
  ['unknown', 'unknown'],
  ['cancelled', 'cancelled'],
  ['error', 'unknown'],
  ['constructor', 'unknown'],
])('the status %s with the detail %s is no milestone', (status, detail) => {
  expect(milestoneOf(status, detail)).toBeNull();
});

const event = (result: object) =>
  Buffer.from(JSON.stringify({ id: 'evt_1', description: 'tracker.updated', result }));

test.each([{}, { status_detail: null }])('an event without a detail is read: %o', (more) => {
  expect(parseCarrierEvent(event({ tracking_code: 'TRK1', status: 'error', ...more }))).toEqual({
    kind: 'scan',
    scan: { eventId: 'evt_1', trackingNumber: 'TRK1', status: 'error' },
    milestone: null,
  });
});

test('the detail decides about a failure', () => {
  const lost = event({ tracking_code: 'TRK1', status: 'failure', status_detail: 'lost' });
  expect(parseCarrierEvent(lost)).toMatchObject({ kind: 'scan', milestone: 'lost' });
});
