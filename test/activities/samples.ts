import type { OrderMailTemplate } from '../../src/activities/mails/mail.js';
import type { MailData } from '../../src/activities/mails/mail-context.js';
import type { OrderDetails, Shop } from '../../src/activities/ports.js';
import { shipmentIdOf } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';

export const shop: Shop = {
  name: 'Leaf Shop',
  staffEmail: 'staff@shop.example',
  orderPage: (orderId) => `https://shop.example/orders/${orderId}`,
};

const leaf = { id: 'sel_leaf', name: 'Leaf & Kettle', email: 'warehouse@leaf.example' };
const clay = { id: 'sel_clay', name: 'Clay Works', email: 'orders@clay.example' };
const orderId = 'ord_01m7y219pffzv8pj63v9wcvshh';
const shipmentId = shipmentIdOf(orderId);

/** 2 × 8.90 and 1 × 42.00, 5.98 off, 4.90 for shipping: 58.72 EUR. */
export const anOrder: OrderDetails = {
  orderId,
  customer: {
    id: 'cus_42',
    name: 'Ada Example',
    email: 'ada@example.com',
    phone: '+4915100000000',
    member: true,
  },
  shippingAddress: {
    name: 'Ada Neighbour',
    line1: '1 Main Street',
    line2: 'Back yard',
    city: 'Berlin',
    postalCode: '10115',
    country: 'DE',
  },
  paymentMethod: 'pm_card_visa',
  total: money(5_872, 'EUR'),
  shipping: money(490, 'EUR'),
  lines: [
    {
      sku: 'TEA-100',
      title: 'Green tea, 100 g',
      quantity: 2,
      unitPrice: money(890, 'EUR'),
      weightGrams: 120,
      seller: leaf,
    },
    {
      sku: 'POT-900',
      title: 'Teapot, 900 ml',
      quantity: 1,
      unitPrice: money(4_200, 'EUR'),
      weightGrams: 850,
      seller: clay,
    },
  ],
};

const until = '2026-11-23T14:05:00.000Z';
export const untilInWords = 'Monday, 23 November 2026, 14:05 UTC';
const parcel = { shipmentId, carrier: 'SandboxPost', trackingNumber: 'SP1234567890' };
const parcelFacts = ['SandboxPost', 'SP1234567890', '1', 'Teapot, 900 ml'];
const pot = [{ sku: 'POT-900', quantity: 1 }];
const amount = money(4_200, 'EUR');
const returnId = 'ret_01m7y219pffzv8pj63v9wcvshh';

interface Sample {
  readonly data: MailData;
  readonly sequence?: string;
  /** What the reader must find in it. */
  readonly tells: readonly string[];
}

/** One case of each mail that is written from the order and its data alone. */
export const samples: Readonly<Record<OrderMailTemplate, Sample>> = {
  order_placed: { data: { until }, tells: ['Green tea, 100 g', '58.72 EUR', untilInWords] },
  order_confirmation: {
    data: {},
    tells: [
      '17.80 EUR',
      '42.00 EUR',
      '4.90 EUR',
      '−5.98 EUR',
      '58.72 EUR',
      'when the parcel leaves',
    ],
  },
  approval_reminder: {
    data: { until, reasons: ['large_amount', 'busy_card'] },
    tells: ['The total is at or above the limit', '58.72 EUR', untilInWords, 'it is rejected'],
  },
  shortage_question: {
    data: { until, short: [{ sku: 'TEA-100', asked: 2, available: 1 }], otherwise: 'cancel' },
    tells: [
      'Green tea, 100 g',
      '1 in stock',
      'You can choose',
      untilInWords,
      'we cancel the order',
    ],
  },
  shortage_reminder: {
    data: { until, short: [{ sku: 'TEA-100', asked: 2, available: 0 }], otherwise: 'wait' },
    tells: ['Green tea, 100 g', 'none in stock', untilInWords, 'we wait for the rest'],
  },
  order_reduced: {
    data: { lines: pot, amount: money(1_780, 'EUR') },
    tells: ['Teapot, 900 ml', 'New total', '17.80 EUR'],
  },
  payment_confirmation_needed: {
    data: { until },
    tells: ['Your bank wants to be sure', '58.72 EUR', untilInWords, 'Confirm the payment'],
  },
  payment_method_needed: {
    data: { until },
    tells: ['nothing was charged', '58.72 EUR', untilInWords, 'Choose how to pay'],
  },
  address_needed: { data: { until }, tells: [untilInWords, 'Correct the address'] },
  backordered: {
    data: { until, short: [{ sku: 'POT-900', asked: 1, available: 0 }] },
    tells: ['Teapot, 900 ml', 'none in stock', untilInWords, 'you can cancel'],
  },
  shipped: {
    data: { ...parcel, lines: pot, amount },
    sequence: shipmentId,
    tells: [...parcelFacts, '42.00 EUR', 'Follow your parcel'],
  },
  delayed: { data: parcel, sequence: shipmentId, tells: ['SandboxPost', 'SP1234567890'] },
  delivered: {
    data: { ...parcel, lines: pot, until },
    sequence: shipmentId,
    tells: [...parcelFacts, untilInWords, 'You can send goods back'],
  },
  parcel_lost: {
    data: { ...parcel, lines: pot, amount },
    sequence: shipmentId,
    tells: [...parcelFacts, 'We pay back', '42.00 EUR'],
  },
  refunded: {
    data: { amount },
    sequence: shipmentId,
    tells: ['Paid back', '42.00 EUR', 'up to 10 days'],
  },
  cancellation: { data: { payment: 'refunded' }, tells: ['We pay back what was charged'] },
  rejection: {
    data: { payment: 'voided', rejection: 'out_of_stock' },
    tells: ['sold out', 'You are not charged', 'free again'],
  },
  return_approved: {
    data: { ...parcel, returnId, lines: pot, until },
    sequence: returnId,
    tells: [...parcelFacts, returnId, untilInWords],
  },
  return_refused: {
    data: { returnId, lines: pot, reasons: ['It was opened'] },
    sequence: returnId,
    tells: [returnId, 'It was opened', 'Teapot, 900 ml'],
  },
  return_completed: {
    data: { returnId, lines: pot, amount },
    sequence: returnId,
    tells: [returnId, 'We pay back 42.00 EUR', 'Teapot, 900 ml'],
  },
};
