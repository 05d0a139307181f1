import { expect, test } from 'vitest';
import { talliesOf } from '../../bench/compare/outcome.js';
import type { Booking, Evidence, Parcel } from '../../bench/ledgers/rules.js';
import { brokenRules } from '../../bench/ledgers/rules.js';

const orderId = 'ord_1';
const shipment = 'shp_1';
const total = 1_780;

const booking = (kind: Booking['kind'], amount = total, key: string = kind): Booking => ({
  kind,
  amount,
  idempotencyKey: `${orderId}:${key}`,
});

const capture = (amount = total, of = shipment): Booking =>
  booking('capture', amount, `capturePayment:${of}`);

const authorizedOnly = [booking('authorize')];
const voided = [booking('authorize'), booking('void')];
const paidAnd = (...more: readonly Booking[]) => ({
  bookings: [booking('authorize'), capture(), ...more],
});
const unused = { isGone: false, isDelivered: false };

const holds = (state: Evidence['holds'][number]['state']): Evidence['holds'] => [
  { warehouseId: 'wh_hamburg', state },
];

const parcel = (parts: Partial<Parcel> = {}): Parcel => ({
  ...{ isVoided: false, isGone: true, isDelivered: true },
  ...parts,
});

const confirmedBy = ['order_placed', 'order_confirmation'];
const soldBy = [...confirmedBy, 'seller_notice'];

/** An order that went as it should: paid, sent, delivered, and everybody who must know was informed. */
const delivered = (parts: Partial<Evidence> = {}): Evidence => ({
  ...{ orderId, status: 'delivered', cancelStatus: undefined, excuses: [] },
  ...{ totalMinor: total, isMember: true, sellers: 1 },
  ...paidAnd(),
  parcels: [parcel()],
  messages: [...soldBy, 'shipped', 'delivered'],
  holds: holds('issued'),
  ...{ awards: 1, points: 17, waits: [], unpublished: 0 },
  ...parts,
});

/** Cancelled after it was paid for, and compensated whole. */
const cancelled = (parts: Partial<Evidence> = {}): Evidence =>
  delivered({
    ...{ status: 'cancelled', cancelStatus: 200, excuses: ['cancelled'] },
    ...paidAnd(booking('refund')),
    parcels: [parcel({ isVoided: true, ...unused })],
    messages: [...soldBy, 'cancellation', 'seller_cancellation'],
    ...{ holds: holds('released'), points: 0 },
    ...parts,
  });

/** One whose goods somebody else had bought before. */
const soldOut = (parts: Partial<Evidence> = {}): Evidence =>
  delivered({
    ...{ status: 'rejected', excuses: ['short'], bookings: [], parcels: [], holds: [] },
    ...{ messages: ['order_placed', 'rejection'], awards: 0, points: 0 },
    ...parts,
  });

/** One that is still under way. */
const open = (parts: Partial<Evidence> = {}): Evidence =>
  delivered({
    ...{ status: 'confirmed', parcels: [parcel(unused)], holds: holds('held') },
    messages: confirmedBy,
    ...parts,
  });

const withMail = (evidence: Evidence, template: string): Evidence => ({
  ...evidence,
  messages: [...evidence.messages, template],
});
const without = (evidence: Evidence, template: string): Evidence => ({
  ...evidence,
  messages: evidence.messages.filter((one) => one !== template),
});

const lateCancel = { excuses: ['cancelled'], cancelStatus: 409 } as const;
const refused = { status: 'rejected', excuses: ['refused'], cancelStatus: undefined } as const;

test.each([
  ['delivered', delivered()],
  ['delivered to a guest', delivered({ isMember: false, awards: 0, points: 0 })],
  [
    'delivered in two parcels, paid one by one',
    delivered({
      bookings: [booking('authorize'), capture(1_000), capture(780, 'shp_2')],
      parcels: [parcel(), parcel()],
      messages: [...delivered().messages, 'shipped', 'delivered'],
      holds: [...holds('issued'), { warehouseId: 'wh_rotterdam', state: 'issued' }],
    }),
  ],
  ['delivered, since the cancel came too late', delivered(lateCancel)],
  ['cancelled after the capture', cancelled()],
  ['cancelled before the capture', cancelled({ bookings: voided, parcels: [] })],
  ['sold out', soldOut()],
  [
    'refused by the carrier',
    cancelled({
      ...{ ...refused, bookings: voided, parcels: [] },
      messages: [...confirmedBy, 'rejection'],
    }),
  ],
  ['declined', soldOut({ excuses: [], bookings: [booking('decline')], holds: holds('released') })],
  ['cancelled before anybody wrote to its buyer', without(cancelled(), 'order_placed')],
  ['under way', open()],
])('an order breaks no rule that is %s', (_how, evidence) => {
  expect(brokenRules(evidence)).toEqual([]);
});

