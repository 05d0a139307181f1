import { sql, type RawBuilder } from 'kysely';
import type { FactType } from '../domain/facts.js';
import type { OrderId, ShipmentId } from '../domain/ids.js';
import type { Currency } from '../domain/money.js';
import type { Coordination, OrderState, OrderStatus } from '../domain/order-state.js';
import type { OrderPolicy } from '../domain/policy.js';
import type { Verification } from '../domain/risk.js';
import type { ServiceLevelName } from '../domain/service-level.js';
import type { AttentionRecord } from './attention.js';
import { allRows, allValues, firstRow, hasRow, type Database } from './database.js';

export interface OrderLine {
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly sellerId: string;
  /** What the units cost, less their share of the discount. */
  readonly amountMinor: number;
}

export type ShipmentKind = 'outbound' | 'return' | 'replacement';

interface OrderShipment {
  readonly id: ShipmentId;
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  /** Where the carrier shows the parcel's way. */
  readonly trackingUrl: string | null;
  readonly state: string;
  readonly kind: ShipmentKind;
  readonly warehouseId: string | null;
}

/** Work for a person that an order waits for. */
export interface OpenAttention extends Pick<
  AttentionRecord,
  'id' | 'reason' | 'subject' | 'owner' | 'choices'
> {
  /** RFC 3339. */
  readonly raisedAt: string;
}

/** An order as people may see it: no contact data, no means of payment. */
export interface OrderRecord extends Omit<OrderState, 'tally'> {
  readonly id: OrderId;
  readonly customerId: string;
  readonly statusSince: Date;
  readonly needsAttention: boolean;
  readonly attention: readonly OpenAttention[];
  readonly coordination: Coordination;
  readonly currency: Currency;
  readonly totalMinor: number;
  readonly shippingMinor: number;
  readonly discountMinor: number;
  readonly discountCode: string | null;
  /** The tax that the total contains. */
  readonly taxMinor: number;
  readonly policy: OrderPolicy;
  readonly serviceLevel: ServiceLevelName;
  readonly verification: Verification;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly lastSequence: number;
  readonly lines: readonly OrderLine[];
  readonly shipments: readonly OrderShipment[];
}

export interface OrderFilter {
  readonly status?: OrderStatus | undefined;
  readonly customerId?: string | undefined;
  readonly needsAttention?: boolean | undefined;
}

export interface TimelineEntry {
  readonly sequence: number;
  readonly type: FactType;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

const columns = sql`
  o.id, o.customer_id as "customerId", o.status, o.stage, o.payment_status as "paymentStatus",
  o.fulfillment_status as "fulfillmentStatus", o.status_since as "statusSince",
  o.needs_attention as "needsAttention", o.coordination, o.currency, o.total_minor as "totalMinor",
  o.shipping_minor as "shippingMinor", o.discount_minor as "discountMinor",
  o.discount_code as "discountCode", o.tax_minor as "taxMinor", o.policy, o.verification,
  o.service_level as "serviceLevel",
  o.metadata, o.created_at as "createdAt", o.last_sequence as "lastSequence",
  (select coalesce(json_agg(json_build_object('id', a.id, 'reason', a.reason, 'subject', a.subject,
      'owner', a.owner, 'choices', a.choices, 'raisedAt', a.raised_at)
      order by a.raised_at, a.id), '[]')
    from orders.attention a where a.order_id = o.id and a.resolved_at is null) as attention,
  (select coalesce(json_agg(json_build_object('sku', l.sku, 'title', l.title,
      'quantity', l.quantity, 'unitPriceMinor', l.unit_price_minor, 'sellerId', l.seller_id,
      'amountMinor', l.amount_minor) order by l.line_number), '[]')
    from orders.lines l where l.order_id = o.id) as lines,
  (select coalesce(json_agg(json_build_object('id', s.id, 'carrier', s.carrier,
      'trackingNumber', s.tracking_number, 'trackingUrl', s.tracking_url, 'state', s.state,
      'kind', s.kind, 'warehouseId', s.warehouse_id) order by s.created_at, s.id), '[]')
    from orders.shipments s where s.order_id = o.id) as shipments`;

export const findOrder = (database: Database, orderId: OrderId) => firstRow<OrderRecord>(database)`
    select ${columns} from orders.orders o where o.id = ${orderId}`;

/** Newest first. @param after orders strictly older than this one; `limit` counts orders. */
export const listOrders = (
  database: Database,
  filter: OrderFilter,
  page: { readonly limit: number; readonly after?: OrderId | undefined },
) => allRows<OrderRecord>(database)`
    select ${columns} from orders.orders o
    where ${sql.join(conditions(filter, page.after), sql` and `)}
    order by o.created_at desc, o.id desc limit ${page.limit}`;

function conditions(filter: OrderFilter, after: OrderId | undefined): RawBuilder<unknown>[] {
  const all = [sql`true`];
  if (filter.status !== undefined) all.push(sql`o.status = ${filter.status}`);
  if (filter.customerId !== undefined) all.push(sql`o.customer_id = ${filter.customerId}`);
  if (filter.needsAttention !== undefined)
    all.push(sql`o.needs_attention = ${filter.needsAttention}`);
  if (after !== undefined) all.push(olderThan(after));
  return all;
}

const olderThan = (orderId: OrderId) => sql`(o.created_at, o.id) < (
  select cursor.created_at, cursor.id from orders.orders cursor where cursor.id = ${orderId})`;

export const orderExists = (database: Database, orderId: OrderId) =>
  hasRow(database)`select from orders.orders where id = ${orderId}`;

/** The timeline's entries with a sequence above `after`, in their order; at most `limit` of them. */
export const listTimeline = (
  database: Database,
  orderId: OrderId,
  page: { readonly limit: number; readonly after: number },
) => allRows<TimelineEntry>(database)`
    select sequence, type, data, at from orders.history
    where order_id = ${orderId} and sequence > ${page.after}
    order by sequence limit ${page.limit}`;

/** Those of the orders whose status is one of the given ones. */
export const ordersWithStatus = (
  database: Database,
  orderIds: readonly OrderId[],
  statuses: readonly OrderStatus[],
) => allValues<OrderId>(database)`
    select id from orders.orders where id = any(${orderIds}) and status = any(${statuses})`;
