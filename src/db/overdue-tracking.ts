import { sql } from 'kysely';
import type { FactType } from '../domain/facts.js';
import type { OrderId, ShipmentId } from '../domain/ids.js';
import type { Database } from './database.js';
import { appendFacts } from './order-facts.js';

/** Choreographed orders with a parcel that the carrier has not scanned for too long. */
export async function ordersWithOverdueTracking(
  database: Database,
  limit: number,
): Promise<readonly OrderId[]> {
  const { rows } = await sql<{ orderId: OrderId }>`
    select id as "orderId" from orders.orders where tracking_overdue_at <= clock_timestamp()
    order by tracking_overdue_at limit ${limit}`.execute(database);
  return rows.map(({ orderId }) => orderId);
}

/**
 * Locks the order, so that nobody else appends to its timeline.
 * @returns the Unix time in milliseconds; undefined when it is not overdue any more or locked elsewhere
 */
export async function lockOverdueOrder(
  database: Database,
  orderId: OrderId,
): Promise<number | undefined> {
  const { rows } = await sql<{ nowMs: number }>`
    select extract(epoch from clock_timestamp())::float8 * 1000 as "nowMs" from orders.orders
    where id = ${orderId} and tracking_overdue_at <= clock_timestamp()
    for no key update skip locked`.execute(database);
  return rows[0]?.nowMs;
}

/** @param timeMs Unix time of the next check; undefined when none is needed */
export async function setTrackingOverdueAt(
  database: Database,
  orderId: OrderId,
  timeMs: number | undefined,
): Promise<void> {
  await sql`
    update orders.orders set tracking_overdue_at = to_timestamp(${timeMs ?? null}::float8 / 1000)
    where id = ${orderId}`.execute(database);
}

const outcomes = [
  'shipment.delivered',
  'shipment.lost',
  'shipment.returned_to_sender',
] as const satisfies readonly FactType[];

/** Whether the timeline has the parcel's end, from the carrier or a person. */
export async function hasArrivedOrIsLost(
  database: Database,
  orderId: OrderId,
  shipmentId: ShipmentId,
): Promise<boolean> {
  const { rows } = await sql`
    select from orders.timeline where order_id = ${orderId} and type = any(${[...outcomes]})
      and data ->> 'shipmentId' = ${shipmentId}`.execute(database);
  return rows.length > 0;
}

/** Appends that a parcel is lost, under the key that the carrier's report of it would have. */
export const declareLost = (
  database: Database,
  orderId: OrderId,
  shipmentId: ShipmentId,
): Promise<void> =>
  appendFacts(database, orderId, `lost:${shipmentId}`, [{ type: 'shipment.lost', shipmentId }]);
