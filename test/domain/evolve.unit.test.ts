import { expect, test } from 'vitest';
import { changesState, evolve, evolveAll, ForbiddenTransition } from '../../src/domain/evolve.js';
import type { FactType } from '../../src/domain/facts.js';
import { money } from '../../src/domain/money.js';
import { placedWith, statusesOf } from '../../src/domain/order-state.js';
import { facts, factSamples, factTypes, half } from './fact-samples.js';

const start = placedWith(money(2_000, 'EUR'));
const after = (...types: readonly FactType[]) => statusesOf(evolveAll(start, facts(...types)));

/** One parcel that costs all. */
const onlyParcel = { ...factSamples['inventory.reserved'], parcels: [] };
const whole = { ...factSamples['payment.captured'], amount: money(2_000, 'EUR') };

const toConfirmed = ['inventory.reserved', 'payment.authorized', 'order.confirmed'] as const;
const prepared = ['shipment.created', 'payment.captured'] as const;
const bothPrepared = [...toConfirmed, ...prepared, ...prepared] as const;
const onePrepared = [...toConfirmed, ...prepared] as const;
const firstLeft = [...bothPrepared, 'shipment.handed_over'] as const;
const oneLeft = [...onePrepared, 'shipment.handed_over'] as const;
const fixing = [...toConfirmed, 'address.fix_requested'] as const;

test('an order that runs without trouble ends delivered and captured', () => {
  const state = evolveAll(start, [
    onlyParcel,
    ...facts('payment.authorized', 'order.confirmed', 'shipment.created'),
    whole,
    ...facts('shipment.handed_over', 'shipment.delivered', 'order.delivered'),
  ]);
  expect(statusesOf(state)).toEqual({
    status: 'delivered',
    stage: 'done',
    paymentStatus: 'captured',
    fulfillmentStatus: 'delivered',
  });
});

