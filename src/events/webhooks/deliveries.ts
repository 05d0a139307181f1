import { sql } from 'kysely';
import { allRows, execute, firstRow, type Database } from '../../db/database.js';
import type { OrderId } from '../../domain/ids.js';

export type WebhookDeliveryState = 'waiting' | 'delivered' | 'dead' | 'discarded';

interface WebhookAttempt {
  readonly number: number;
  /** RFC 3339. */
  readonly at: string;
  readonly durationMs: number;
  readonly statusCode: number | null;
  readonly error: string | null;
}

/** An event to be delivered to a webhook endpoint, with its latest tries, the newest first. */
export interface WebhookDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly orderId: OrderId;
  readonly sequence: number;
  readonly type: string;
  readonly state: WebhookDeliveryState;
  readonly attempts: number;
  /** Null when it is not waiting, or waits behind an earlier event of its order. */
  readonly nextAttemptAt: Date | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
  readonly tries: readonly WebhookAttempt[];
}

const columns = sql`d.id, d.endpoint_id as "endpointId", d.event_id as "eventId",
  d.order_id as "orderId", d.sequence, d.type, d.state, d.attempts,
  case when d.state = 'waiting' then nullif(d.next_attempt_at, 'infinity') end as "nextAttemptAt",
  d.created_at as "createdAt", d.settled_at as "settledAt",
  coalesce((select json_agg(json_build_object('number', a.number, 'at', a.at,
      'durationMs', a.duration_ms, 'statusCode', a.status_code, 'error', a.error)
      order by a.number desc)
    from events.webhook_attempts a where a.delivery_id = d.id), '[]') as tries`;

/** An endpoint's deliveries, the newest first. @param after deliveries strictly older than this */
export async function listDeliveries(
  database: Database,
  endpointId: string,
  page: {
    readonly limit: number;
    readonly after?: string | undefined;
    readonly state?: WebhookDeliveryState | undefined;
  },
): Promise<readonly WebhookDelivery[]> {
  const older = page.after === undefined ? sql`` : sql`and d.id < ${page.after}`;
  const inState = page.state === undefined ? sql`` : sql`and d.state = ${page.state}`;
  return allRows<WebhookDelivery>(database)`
    select ${columns} from events.webhook_deliveries d
    where d.endpoint_id = ${endpointId} ${older} ${inState}
    order by d.id desc limit ${page.limit}`;
}

/**
 * Makes a delivery due now, with all of its tries, whatever its state. One that is claimed stays
 * claimed.
 * @returns the delivery as it stands then; undefined when there is none of this id
 */
export async function resendDelivery(
  database: Database,
  id: string,
): Promise<WebhookDelivery | undefined> {
  await execute(database)`update events.webhook_deliveries set state = 'waiting', step = 0,
      next_attempt_at = clock_timestamp(), settled_at = null, decision = null,
      decided_by = null, decided_reason = null, decided_at = null
    where id = ${id}`;
  return firstRow<WebhookDelivery>(database)`
    select ${columns} from events.webhook_deliveries d where d.id = ${id}`;
}