test.each<[rule: string, how: string, Evidence]>([
  ['leakedHolds', 'goods stay held after the end', cancelled({ holds: holds('held') })],
  ['chargedCancelled', 'the refund never came', cancelled(paidAnd())],
  ['chargedCancelled', 'only a part was given back', cancelled(paidAnd(booking('refund', 780)))],
  ['doubleCharges', 'more is taken than it costs', delivered(paidAnd(capture(1, 'shp_2')))],
  [
    'doubleCharges',
    'one shipment is paid for twice, though less than the price',
    delivered({ bookings: [booking('authorize'), capture(890), capture(890)] }),
  ],
  ['oversold', 'it is sent without goods of its own', delivered({ holds: [] })],
  ['oversold', 'its goods were released, and it is sent', delivered({ holds: holds('released') })],
  ['needlessUndo', 'nobody had a reason', cancelled({ excuses: [] })],
  ['needlessUndo', 'the cancel was refused', cancelled({ cancelStatus: 409 })],
  ['needlessUndo', 'it had its goods, and was paid for', soldOut({ bookings: voided })],
  [
    'untrueTold',
    'it is delivered, and no parcel has arrived',
    delivered({ parcels: [parcel({ isDelivered: false })] }),
  ],
  ['untrueTold', 'it is cancelled, and the parcel comes', cancelled({ parcels: [parcel()] })],
  ['untrueTold', 'it is confirmed without money', withMail(soldOut(), 'order_confirmation')],
  ['untrueTold', 'it will not come, a mail says', withMail(delivered(), 'rejection')],
  ['untrueTold', 'it is on its way, a mail says', withMail(cancelled(), 'shipped')],
  [
    'untrueTold',
    'it is cancelled, said the answer',
    delivered({ ...lateCancel, cancelStatus: 200 }),
  ],
  ['eventsNotOnce', 'a mail comes twice', withMail(delivered(), 'order_confirmation')],
  ['eventsNotOnce', 'a seller is told twice', withMail(delivered(), 'seller_notice')],
  ['eventsNotOnce', 'points are awarded twice', delivered({ awards: 2, points: 34 })],
  ['eventsNotOnce', 'a mail never comes', without(delivered(), 'order_confirmation')],
  ['eventsNotOnce', 'a seller is never told', without(delivered(), 'seller_notice')],
  ['eventsNotOnce', 'a member gets no points', delivered({ awards: 0, points: 0 })],
  ['eventsNotOnce', 'the points stay', cancelled({ points: 17 })],
  ['eventsNotOnce', 'nobody informs the buyer of the end', without(cancelled(), 'cancellation')],
  ['eventsNotOnce', 'a fact is no event', delivered({ unpublished: 1 })],
  ['isNotPaidFor', 'it is sent and never paid', delivered({ bookings: voided })],
  ['isNotPaidFor', 'it is paid, not sent', delivered({ parcels: [parcel({ isGone: false })] })],
  ['leavesAuthorization', 'money stays authorized', cancelled({ bookings: authorizedOnly })],
  ['leavesLabel', 'the label is not voided', cancelled({ parcels: [parcel(unused)] })],
])('the rule %s is broken when %s', (rule, _how, evidence) => {
  expect(brokenRules(evidence)).toContain(rule);
});

test('what waits for a person may still come, and must not come twice', () => {
  const waits = ['dead letter: notification:0'];
  expect(brokenRules({ ...without(delivered(), 'order_confirmation'), waits })).toEqual([]);
  const twice = withMail(delivered(), 'order_confirmation');
  expect(brokenRules({ ...twice, waits })).toEqual(['eventsNotOnce']);
});

test('orders are counted as stuck, wrong or waiting, and none twice', () => {
  const leaking = cancelled({ holds: holds('held') });
  const waiting = open({ waits: ['attention: undo_stuck'] });
  const verdicts = talliesOf([delivered(), cancelled(), leaking, leaking, open(), waiting]);
  const counted = Object.entries(verdicts).filter(([, count]) => count !== 0);
  const expected = { stuck: 1, wrong: 2, leakedHolds: 2, waitingForPerson: 1 };
  expect(Object.fromEntries(counted)).toEqual(expected);
});
