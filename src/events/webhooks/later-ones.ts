import { sql, type Transaction } from 'kysely';
import type { Tables } from '../../db/tables.js';

/** What waits behind a delivery of the same order to the same endpoint. */
export interface LaterOnes {
  readonly endpointId: string;
  readonly orderId: string;
  readonly afterSequence: number;
}

/**
 * Makes the later deliveries of an order due no earlier than the one in their way. They could not be
 * claimed anyway; so nobody looks at them again and again.
 */
export async function holdBack(
  transaction: Transaction<Tables>,
  { endpointId, orderId, afterSequence }: LaterOnes,
  waitMs: number,
): Promise<void> {
  const until =
    waitMs === Infinity
      ? sql`'infinity'::timestamptz`
      : sql`clock_timestamp() + ${waitMs}::float8 * interval '1 millisecond'`;
  await sql`update events.webhook_deliveries set next_attempt_at = ${until}
    where endpoint_id = ${endpointId} and order_id = ${orderId} and state = 'waiting'
      and sequence > ${afterSequence} and step = 0 and claim is null`.execute(transaction);
}

/** Makes the later deliveries of orders due. */
export async function releaseQueued(
  transaction: Transaction<Tables>,
  orders: readonly LaterOnes[],
): Promise<void> {
  await sql`update events.webhook_deliveries later set next_attempt_at = clock_timestamp()
    from jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) as gone (
      "endpointId" text, "orderId" text, "afterSequence" integer)
    where later.endpoint_id = gone."endpointId" and later.order_id = gone."orderId"
      and later.state = 'waiting' and later.sequence > gone."afterSequence" and later.step = 0
      and later.next_attempt_at > clock_timestamp()`.execute(transaction);
}
