import type { Booking, Evidence, Message, Parcel } from '../../bench/ledgers/evidence.js';

const orderId = 'ord_1';
const shipment = 'shp_1';
const total = 1_780;

export const booking = (kind: Booking['kind'], amount = total, key: string = kind): Booking => ({
  kind,
  amount,
  idempotencyKey: `${orderId}:${key}`,
});

export const capture = (amount = total, of = shipment): Booking =>
  booking('capture', amount, `capturePayment:${of}`);

export const message = (template: string, to = 'ada@example.com'): Message => ({ template, to });

export const parcel = (parts: Partial<Parcel> = {}): Parcel => ({
  isVoided: false,
  isGone: true,
  isDelivered: true,
  ...parts,
});

/** An order that went as it should: paid, sent, delivered, and everybody who must know heard of it. */
export const delivered = (parts: Partial<Evidence> = {}): Evidence => ({
  orderId,
  status: 'delivered',
  cancelStatus: undefined,
  excuses: [],
  totalMinor: total,
  isMember: true,
  sellers: 1,
  bookings: [booking('authorize'), capture()],
  parcels: [parcel()],
  messages: [
    message('order_placed'),
    message('order_confirmation'),
    message('seller_notice', 'seller@example.com'),
    message('shipped'),
    message('delivered'),
  ],
  holds: [{ warehouseId: 'wh_hamburg', state: 'issued' }],
  awards: 1,
  points: 17,
  waits: [],
  unpublished: 0,
  ...parts,
});

/** One that its buyer cancelled after it was paid for, and that was taken back whole. */
export const cancelled = (parts: Partial<Evidence> = {}): Evidence =>
  delivered({
    status: 'cancelled',
    cancelStatus: 200,
    excuses: ['cancelled'],
    bookings: [booking('authorize'), capture(), booking('refund')],
    parcels: [parcel({ isVoided: true, isGone: false, isDelivered: false })],
    messages: [
      message('order_placed'),
      message('order_confirmation'),
      message('seller_notice', 'seller@example.com'),
      message('cancellation'),
      message('seller_cancellation', 'seller@example.com'),
    ],
    holds: [{ warehouseId: 'wh_hamburg', state: 'released' }],
    points: 0,
    ...parts,
  });

/** One whose goods somebody else had bought before. */
export const soldOut = (parts: Partial<Evidence> = {}): Evidence =>
  delivered({
    status: 'rejected',
    excuses: ['short'],
    bookings: [],
    parcels: [],
    messages: [message('order_placed'), message('rejection')],
    holds: [],
    awards: 0,
    points: 0,
    ...parts,
  });

/** One that is still under way. */
export const open = (parts: Partial<Evidence> = {}): Evidence =>
  delivered({
    status: 'confirmed',
    parcels: [parcel({ isGone: false, isDelivered: false })],
    messages: [message('order_placed'), message('order_confirmation')],
    holds: [{ warehouseId: 'wh_hamburg', state: 'held' }],
    ...parts,
  });
