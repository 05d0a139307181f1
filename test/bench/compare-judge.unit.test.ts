import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../bench/ledgers/evidence.js';
import { brokenRules } from '../../bench/ledgers/rules.js';
import { talliesOf } from '../../bench/compare/outcome.js';
import {
  booking,
  cancelled,
  capture,
  delivered,
  message,
  open,
  parcel,
  soldOut,
} from './compare-evidence.js';

const withMessages = (evidence: Evidence, ...templates: readonly string[]): Evidence => ({
  ...evidence,
  messages: [...evidence.messages, ...templates.map((template) => message(template))],
});
const without = (evidence: Evidence, template: string): Evidence => ({
  ...evidence,
  messages: evidence.messages.filter((one) => one.template !== template),
});

test.each([
  ['delivered', delivered()],
  ['delivered to a guest', delivered({ isMember: false, awards: 0, points: 0 })],
  [
    'delivered in two parcels, paid one by one',
    delivered({
      bookings: [booking('authorize'), capture(1_000), capture(780, 'shp_2')],
      parcels: [parcel(), parcel()],
      messages: [...delivered().messages, message('shipped'), message('delivered')],
      holds: [
        { warehouseId: 'wh_hamburg', state: 'issued' },
        { warehouseId: 'wh_rotterdam', state: 'issued' },
      ],
    }),
  ],
  [
    'delivered, since the cancel came too late',
    delivered({ excuses: ['cancelled'], cancelStatus: 409 }),
  ],
  ['cancelled after the capture', cancelled()],
  [
    'cancelled before the capture',
    cancelled({ bookings: [booking('authorize'), booking('void')], parcels: [] }),
  ],
  ['sold out', soldOut()],
  [
    'refused by the carrier',
    cancelled({
      status: 'rejected',
      cancelStatus: undefined,
      excuses: ['refused'],
      bookings: [booking('authorize'), booking('void')],
      parcels: [],
      messages: [message('order_placed'), message('order_confirmation'), message('rejection')],
    }),
  ],
  [
    'declined',
    soldOut({
      excuses: [],
      bookings: [booking('decline')],
      holds: [{ warehouseId: 'wh_hamburg', state: 'released' }],
    }),
  ],
  ['cancelled before anybody wrote to its buyer', without(cancelled(), 'order_placed')],
  ['under way', open()],
])('an order breaks no rule that is %s', (_how, evidence) => {
  expect(brokenRules(evidence)).toEqual([]);
});

describe('each rule sees what breaks it', () => {
  test.each<[rule: string, how: string, Evidence]>([
    [
      'leakedHolds',
      'goods stay held after the end',
      cancelled({ holds: [{ warehouseId: 'wh_hamburg', state: 'held' }] }),
    ],
    [
      'chargedCancelled',
      'the refund never came',
      cancelled({ bookings: [booking('authorize'), capture()] }),
    ],
    [
      'chargedCancelled',
      'only a part was given back',
      cancelled({ bookings: [booking('authorize'), capture(), booking('refund', 780)] }),
    ],
    [
      'doubleCharges',
      'more is taken than it costs',
      delivered({ bookings: [booking('authorize'), capture(), capture(1, 'shp_2')] }),
    ],
    [
      'doubleCharges',
      'one shipment is paid for twice, though less than the price',
      delivered({ bookings: [booking('authorize'), capture(890), capture(890)] }),
    ],
    ['oversold', 'it is sent without goods of its own', delivered({ holds: [] })],
    [
      'oversold',
      'it is sent though its goods were let go',
      delivered({ holds: [{ warehouseId: 'wh_hamburg', state: 'released' }] }),
    ],
    ['needlessUndo', 'nobody had a reason', cancelled({ excuses: [] })],
    ['needlessUndo', 'the cancel was refused', cancelled({ cancelStatus: 409 })],
    [
      'needlessUndo',
      'it had its goods, and was paid for',
      soldOut({ bookings: [booking('authorize'), booking('void')] }),
    ],
    [
      'untrueTold',
      'it is delivered, and no parcel has arrived',
      delivered({ parcels: [parcel({ isDelivered: false })] }),
    ],
    ['untrueTold', 'it is cancelled, and the parcel comes', cancelled({ parcels: [parcel()] })],
    [
      'untrueTold',
      'it is confirmed, and no money was set aside',
      withMessages(soldOut(), 'order_confirmation'),
    ],
    ['untrueTold', 'it will not come, a mail says', withMessages(delivered(), 'rejection')],
    ['untrueTold', 'it is on its way, a mail says', withMessages(cancelled(), 'shipped')],
    [
      'untrueTold',
      'it is cancelled, said the answer',
      delivered({ cancelStatus: 200, excuses: ['cancelled'] }),
    ],
    ['eventsNotOnce', 'a mail comes twice', withMessages(delivered(), 'order_confirmation')],
    ['eventsNotOnce', 'a seller is told twice', withMessages(delivered(), 'seller_notice')],
    ['eventsNotOnce', 'points are awarded twice', delivered({ awards: 2, points: 34 })],
    ['eventsNotOnce', 'a mail never comes', without(delivered(), 'order_confirmation')],
    ['eventsNotOnce', 'a seller never hears of it', without(delivered(), 'seller_notice')],
    ['eventsNotOnce', 'a member gets no points', delivered({ awards: 0, points: 0 })],
    ['eventsNotOnce', 'the points stay', cancelled({ points: 17 })],
    ['eventsNotOnce', 'nobody tells the buyer of the end', without(cancelled(), 'cancellation')],
    ['eventsNotOnce', 'a fact is no event', delivered({ unpublished: 1 })],
    [
      'isNotPaidFor',
      'it is sent and never paid',
      delivered({ bookings: [booking('authorize'), booking('void')] }),
    ],
    [
      'isNotPaidFor',
      'it is paid and never sent',
      delivered({ parcels: [parcel({ isGone: false })] }),
    ],
    [
      'leavesAuthorization',
      'money stays set aside',
      cancelled({ bookings: [booking('authorize')] }),
    ],
    [
      'leavesLabel',
      'the label is not given back',
      cancelled({ parcels: [parcel({ isGone: false, isDelivered: false })] }),
    ],
  ])('%s: %s', (rule, _how, evidence) => {
    expect(brokenRules(evidence)).toContain(rule);
  });
});

test('what waits for a person may still come', () => {
  const waits = ['dead letter: notification:0'];
  expect(brokenRules({ ...without(delivered(), 'order_confirmation'), waits })).toEqual([]);
  expect(brokenRules({ ...withMessages(delivered(), 'order_confirmation'), waits })).toEqual([
    'eventsNotOnce',
  ]);
});

test('orders are counted as stuck, wrong or waiting, and none twice', () => {
  const leaking = cancelled({ holds: [{ warehouseId: 'wh_hamburg', state: 'held' }] });
  const waiting = open({ waits: ['attention: undo_stuck'] });
  const verdicts = talliesOf([delivered(), cancelled(), leaking, leaking, open(), waiting]);
  expect(verdicts).toEqual({
    stuck: 1,
    wrong: 2,
    leakedHolds: 2,
    chargedCancelled: 0,
    doubleCharges: 0,
    oversold: 0,
    needlessUndo: 0,
    untrueTold: 0,
    waitingForPerson: 1,
    eventsNotOnce: 0,
  });
});
