import { sql } from 'kysely';
import type { FactType } from '../domain/facts.js';
import type { OrderId, ShipmentId } from '../domain/ids.js';
import type { Database } from './database.js';
import { appendFacts } from './order-facts.js';

/** Choreographed orders with a parcel of which the carrier has said nothing for too long. */
export async function ordersWithSilentParcels(
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
 * @returns the Unix time in milliseconds; undefined when there is nothing to look for any more, or when
 *   somebody else has the order
 */
export async function lockSilentOrder(
  database: Database,
  orderId: OrderId,
): Promise<number | undefined> {
  const { rows } = await sql<{ nowMs: number }>`
    select extract(epoch from clock_timestamp())::float8 * 1000 as "nowMs" from orders.orders
    where id = ${orderId} and silent_until <= clock_timestamp()
    for no key update skip locked`.execute(database);
  return rows[0]?.nowMs;
}

/** @param timeMs Unix time of the next look; undefined when none is needed */
export async function lookAgainAt(
  database: Database,
  orderId: OrderId,
  timeMs: number | undefined,
): Promise<void> {
  await sql`
    update orders.orders set silent_until = to_timestamp(${timeMs ?? null}::float8 / 1000)
    where id = ${orderId}`.execute(database);
}

const fates = [
  'shipment.delivered',
  'shipment.lost',
  'shipment.returned_to_sender',
] as const satisfies readonly FactType[];

/** Whether the carrier has said, or a person, where the parcel's way has ended. */
export async function isFateKnown(
  database: Database,
  orderId: OrderId,
  shipmentId: ShipmentId,
): Promise<boolean> {
  const { rows } = await sql`
    select from orders.timeline where order_id = ${orderId} and type = any(${[...fates]})
      and data ->> 'shipmentId' = ${shipmentId}`.execute(database);
  return rows.length > 0;
}

/** Says that a parcel is lost, under the key under which the carrier's word for it would stand. */
export const declareLost = (
  database: Database,
  orderId: OrderId,
  shipmentId: ShipmentId,
): Promise<void> =>
  appendFacts(database, orderId, `lost:${shipmentId}`, [{ type: 'shipment.lost', shipmentId }]);
