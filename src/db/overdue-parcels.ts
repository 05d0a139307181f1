import { sql } from 'kysely';
import type { FactType } from '../domain/facts.js';
import type { OrderId, ShipmentId } from '../domain/ids.js';
import type { Database } from './database.js';
import { appendFacts } from './order-facts.js';

/** Choreographed orders with an overdue scan. */
export async function ordersWithOverdueParcels(
  database: Database,
  limit: number,
): Promise<readonly OrderId[]> {
  const { rows } = await sql<{ orderId: OrderId }>`
    select id as "orderId" from orders.orders where silent_until <= clock_timestamp()
    order by silent_until limit ${limit}`.execute(database);
  return rows.map(({ orderId }) => orderId);
}

/**
 * Takes the order under lock, so that nobody else adds to its timeline meanwhile.
 * @returns the Unix time in milliseconds; undefined when nothing is overdue any more, or another
 *   transaction has the order
 */
export async function lockOverdueOrder(
  database: Database,
  orderId: OrderId,
): Promise<number | undefined> {
  const { rows } = await sql<{ nowMs: number }>`
    select extract(epoch from clock_timestamp())::float8 * 1000 as "nowMs" from orders.orders
    where id = ${orderId} and silent_until <= clock_timestamp()
    for no key update skip locked`.execute(database);
  return rows[0]?.nowMs;
}

/** @param timeMs Unix time; undefined when no scan is expected */
export async function setTrackingDue(
  database: Database,
  orderId: OrderId,
  timeMs: number | undefined,
): Promise<void> {
  await sql`
    update orders.orders set silent_until = to_timestamp(${timeMs ?? null}::float8 / 1000)
    where id = ${orderId}`.execute(database);
}

const endTypes = [
  'shipment.delivered',
  'shipment.lost',
  'shipment.returned_to_sender',
] as const satisfies readonly FactType[];

/** Whether the carrier or a person has reported the parcel's end. */
export async function hasParcelEnded(
  database: Database,
  orderId: OrderId,
  shipmentId: ShipmentId,
): Promise<boolean> {
  const { rows } = await sql`
    select from orders.timeline where order_id = ${orderId} and type = any(${[...endTypes]})
      and data ->> 'shipmentId' = ${shipmentId}`.execute(database);
  return rows.length > 0;
}

/** Records a loss under the same key as the carrier's report, so that the order has one of them. */
export const declareLost = (
  database: Database,
  orderId: OrderId,
  shipmentId: ShipmentId,
): Promise<void> =>
  appendFacts(database, orderId, `lost:${shipmentId}`, [{ type: 'shipment.lost', shipmentId }]);
