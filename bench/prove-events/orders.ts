import type { Fact } from '../../src/domain/facts.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { money, type Money } from '../../src/domain/money.js';
import { between, oneOf, type Random } from '../harness/random.js';

export type History = ReturnType<typeof historyOf>;

const products = 40;
const sellers = 7;

export const sellerIds: readonly string[] = Array.from(
  { length: sellers },
  (_, index) => `sel_${index + 1}`,
);

const customers = 400;
const heldShare = 0.03;

/** The facts of a step are committed together, after their transaction was held open for a while. */
export function historyOf(random: Random, orderId: OrderId) {
  const drawn = Array.from({ length: between(random, 1, 3) }, () => lineOf(random));
  const lines = [...new Map(drawn.map((line) => [line.sku, line])).values()];
  const total = money(
    lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    'EUR',
  );
  const customerId = `cus_${between(random, 1, customers)}`;
  const placedHeldMs = heldMs(random);
  const facts = oneOf(random, histories)({ random, orderId, lines, total });
  const steps = facts.map((some) => ({ facts: some, heldMs: heldMs(random) }));
  return { customerId, lines, total, placedHeldMs, steps };
}

function lineOf(random: Random) {
  const product = between(random, 1, products);
  const quantity = between(random, 1, 3);
  const sellerId = sellerIds[product % sellers] ?? '';
  return { sku: `SKU-${product}`, quantity, sellerId, amountMinor: quantity * product * 100 };
}

const heldMs = (random: Random): number => (random() < heldShare ? between(random, 200, 2_000) : 0);

interface Setting {
  readonly random: Random;
  readonly orderId: OrderId;
  readonly lines: readonly ReturnType<typeof lineOf>[];
  readonly total: Money;
}

type Facts = readonly Fact[];

const goodsOf = ({ lines }: Setting) => lines.map(({ sku, quantity }) => ({ sku, quantity }));

const reserved = (setting: Setting): Fact => ({
  type: 'inventory.reserved',
  parcels: [{ warehouseId: 'wh_1', lines: goodsOf(setting) }],
});

const confirmed = (setting: Setting): Facts[] => [
  [reserved(setting)],
  [
    {
      type: 'payment.authorized',
      paymentId: `pi_${setting.orderId.slice(-8)}`,
      amount: setting.total,
    },
  ],
  [
    { type: 'order.confirmed' },
    { type: 'points.awarded', points: Math.floor(setting.total.amountMinor / 100) },
  ],
  [{ type: 'mail.sent', template: 'order_confirmed' }],
];

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
  const scan: Fact = { type: 'shipment.scanned', shipmentId, status: 'in_transit' };
  return [
    ...shipped(setting),
    ...Array.from({ length: between(setting.random, 0, 2) }, () => [scan]),
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

const request = { by: 'customer', reason: 'changed my mind' } as const;

const cancelled = (setting: Setting): Facts[] => [
  ...confirmed(setting),
  [{ type: 'order.cancel_requested', ...request }],
  [{ type: 'compensation.started', cause: 'cancelled', undos: [] }],
  [{ type: 'points.revoked' }, { type: 'payment.voided' }],
  [{ type: 'inventory.released' }],
  [{ type: 'order.cancelled', ...request }, { type: 'cancellation.sent' }],
];

function returned(setting: Setting): Facts[] {
  const returnId = `ret_${setting.orderId.slice(4)}` as const;
  const lines = goodsOf(setting);
  const restocked = lines.map((line) => ({ ...line, verdict: 'restock' as const }));
  return [
    ...delivered(setting),
    [{ type: 'return.requested', returnId, lines }],
    [
      { type: 'return.approved', returnId, by: 'mia' },
      { type: 'return.label_created', returnId, trackingNumber: 'T2' },
    ],
    [{ type: 'return.received', returnId, lines: restocked }],
    [{ type: 'payment.refunded', amount: setting.total, returnId }],
    [{ type: 'return.completed', returnId }, { type: 'order.returned' }],
  ];
}

/** The more often a history is here, the more orders have it. */
const histories = [
  ...[delivered, delivered, delivered, shipped],
  ...[outOfStock, declined, cancelled, returned],
];
