import { sql, type RawBuilder } from 'kysely';
import type { CarrierMilestone } from '../domain/shipment.js';
import type { Fact, FactType, RecordedFact } from '../domain/facts.js';
import type { OrderId, ShipmentId } from '../domain/ids.js';
import type { OrderState } from '../domain/order-state.js';
import type { OrderPolicy } from '../domain/policy.js';
import { serviceNames } from '../domain/services.js';
import type { ServiceLevelName } from '../domain/service-level.js';
import {
  allRows,
  allValues,
  execute,
  firstRow,
  firstValue,
  hasRow,
  oneRow,
  type Database,
} from './database.js';
import { endStatuses } from './end-statuses.js';
import { appendFacts } from './order-facts.js';

export interface KnownFacts {
  readonly facts: readonly RecordedFact[];
  readonly policy: OrderPolicy;
  readonly serviceLevel: ServiceLevelName;
}

/** Facts that are visible at once: a service that saw them late would take another forward step. */
const urgent = ['order.cancel_requested', 'compensation.started'];

/**
 * The facts of these types up to a sequence number, the one at that number, and the urgent ones, also
 * when they come later: a service that started the compensation itself must not step forward again,
 * and one whose step keeps failing must see that it is no longer needed.
 * @returns undefined for an order that is not choreographed
 */
export const readRequiredFacts = (
  database: Database,
  orderId: OrderId,
  throughSequence: number,
  types: readonly FactType[],
) => firstRow<KnownFacts>(database)`
    select o.policy, o.service_level as "serviceLevel", (
      select coalesce(json_agg(jsonb_build_object('type', t.type, 'sequence', t.sequence,
          'at', to_char(t.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) || t.data
        order by t.sequence), '[]')
      from orders.history t
      where t.order_id = o.id and (t.sequence = ${throughSequence}
        or (t.type = any(${types}) and (t.sequence < ${throughSequence} or t.type = any(${urgent}))))
    ) as facts
    from orders.orders o where o.id = ${orderId} and o.coordination = 'choreographed'`;

export interface ShownTimes {
  /** When the status began, RFC 3339. */
  readonly since: string | undefined;
  /** Unix time at which the next scan is overdue. */
  readonly trackingDueMs: number | undefined;
}

/** Writes the projection of the events to the order's row. */
export const showState = (
  database: Database,
  orderId: OrderId,
  state: OrderState,
  { since, trackingDueMs }: ShownTimes,
) => execute(database)`
    update orders.orders set status = ${state.status}, stage = ${state.stage},
      payment_status = ${state.paymentStatus}, fulfillment_status = ${state.fulfillmentStatus},
      status_since = coalesce(${since ?? null}::timestamptz, status_since),
      tracking_overdue_at = to_timestamp(${trackingDueMs ?? null}::float8 / 1000)
    where id = ${orderId}`;

/** The milestone of the scan with this sequence number. */
export const milestoneAt = async (database: Database, orderId: OrderId, sequence: number) =>
  (await firstValue<CarrierMilestone | null>(database)`
    select m.body ->> 'milestone' from orders.history t
    join orders.messages m on m.id = t.entry_key
    where t.order_id = ${orderId} and t.sequence = ${sequence}`) ?? null;

export const trackingUrlOf = async (database: Database, shipmentId: ShipmentId) =>
  (await firstValue<string | null>(database)`
    select tracking_url from orders.shipments where id = ${shipmentId}`) ?? undefined;

/** Corrects a shipment that was marked as voided before the carrier said that it has the parcel. */
export const recordSent = (database: Database, shipmentId: ShipmentId) => execute(database)`
    update orders.shipments set state = 'bought'
    where id = ${shipmentId} and state = 'voided' and tracking_number is not null`;

const open = sql`o.coordination = 'choreographed'
  and o.status not in ${endStatuses}`;

/** Expired and unpaid. Payments that inventory has not seen yet count as paid. */
const isUnpaidAndExpired = sql`h.state = 'held' and h.expires_at < clock_timestamp()
  and not exists (select from orders.history t
    where t.order_id = h.hold_id and t.type = 'payment.authorized')`;

