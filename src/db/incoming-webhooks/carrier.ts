import { sql } from 'kysely';
import type { CarrierMilestone } from '../../domain/shipment.js';
import type { OrderId, ShipmentId } from '../../domain/ids.js';
import { allRows, execute, firstRow, type Database } from '../database.js';
import { endStatuses } from '../end-statuses.js';

/** One scan that the carrier reported. */
export interface CarrierScan {
  readonly eventId: string;
  readonly trackingNumber: string;
  readonly status: string;
}

/** A scan that is known to belong to an order. */
export interface MatchedScan extends CarrierScan {
  readonly orderId: OrderId;
  readonly shipmentId: ShipmentId;
  /** Null when it means nothing to a workflow, as all scans of a return. */
  readonly milestone: CarrierMilestone | null;
}

/** `to_signal`: the order's workflow has to be signalled. */
export type StoredScan =
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'stored' }
  | { readonly kind: 'to_signal'; readonly scan: MatchedScan };

/**
 * Stores the scan and appends it to the order's timeline, in one statement. A scan of an unknown
 * parcel waits: the carrier may be faster than the answer to our own purchase. The scans of a return
 * are not appended; the return's own facts are.
 */
export async function storeCarrierScan(
  database: Database,
  scan: CarrierScan,
  milestone: CarrierMilestone | null,
): Promise<StoredScan> {
  const row = await storeOnce(database, scan, milestone);
  if (row === undefined) return { kind: 'duplicate' };
  const { orderId, shipmentId, toSignal } = row;
  if (orderId === null || shipmentId === null || !toSignal) return { kind: 'stored' };
  return { kind: 'to_signal', scan: { ...scan, orderId, shipmentId, milestone } };
}

interface StoredRow {
  readonly orderId: OrderId | null;
  readonly shipmentId: ShipmentId | null;
  readonly toSignal: boolean;
}

const ended = sql`o.status in ${endStatuses}`;

// What the order shows already is not signalled: each signal lengthens the workflow's history.
const storeOnce = (
  database: Database,
  scan: CarrierScan,
  milestone: CarrierMilestone | null,
) => firstRow<StoredRow>(database)`
  with parcel as (
    select s.id, s.order_id, s.kind, ${milestone}::text is not null and s.kind <> 'return'
      and o.coordination = 'orchestrated' and not ${ended}
      and not orders.shows_milestone(s.order_id, s.id, ${milestone}) as to_signal
    from orders.shipments s join orders.orders o on o.id = s.order_id
    where s.tracking_number = ${scan.trackingNumber}
  ), stored as (
    insert into orders.incoming_webhooks (provider, event_id, order_id, message, milestone, delivered_at)
    select 'carrier', ${scan.eventId}, parcel.order_id, ${JSON.stringify(scan)}::jsonb,
      ${milestone}::text, case when not parcel.to_signal then now() end
    from (select) as one left join parcel on true
    on conflict do nothing returning order_id
  )
  select parcel.order_id as "orderId", parcel.id as "shipmentId",
    coalesce(parcel.to_signal, false) as "toSignal",
    case when parcel.kind <> 'return' then (
      select count(*) from orders.append(parcel.order_id, 'scan:' || ${scan.eventId}::text,
        jsonb_build_array(jsonb_build_object('type', 'shipment.scanned',
          'shipmentId', parcel.id, 'status', ${scan.status}::text)), null, null)
    ) end as scanned
  from stored left join parcel on true`;

/**
 * A milestone that was signalled and shows no effect after this time is signalled again, each time
 * after twice the wait.
 */
const effectLimitMs = 30_000;
const mostDoublings = 12;

/**
 * Stored scans of known orders whose workflow was not signalled, or was without effect, the oldest
 * first. After three days nobody waits for a parcel that is still unknown.
 */
export const listUndeliveredScans = (
  database: Database,
  limit: number,
  olderThanMs: number,
) => allRows<MatchedScan>(database)`
    select w.event_id as "eventId", w.message ->> 'trackingNumber' as "trackingNumber",
      w.message ->> 'status' as status, s.order_id as "orderId", s.id as "shipmentId",
      case when s.kind <> 'return' and o.coordination = 'orchestrated' then w.milestone end
        as milestone
    from orders.incoming_webhooks w
    join orders.shipments s on s.tracking_number = w.message ->> 'trackingNumber'
    join orders.orders o on o.id = s.order_id
    where w.provider = 'carrier' and w.delivered_at is null and w.message is not null
      and (w.notified_at is null
        or w.notified_at < clock_timestamp() - ${effectLimitMs} * interval '1 millisecond'
          * power(2, least(greatest(w.notifications - 1, 0), ${mostDoublings})))
      and w.received_at between clock_timestamp() - interval '3 days'
        and clock_timestamp() - ${olderThanMs} * interval '1 millisecond'
    order by w.received_at limit ${limit}`;

/** Gives a scan that waited its order and its place in the timeline, once. */
export const matchScan = (
  database: Database,
  { eventId, orderId, shipmentId, status }: MatchedScan,
) => execute(database)`
    with matched as (
      update orders.incoming_webhooks set order_id = ${orderId}
      where provider = 'carrier' and event_id = ${eventId} and order_id is null
      returning order_id
    )
    select (select count(*) from orders.append(matched.order_id, 'scan:' || ${eventId}::text,
      ${JSON.stringify([{ type: 'shipment.scanned', shipmentId, status }])}::jsonb, null, null))
    from matched join orders.shipments s on s.id = ${shipmentId} and s.kind <> 'return'`;

/** Closes the scans whose milestone the order shows: only the effect proves that a signal was handled. */
export const closeEffectiveScans = (database: Database) => execute(database)`
    update orders.incoming_webhooks w set delivered_at = now()
    from orders.orders o, orders.shipments s
    where o.id = w.order_id and s.tracking_number = w.message ->> 'trackingNumber'
      and w.provider = 'carrier' and w.delivered_at is null and w.message is not null
      and w.notified_at is not null
      and (${ended} or orders.shows_milestone(o.id, s.id, w.milestone))`;
