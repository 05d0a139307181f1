import type { OrderLine, OrderRecord, OrderShipment, TimelineEntry } from '../db/orders.js';
import type { StockRecord } from '../db/stock.js';
import type { OrderId } from '../domain/ids.js';
import type { Currency, Money } from '../domain/money.js';

/** Where the Web UI of Temporal shows a workflow. */
export interface TemporalUi {
  readonly url: string;
  readonly namespace: string;
}

interface MoneyBody {
  readonly amount: number;
  readonly currency: Currency;
}

export type OrderBody = ReturnType<typeof orderBody>;

/** An order as it goes over the wire: never contact data, never the means of payment. */
export const orderBody = (order: OrderRecord, ui: TemporalUi | undefined) => ({
  id: order.id,
  object: 'order' as const,
  status: order.status,
  stage: order.stage,
  since: order.statusSince.toISOString(),
  payment_status: order.paymentStatus,
  fulfillment_status: order.fulfillmentStatus,
  needs_attention: order.needsAttention,
  coordination: order.coordination,
  customer_id: order.customerId,
  lines: order.lines.map((line) => lineBody(line, order.currency)),
  totals: totalsBody({ amountMinor: order.totalMinor, currency: order.currency }),
  shipments: order.shipments.map(shipmentBody),
  metadata: order.metadata,
  created_at: order.createdAt.toISOString(),
  version: order.lastSequence,
  links: linksBody(order.id, ui),
});

export const timelineEntryBody = ({ sequence, type, at, data }: TimelineEntry) => ({
  sequence,
  type,
  at: at.toISOString(),
  ...factBody(data),
});

export const stockBody = ({ sku, title, onHand, held }: StockRecord) => ({
  sku,
  title,
  on_hand: onHand,
  held,
  free: onHand - held,
});

/** One page of a list, from one item more than the page holds: the surplus says that more follow. */
export function listBody<Item, Body>(
  items: readonly Item[],
  limit: number,
  bodyOf: (item: Item) => Body,
  cursorOf: (item: Item) => string | number,
) {
  const page = items.slice(0, limit);
  const last = page.at(-1);
  const hasMore = items.length > limit;
  return {
    object: 'list' as const,
    data: page.map(bodyOf),
    has_more: hasMore,
    next_cursor: hasMore && last !== undefined ? cursorOf(last) : null,
  };
}

export const orderPath = (orderId: OrderId): string => `/v1/orders/${orderId}`;

const lineBody = (
  { sku, title, quantity, unitPriceMinor, sellerId }: OrderLine,
  code: Currency,
) => ({
  sku,
  title,
  quantity,
  unit_price: moneyBody({ amountMinor: unitPriceMinor, currency: code }),
  seller_id: sellerId,
});

const shipmentBody = ({ id, carrier, trackingNumber, state }: OrderShipment) => ({
  id,
  carrier,
  tracking_number: trackingNumber,
  state,
});

// Tax and shipping are part of the catalogue's prices, so the items are the total.
const totalsBody = (total: Money) => ({ items: moneyBody(total), total: moneyBody(total) });

const moneyBody = ({ amountMinor, currency }: Money): MoneyBody => ({
  amount: amountMinor,
  currency,
});

const linksBody = (orderId: OrderId, ui: TemporalUi | undefined) => ({
  self: orderPath(orderId),
  timeline: `${orderPath(orderId)}/timeline`,
  cancel: `${orderPath(orderId)}/cancel`,
  ...(ui !== undefined && { temporal: temporalLink(orderId, ui) }),
});

const temporalLink = (orderId: OrderId, { url, namespace }: TemporalUi): string =>
  `${url.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows/${orderId}`;

/** A fact's own fields with their names as they go over the wire, at every depth. */
function factBody(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [wireName(name), wireValue(value)]),
  );
}

function wireValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wireValue);
  if (typeof value === 'object' && value !== null) return factBody({ ...value });
  return value;
}

const wireName = (name: string): string =>
  name === 'amountMinor'
    ? 'amount'
    : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