/** Choreographed orders with an expired, unpaid hold. */
export const ordersWithExpiredHolds = (database: Database, limit: number) => allValues<OrderId>(
  database,
)`
    select o.id from inventory.holds h join orders.orders o on o.id = h.hold_id
    where ${isUnpaidAndExpired} and ${open}
    order by h.expires_at limit ${limit}`;

/**
 * Takes an expired hold under lock.
 * @returns false when it was paid for or released meanwhile
 */
export async function isStillExpired(database: Database, orderId: OrderId): Promise<boolean> {
  // The common lock order: the order's row, which the caller has locked, the hold's lock, the hold.
  await execute(database)`select pg_advisory_xact_lock(inventory.hold_lock(${orderId}))`;
  return hasRow(database)`
    select from inventory.holds h where h.hold_id = ${orderId} and ${isUnpaidAndExpired}
    for update`;
}

/** An offer to a delivery partner that was answered, or that nobody answered in time. */
export interface AnsweredOffer {
  readonly offerId: string;
  readonly orderId: OrderId;
  readonly answer: 'accept' | 'decline' | 'silent';
}

export const answeredOffers = (database: Database, limit: number) => allRows<AnsweredOffer>(
  database,
)`
    select f.id as "offerId", f.order_id as "orderId", case f.state
      when 'accepted' then 'accept' when 'declined' then 'decline' else 'silent' end as answer
    from orders.delivery_offers f join orders.orders o on o.id = f.order_id
    where f.notified_at is null and f.until is not null and o.coordination = 'choreographed'
      and (f.state in ('accepted', 'declined')
        or (f.state = 'offered' and f.until < clock_timestamp()))
    order by f.until limit ${limit}`;

/** Records the cancel request once, however often it is made; the services decide. */
export async function requestCancel(
  database: Database,
  orderId: OrderId,
  request: { readonly by: string; readonly reason: string },
): Promise<void> {
  const asked: Fact = { type: 'order.cancel_requested', ...request };
  await appendFacts(database, orderId, 'cancelRequested', [asked]);
  await retryDeadLetters(database, orderId);
}

/**
 * Retries the services' dead letters of an order. Called when its compensation starts: then most of
 * the steps are no longer needed, and the events queued behind must not wait.
 */
export const retryDeadLetters = (database: Database, orderId: OrderId) => execute(database)`
    update events.quarantined set state = 'retrying', died_at = null,
      next_attempt_at = clock_timestamp()
    where order_id = ${orderId} and state = 'dead'
      and split_part(group_name, ':', 1) = any(${serviceNames})`;

/** Whether a cancel was requested too late. */
export const isCancelRefused = (database: Database, orderId: OrderId) => hasRow(database)`
    select from orders.history where order_id = ${orderId} and entry_key = 'cancelRefused'`;

/** What a process needs to know to wake its consumers. */
export interface PendingTypes {
  /** The position of the last event of a choreographed order; 0 before the first. */
  readonly position: number;
  /** The types of the events since then, each once per order hash. */
  readonly pendingTypes: readonly PendingType[];
  /** The groups with a quarantined event whose retry is due. */
  readonly due: readonly string[];
}

/** The type of an event, and the hash of its order. */
export interface PendingType {
  readonly type: string;
  readonly orderHash: number;
}

/** Assigns orders to partitions: a whole number from 0 on. */
export const orderHash = (orderId: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`abs(hashtext(${orderId})::bigint)`;

/** @param after where to look from */
export const readPendingTypes = (
  database: Database,
  after: number,
  groups: readonly string[],
) => oneRow<PendingTypes>(database)`
    with fresh as (
      select e.position, e.type, ${orderHash(sql`e.order_id`)} as hash
      from events.log e join orders.orders o on o.id = e.order_id
      where e.position > ${after} and o.coordination = 'choreographed')
    select coalesce((select max(position) from fresh), ${after}) as position,
      coalesce((select jsonb_agg(distinct jsonb_build_object('type', type, 'orderHash', hash))
        from fresh), '[]') as "pendingTypes",
      array(select distinct group_name from events.quarantined
        where group_name = any(${groups}) and state in ('retrying', 'discarded')
          and next_attempt_at <= clock_timestamp()) as due`;
