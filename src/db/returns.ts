import { sql, type RawBuilder } from 'kysely';
import type { OrderId, ReturnId } from '../domain/ids.js';
import type { Currency } from '../domain/money.js';
import type { ReturnKind, ReturnReason, ReturnRuleName, ReturnStatus } from '../domain/returns.js';
import type { ServiceLevelName } from '../domain/service-level.js';
import type { Database } from './database.js';

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

const select = (rest: RawBuilder<unknown>) => sql<ReturnRecord>`
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
    join orders.contacts c on c.order_id = r.order_id ${rest}`;

export async function findReturn(
  database: Database,
  returnId: ReturnId,
): Promise<ReturnRecord | undefined> {
  const { rows } = await select(sql`where r.id = ${returnId}`).execute(database);
  return rows[0];
}

/** The oldest first. Each takes goods of the order along, so there are never many. */
export async function listReturnsOf(
  database: Database,
  orderId: OrderId,
): Promise<readonly ReturnRecord[]> {
  const { rows } = await select(sql`
    where r.order_id = ${orderId} order by r.created_at, r.id`).execute(database);
  return rows;
}

/** Returns of at least this age whose start was recorded but not confirmed, the oldest first. */
export async function listUnstartedReturns(
  database: Database,
  limit: number,
  olderThanMs: number,
): Promise<readonly ReturnRecord[]> {
  const { rows } = await select(sql`
    where r.started_at is null
      and r.created_at <= clock_timestamp() - ${olderThanMs} * interval '1 millisecond'
    order by r.created_at limit ${limit}`).execute(database);
  return rows;
}

export async function markReturnStarted(database: Database, returnId: ReturnId): Promise<void> {
  await sql`update orders.returns set started_at = clock_timestamp()
    where id = ${returnId} and started_at is null`.execute(database);
}