const stories: Readonly<Record<string, readonly [readonly FactType[], object]>> = {
  'waits for a person': [['approval.requested'], { status: 'awaiting_approval', stage: 'approve' }],
  'waits for the code of its customer': [
    ['approval.requested', 'order.approved', 'code.sent'],
    { status: 'awaiting_customer', stage: 'confirm_code' },
  ],
  'waits for goods': [
    ['inventory.short', 'inventory.backordered'],
    { status: 'processing', stage: 'await_stock', fulfillmentStatus: 'backordered' },
  ],
  'asks about a shortage': [
    ['inventory.short', 'shortage.asked'],
    { status: 'awaiting_customer', stage: 'decide_shortage' },
  ],
  'waits for the bank of its customer': [
    ['inventory.reserved', 'payment.action_required'],
    { status: 'awaiting_payment', stage: 'confirm_payment', paymentStatus: 'requires_action' },
  ],
  'waits for another card': [
    ['inventory.reserved', 'payment.declined', 'payment.method_requested'],
    { status: 'awaiting_payment', stage: 'retry_payment', paymentStatus: 'declined' },
  ],
  'is confirmed by the second card': [
    [
      'inventory.reserved',
      'payment.declined',
      'payment.method_requested',
      'payment.method_changed',
      'payment.authorized',
      'order.confirmed',
    ],
    { status: 'confirmed', stage: 'create_shipment', paymentStatus: 'authorized' },
  ],
  'is captured in part by its first parcel': [
    onePrepared,
    { status: 'confirmed', stage: 'hand_over', paymentStatus: 'partially_captured' },
  ],
  'is captured by its last parcel': [bothPrepared, { paymentStatus: 'captured' }],
  'is shipped in part when the first parcel leaves': [
    firstLeft,
    { status: 'shipped', stage: 'delivery', fulfillmentStatus: 'partially_shipped' },
  ],
  'is shipped when the last parcel leaves': [
    [...firstLeft, 'shipment.handed_over'],
    { status: 'shipped', fulfillmentStatus: 'shipped' },
  ],
  'is under way even while another parcel is being prepared': [
    [...oneLeft, ...prepared],
    { status: 'shipped', stage: 'delivery' },
  ],
  'waits for an address': [
    [...toConfirmed, 'shipment.refused', 'address.fix_requested'],
    { status: 'awaiting_customer', stage: 'fix_address' },
  ],
  'waits for the address of one parcel whatever becomes of the other': [
    [...fixing, ...prepared],
    { status: 'awaiting_customer', stage: 'fix_address' },
  ],
  'is shipped by one parcel while the other waits for an address': [
    [...fixing, ...prepared, 'shipment.handed_over'],
    { status: 'shipped', stage: 'fix_address' },
  ],
  'goes on with the address of a parcel when the other has left': [
    [...oneLeft, 'address.fix_requested', 'address.changed'],
    { status: 'shipped', stage: 'delivery' },
  ],
  'goes on with another address': [
    [...fixing, 'address.changed'],
    { status: 'confirmed', stage: 'create_shipment' },
  ],
  'asks no more about the address of a parcel that it gives up': [
    [...fixing, 'shipment.abandoned'],
    { status: 'confirmed', stage: 'create_shipment' },
  ],
  'is paid when what is missing was given up': [
    [...onePrepared, 'shipment.abandoned'],
    { paymentStatus: 'captured' },
  ],
  'is shipped when what has not left was given up': [
    [...oneLeft, 'shipment.abandoned'],
    { status: 'shipped', fulfillmentStatus: 'shipped' },
  ],
  'is refunded in part for a lost parcel': [
    [...firstLeft, 'shipment.lost', 'payment.refunded'],
    { paymentStatus: 'partially_refunded', fulfillmentStatus: 'lost' },
  ],
  'is refunded when all its parcels are': [
    [...bothPrepared, 'payment.refunded', 'payment.refunded'],
    { paymentStatus: 'refunded' },
  ],
  'is on its way again when a lost parcel was replaced': [
    [...firstLeft, 'shipment.handed_over', 'shipment.replaced', 'shipment.handed_over'],
    { status: 'shipped', fulfillmentStatus: 'shipped' },
  ],
  'holds nothing once it is cancelled': [
    [
      ...toConfirmed,
      'compensation.started',
      'payment.voided',
      'inventory.released',
      'order.cancelled',
    ],
    { status: 'cancelled', stage: 'done', paymentStatus: 'voided', fulfillmentStatus: 'none' },
  ],
};

test.each(Object.entries(stories))('an order %s', (_title, [types, expected]) => {
  expect(after(...types)).toMatchObject(expected);
});

test('a payment that turns out to hold nothing is no longer open once the order is compensated', () => {
  const settled = { type: 'undo.settled', undo: 'voidAuthorization' } as const;
  const asked = facts('inventory.reserved', 'payment.action_required', 'compensation.started');
  const paymentAfter = (result: 'nothing_to_undo' | 'waived') =>
    evolveAll(start, [...asked, { ...settled, result }]).paymentStatus;
  expect(paymentAfter('nothing_to_undo')).toBe('none');
  expect(paymentAfter('waived')).toBe('requires_action');
});

test('a smaller order owes less', () => {
  const reduced = evolveAll(start, facts('inventory.reserved', 'order.reduced'));
  expect(reduced.tally.dueMinor).toBe(half.amountMinor);
});

test('a move that the status machine does not know is a defect, and named', () => {
  expect(() => evolveAll(start, facts('order.cancelled', 'shipment.handed_over'))).toThrow(
    ForbiddenTransition,
  );
  expect(() => evolveAll(start, facts('order.delivered'))).toThrow(/order\.delivered.*pending/);
});

test('a fact that is not said to change the state changes nothing', () => {
  const quiet = factTypes.filter((type) => !changesState(type));
  expect(quiet).toContain('confirmation.sent');
  for (const type of quiet) expect(evolve(start, factSamples[type]), type).toBe(start);
});
