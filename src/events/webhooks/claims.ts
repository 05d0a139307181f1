import { randomUUID } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import { allRows, execute, type Database } from '../../db/database.js';
import type { Notice } from './message.js';
import type { SenderLimits } from './settings.js';

/** A webhook delivery that this sender may try until the claim ends. */
export interface ClaimedDelivery extends Notice {
  readonly id: string;
  readonly claim: string;
  readonly attempts: number;
  readonly step: number;
  /** Whether the endpoint refused the try before this one. */
  readonly isFailing: boolean;
  readonly endpointId: string;
  readonly url: string;
  /** Sealed: the current one, and during a rotation the previous one. */
  readonly secrets: readonly string[];
}

/**
 * Claims deliveries that are due: the first of each order that is still in the way of the later ones,
 * at most an endpoint's limit of them, and one alone where a circuit is half open. Endpoints that
 * another sender has locked are skipped.
 */
export function claimDue(
  database: Database,
  limits: SenderLimits,
  count: number,
): Promise<readonly ClaimedDelivery[]> {
  return database.transaction().execute(async (transaction) => {
    // A claim that is lost when Postgres is killed is made again, so nothing waits for the disk.
    const able = await allRows<{ id: string }>(transaction)`
      select id, set_config('synchronous_commit', 'off', true) from events.webhook_endpoints endpoint
      where state = 'enabled' and coalesce(circuit_open_until, '-infinity') <= clock_timestamp()
        and coalesce(paused_until, '-infinity') <= clock_timestamp()
        and (select true from events.webhook_deliveries d
          where d.endpoint_id = endpoint.id and ${isDue} order by d.next_attempt_at limit 1)
      for no key update skip locked`;
    if (able.length === 0) return [];
    const ids = able.map(({ id }) => id);
    // A statement of its own: it sees the claims that were made before the locks were ours.
    return allRows<ClaimedDelivery>(transaction)`${claimFor(ids, limits, count)}`;
  });
}

const isDue = sql`d.state = 'waiting' and d.next_attempt_at <= clock_timestamp()
  and (d.claim is null or d.claimed_until <= clock_timestamp())`;

/** As a subquery with a limit, Postgres looks up each order by the index and never joins them all. */
const firstInTheWay = sql`(select head.id from events.webhook_deliveries head
  where head.endpoint_id = d.endpoint_id and head.order_id = d.order_id
    and head.state in ('waiting', 'dead') order by head.sequence limit 1)`;

const claimFor = (endpointIds: readonly string[], limits: SenderLimits, count: number) => sql`
  with able as (
    select endpoint.*, (select count(*) from events.webhook_deliveries busy
      where busy.endpoint_id = endpoint.id and busy.claim is not null
        and busy.claimed_until > clock_timestamp()) as busy
    from events.webhook_endpoints endpoint where id = any(${[...endpointIds]})
  ), due as (
    select first.id from able cross join lateral (
      select d.id from events.webhook_deliveries d
      where d.endpoint_id = able.id and ${isDue} and d.id = ${firstInTheWay}
      order by d.next_attempt_at, d.position
      limit greatest(0, case when able.circuit_open_until is null then ${limits.inFlightPerEndpoint}::integer
        else 1 end - able.busy)
      for update skip locked
    ) first
    order by random() limit ${count}
  )
  update events.webhook_deliveries d set claim = ${randomUUID()},
    claimed_until = clock_timestamp() + ${limits.leaseMs} * interval '1 millisecond'
  from due, able where d.id = due.id and able.id = d.endpoint_id
  returning d.id, d.claim, d.attempts, d.step, d.event_id as "eventId", d.order_id as "orderId",
    d.sequence, d.type, d.version, d.event_at as "eventAt", d.traceparent,
    d.endpoint_id as "endpointId", able.url,
    able.consecutive_failures > 0 as "isFailing", array_remove(array[able.secret,
      case when able.previous_secret_until > clock_timestamp() then able.previous_secret end], null
    ) as secrets`;

/** Ends a claim without a result; the delivery is due as before. */
export const releaseClaim = (database: Database, { id, claim }: ClaimedDelivery) =>
  execute(database)`update events.webhook_deliveries set claim = null, claimed_until = null
    where id = ${id} and claim = ${claim}`;

/** A delivery whose later ones of the same order wait for it. */
export type QueuedBehind = Pick<ClaimedDelivery, 'endpointId' | 'orderId' | 'sequence'>;

/**
 * Makes the deliveries that are queued behind these due after the wait, and never if it is infinite: they
 * cannot be claimed sooner, and senders should not look at them again and again.
 */
export async function moveQueued(
  transaction: Transaction<unknown>,
  orders: readonly QueuedBehind[],
  waitMs: number,
): Promise<void> {
  const until =
    waitMs === Infinity
      ? sql`'infinity'::timestamptz`
      : sql`clock_timestamp() + ${waitMs}::float8 * interval '1 millisecond'`;
  await execute(transaction)`update events.webhook_deliveries later set next_attempt_at = ${until}
    from jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) as first (
      "endpointId" text, "orderId" text, sequence integer)
    where later.endpoint_id = first."endpointId" and later.order_id = first."orderId"
      and later.state = 'waiting' and later.sequence > first.sequence and later.step = 0
      and later.claim is null`;
}
