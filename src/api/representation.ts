import type { Currency, Money } from '../domain/money.js';
import type { AttentionRecord } from '../db/attention.js';
import type { OpenAttention, OrderLine, OrderRecord, TimelineEntry } from '../db/orders.js';
import type { OrderEvent } from '../events/order-event.js';
import type { StockCounts, StockRecord } from '../db/stock.js';
import type { OrderId } from '../domain/ids.js';
import { actionLinks } from './possible-actions.js';
import { content, type Content } from './reply.js';

/** An amount as it goes over the wire, in the currency's smallest unit. */
export const moneyBody = ({ amountMinor, currency }: Money) => ({ amount: amountMinor, currency });

/** An open item as its order shows it. */
const openAttentionBody = ({ raisedAt, ...item }: OpenAttention) =>
  wireBody({ ...item, raisedAt: new Date(raisedAt) });

export const attentionBody = (item: AttentionRecord) => ({
  id: item.id,
  object: 'attention' as const,
  order_id: item.orderId,
  reason: item.reason,
  subject: item.subject,
  owner: item.owner,
  exposure: item.exposure === null ? null : moneyBody(item.exposure),
  choices: item.choices,
  ...(item.error !== null && { error: item.error }),
  raised_at: item.raisedAt.toISOString(),
  age_seconds: item.ageSeconds,
  resolution: resolutionBody(item),
});

const resolutionBody = ({ resolvedAt, resolvedBy, choice, note }: AttentionRecord) =>
  resolvedAt === null
    ? null
    : { by: resolvedBy, choice, note, resolved_at: resolvedAt.toISOString() };

/** The event with its members in the order in which people read them; the database has its own. */
export const eventBody = ({ data, ...event }: OrderEvent): OrderEvent => ({
  specversion: event.specversion,
  id: event.id,
  source: event.source,
  type: event.type,
  subject: event.subject,
  time: event.time,
  datacontenttype: event.datacontenttype,
  dataschema: event.dataschema,
  dataversion: event.dataversion,
  ordersequence: event.ordersequence,
  traceparent: event.traceparent,
  data,
});

/** Where the Web UI of Temporal shows a workflow. */
export interface TemporalUi {
  readonly url: string;
  readonly namespace: string;
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
  attention: order.attention.map(openAttentionBody),
  coordination: order.coordination,
  customer_id: order.customerId,
  lines: order.lines.map((line) => lineBody(line, order.currency)),
  totals: totalsBody(order),
  discount_code: order.discountCode,
  service_level: order.serviceLevel,
  shortage_policy: order.policy.shortage,
  shipment_failure_policy: order.policy.shipmentFailure,
  lost_parcel_policy: order.policy.lostParcel,
  points_at: order.policy.pointsAt,
  verification: order.verification,
  shipments: order.shipments.map(wireBody),
  metadata: order.metadata,
  created_at: order.createdAt.toISOString(),
  version: order.lastSequence,
  links: linksBody(order, ui),
});

export const timelineEntryBody = ({ sequence, type, at, data }: TimelineEntry) => ({
  sequence,
  type,
  at: at.toISOString(),
  ...wireBody(data),
});

export const stockBody = ({ sku, title, warehouses, ...counts }: StockRecord) => ({
  sku,
  title,
  ...countsBody(counts),
  warehouses: warehouses.map(({ id, ...own }) => ({ id, ...countsBody(own) })),
});

const countsBody = ({ onHand, held }: StockCounts) => ({
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

export const listReply = <Item, Body>(
  ...[items, limit, bodyOf, cursorOf, more]: [
    ...Parameters<typeof listBody<Item, Body>>,
    more?: Pick<Content, 'orderId'>,
  ]
): Content => content(200, listBody(items, limit, bodyOf, cursorOf), more);

export const orderPath = (orderId: OrderId): string => `/v1/orders/${orderId}`;

const lineBody = (
  { sku, title, quantity, unitPriceMinor, amountMinor, sellerId }: OrderLine,
  code: Currency,
) => ({
  sku,
  title,
  quantity,
  unit_price: moneyBody({ amountMinor: unitPriceMinor, currency: code }),
  amount: moneyBody({ amountMinor, currency: code }),
  seller_id: sellerId,
});

/** Items less discount, plus shipping, less what was dropped for want of stock, is the total. */
function totalsBody(order: OrderRecord) {
  const { lines, discountMinor, shippingMinor, taxMinor, totalMinor, currency } = order;
  const itemsMinor = lines.reduce((sum, line) => sum + line.unitPriceMinor * line.quantity, 0);
  const body = (amountMinor: number) => moneyBody({ amountMinor, currency });
  return {
    items: body(itemsMinor),
    discount: body(discountMinor),
    shipping: body(shippingMinor),
    dropped: body(itemsMinor - discountMinor + shippingMinor - totalMinor),
    tax_included: body(taxMinor),
    total: body(totalMinor),
  };
}

const linksBody = (order: OrderRecord, ui: TemporalUi | undefined) => ({
  self: orderPath(order.id),
  timeline: `${orderPath(order.id)}/timeline`,
  ...actionLinks(order.id, order),
  ...(ui !== undefined &&
    order.coordination === 'orchestrated' && { temporal: temporalLink(order.id, ui) }),
});

const temporalLink = (orderId: OrderId, { url, namespace }: TemporalUi): string =>
  `${url.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows/${orderId}`;

/**
 * Members with their names as they go over the wire, and times as RFC 3339, at every depth. For facts,
 * and for records that hold nothing but what people may see.
 */
export const wireBody = (record: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => [wireName(name), wireValue(value)]),
  );

function wireValue(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(wireValue);
  return typeof value === 'object' && value !== null ? wireBody(value) : value;
}

const wireName = (name: string): string =>
  name === 'amountMinor'
    ? 'amount'
    : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
