import type { Fact } from '../../src/domain/facts.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { money, type Money } from '../../src/domain/money.js';
import { between, oneOf, type Random } from '../harness/random.js';

/** Facts that are committed together, and how long their transaction is held open before. */
interface Step {
  readonly facts: readonly Fact[];
  readonly heldMs: number;
}

export interface Line {
  readonly sku: string;
  readonly quantity: number;
  readonly sellerId: string;
  readonly amountMinor: number;
}

/** What an order is made of, and all that becomes of it. */
export interface History {
  readonly customerId: string;
  readonly lines: readonly Line[];
  readonly placedHeldMs: number;
  readonly steps: readonly Step[];
}

const products = 40;
const sellers = 7;

export const sellerIds: readonly string[] = Array.from(
  { length: sellers },
  (_, index) => `sel_${index + 1}`,
);

const customers = 400;
const heldShare = 0.03;

export function historyOf(random: Random, orderId: OrderId): History {
  const lines = Array.from({ length: between(random, 1, 3) }, () => lineOf(random));
  const unique = [...new Map(lines.map((line) => [line.sku, line])).values()];
  const total = money(
    unique.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    'EUR',
  );
  return {
    customerId: `cus_${between(random, 1, customers)}`,
    lines: unique,
    placedHeldMs: heldMs(random),
    steps: oneOf(
      random,
      histories,
    )({ random, orderId, lines: unique, total }).map((facts) => ({
      facts,
      heldMs: heldMs(random),
    })),
  };
}

function lineOf(random: Random): Line {
  const product = between(random, 1, products);
  const quantity = between(random, 1, 3);
  const sellerId = sellerIds[product % sellers] ?? '';
  const amountMinor = quantity * product * 100;
  return { sku: `SKU-${product}`, quantity, sellerId, amountMinor };
}

const heldMs = (random: Random): number => (random() < heldShare ? between(random, 200, 2_000) : 0);

interface Setting {
  readonly random: Random;
  readonly orderId: OrderId;
  readonly lines: readonly Line[];
  readonly total: Money;
}

type Facts = readonly Fact[];

function reserved({ lines }: Setting): Fact {
  const goods = lines.map(({ sku, quantity }) => ({ sku, quantity }));
  return { type: 'inventory.reserved', parcels: [{ warehouseId: 'wh_1', lines: goods }] };
}

const authorized = ({ orderId, total }: Setting): Fact => ({
  type: 'payment.authorized',
  paymentId: `pi_${orderId.slice(-8)}`,
  amount: total,
});

function confirmed(setting: Setting): Facts[] {
  const points = Math.floor(setting.total.amountMinor / 100);
  return [
    [reserved(setting)],
    [authorized(setting)],
    [{ type: 'order.confirmed' }, { type: 'points.awarded', points }],
    [{ type: 'mail.sent', template: 'order_confirmed' }],
  ];
}

const pickUp = {
  pickUpFrom: '2026-01-05T09:00:00.000Z',
  pickUpUntil: '2026-01-05T12:00:00.000Z',
};

function shipped(setting: Setting): Facts[] {
  const shipmentId = shipmentIdOf(setting.orderId);
  const sellerIds = setting.lines.map(({ sellerId }) => sellerId);
  return [
    ...confirmed(setting),
    [{ type: 'shipment.created', shipmentId, carrier: 'Post', trackingNumber: 'T1' }],
    [
      { type: 'delivery_partner.assigned', partnerId: 'dp_1', ...pickUp },
      { type: 'seller.notified', sellerIds },
    ],
    [
      { type: 'payment.captured', amount: setting.total, shipmentId },
      { type: 'shipment.handed_over', shipmentId },
    ],
  ];
}

function delivered(setting: Setting): Facts[] {
  const shipmentId = shipmentIdOf(setting.orderId);
  const scans = between(setting.random, 0, 2);
  return [
    ...shipped(setting),
    ...Array.from({ length: scans }, (): Facts => [
      { type: 'shipment.scanned', shipmentId, status: 'in_transit' },
    ]),
    [{ type: 'shipment.delivered', shipmentId }, { type: 'order.delivered' }],
  ];
}

const outOfStock = ({ lines }: Setting): Facts[] => [
  [
    {
      type: 'inventory.short',
      lines: lines.map(({ sku, quantity }) => ({ sku, asked: quantity, available: 0 })),
    },
  ],
  [{ type: 'order.rejected', reason: 'out_of_stock' }],
];

const declined = (setting: Setting): Facts[] => [
  [reserved(setting)],
  [{ type: 'payment.declined', code: 'generic_decline' }],
  [{ type: 'compensation.started', cause: 'rejected', undos: ['releaseStock'] }],
  [{ type: 'inventory.released' }],
  [{ type: 'order.rejected', reason: 'payment_declined' }],
];

const cancelled = (setting: Setting): Facts[] => [
  ...confirmed(setting),
  [{ type: 'order.cancel_requested', by: 'customer', reason: 'changed my mind' }],
  [{ type: 'compensation.started', cause: 'cancelled', undos: [] }],
  [{ type: 'points.revoked' }, { type: 'payment.voided' }],
  [{ type: 'inventory.released' }],
  [
    { type: 'order.cancelled', by: 'customer', reason: 'changed my mind' },
    { type: 'cancellation.sent' },
  ],
];

function returned(setting: Setting): Facts[] {
  const returnId = `ret_${setting.orderId.slice(4)}` as const;
  const lines = setting.lines.map(({ sku, quantity }) => ({ sku, quantity }));
  return [
    ...delivered(setting),
    [{ type: 'return.requested', returnId, lines }],
    [
      { type: 'return.approved', returnId, by: 'mia' },
      { type: 'return.label_created', returnId, trackingNumber: 'T2' },
    ],
    [
      {
        type: 'return.received',
        returnId,
        lines: lines.map((line) => ({ ...line, verdict: 'restock' })),
      },
    ],
    [{ type: 'payment.refunded', amount: setting.total, returnId }],
    [{ type: 'return.completed', returnId }, { type: 'order.returned' }],
  ];
}

/** The more often a history is here, the more orders have it. */
const histories = [
  ...[delivered, delivered, delivered, shipped],
  ...[outOfStock, declined, cancelled, returned],
];
