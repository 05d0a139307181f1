import type { FactType } from '../domain/facts.js';
import type { OrderId, ShipmentId } from '../domain/ids.js';
import { allValues, execute, firstValue, hasRow, type Database } from './database.js';
import { appendFacts } from './order-facts.js';

/** Choreographed orders with a parcel that the carrier has not scanned for too long. */
export const ordersWithOverdueTracking = (database: Database, limit: number) =>
  allValues<OrderId>(database)`
    select id from orders.orders where tracking_overdue_at <= clock_timestamp()
    order by tracking_overdue_at limit ${limit}`;

/**
 * Locks the order, so that nobody else appends to its timeline.
 * @returns the Unix time in milliseconds; undefined when it is not overdue any more or locked elsewhere
 */
export const lockOverdueOrder = (database: Database, orderId: OrderId) =>
  firstValue<number>(database)`
    select extract(epoch from clock_timestamp())::float8 * 1000 from orders.orders
    where id = ${orderId} and tracking_overdue_at <= clock_timestamp()
    for no key update skip locked`;

/** @param timeMs Unix time of the next check; undefined when none is needed */
export const setTrackingOverdueAt = (
  database: Database,
  orderId: OrderId,
  timeMs: number | undefined,
) => execute(database)`
    update orders.orders set tracking_overdue_at = to_timestamp(${timeMs ?? null}::float8 / 1000)
    where id = ${orderId}`;

const outcomes: readonly FactType[] = [
  'shipment.delivered',
  'shipment.lost',
  'shipment.returned_to_sender',
];

/** Whether the timeline has the parcel's end, from the carrier or a person. */
export const hasArrivedOrIsLost = (
  database: Database,
  orderId: OrderId,
  shipmentId: ShipmentId,
) => hasRow(database)`
    select from orders.history where order_id = ${orderId} and type = any(${outcomes})
      and data ->> 'shipmentId' = ${shipmentId}`;

/** Appends that a parcel is lost, under the key that the carrier's report of it would have. */
export const declareLost = (database: Database, orderId: OrderId, shipmentId: ShipmentId) =>
  appendFacts(database, orderId, `lost:${shipmentId}`, [{ type: 'shipment.lost', shipmentId }]);
