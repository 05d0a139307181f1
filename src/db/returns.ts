import { sql } from 'kysely';
import type { OrderId, ReturnId } from '../domain/ids.js';
import type { Currency } from '../domain/money.js';
import type { ReturnKind, ReturnReason, ReturnRuleName, ReturnStatus } from '../domain/returns.js';
import type { ServiceLevelName } from '../domain/service-level.js';
import { allRows, execute, firstRow, type Database } from './database.js';

export interface ReturnRecordLine {
  readonly sku: string;
  readonly quantity: number;
  readonly amountMinor: number;
  readonly reason: ReturnReason;
  readonly restocked: number;
  readonly scrapped: number;
  readonly refused: number;
}

/** A return with what its workflow needs of its order. */
export interface ReturnRecord {
  readonly id: ReturnId;
  readonly orderId: OrderId;
  readonly kind: ReturnKind;
  readonly status: ReturnStatus;
  readonly statusSince: Date;
  readonly requestedBy: string;
  readonly approval: readonly ReturnRuleName[];
  /** Why it was refused. */
  readonly reason: string | null;
  readonly amountMinor: number;
  readonly currency: Currency;
  /** Null until the warehouse has looked at the goods. */
  readonly refundMinor: number | null;
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly exchangeOrderId: OrderId | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly lines: readonly ReturnRecordLine[];
  readonly customerId: string;
  readonly member: boolean;
  readonly serviceLevel: ServiceLevelName;
}

const selected = sql`
  select r.id, r.order_id as "orderId", r.kind, r.status, r.status_since as "statusSince",
    r.requested_by as "requestedBy", r.approval, r.reason, r.amount_minor as "amountMinor",
    r.currency, r.refund_minor as "refundMinor", r.carrier, r.tracking_number as "trackingNumber",
    r.exchange_order_id as "exchangeOrderId", r.created_at as "createdAt",
    r.started_at as "startedAt", o.customer_id as "customerId", c.member,
    o.service_level as "serviceLevel",
    (select json_agg(json_build_object('sku', l.sku, 'quantity', l.quantity,
        'amountMinor', l.amount_minor, 'reason', l.reason, 'restocked', l.restocked,
        'scrapped', l.scrapped, 'refused', l.refused) order by l.line_number)
      from orders.return_lines l where l.return_id = r.id) as lines
  from orders.returns r join orders.orders o on o.id = r.order_id
    join orders.contacts c on c.order_id = r.order_id`;

export const findReturn = (database: Database, returnId: ReturnId) =>
  firstRow<ReturnRecord>(database)`${selected} where r.id = ${returnId}`;

/** The oldest first. Each takes goods of the order along, so there are never many. */
export const listReturnsOf = (database: Database, orderId: OrderId) =>
  allRows<ReturnRecord>(database)`
    ${selected} where r.order_id = ${orderId} order by r.created_at, r.id`;

/** Returns of at least this age whose start was recorded but not confirmed, the oldest first. */
export const listUnstartedReturns = (
  database: Database,
  limit: number,
  olderThanMs: number,
) => allRows<ReturnRecord>(database)`
    ${selected} where r.started_at is null
      and r.created_at <= clock_timestamp() - ${olderThanMs} * interval '1 millisecond'
    order by r.created_at limit ${limit}`;

export const markReturnStarted = (database: Database, returnId: ReturnId) => execute(database)`
    update orders.returns set started_at = clock_timestamp()
    where id = ${returnId} and started_at is null`;
