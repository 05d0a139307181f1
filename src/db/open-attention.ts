import { sql } from 'kysely';
import type { AttentionOwner, AttentionReason } from '../domain/attention.js';
import type { AttentionId, OrderId } from '../domain/ids.js';
import { allRows, type Database } from './database.js';

export interface OpenAttentionSum {
  readonly reason: AttentionReason;
  readonly owner: AttentionOwner;
  readonly open: number;
  readonly oldestAgeSeconds: number;
}

/** @returns the id of the item about this that nobody has resolved yet */
export async function openItemOf(
  database: Database,
  orderId: OrderId,
  { reason, subject }: { readonly reason: AttentionReason; readonly subject: string },
): Promise<AttentionId | undefined> {
  const { rows } = await sql<{ id: AttentionId }>`
    select id from orders.attention where order_id = ${orderId} and reason = ${reason}
      and subject = ${subject} and resolved_at is null
  `.execute(database);
  return rows[0]?.id;
}

/** How many attention items are open, and how long the oldest of each kind has been. */
export const sumOpenAttention = (database: Database) => allRows<OpenAttentionSum>(database)`
    select reason, owner, count(*)::integer as open,
      extract(epoch from clock_timestamp() - min(raised_at))::float8 as "oldestAgeSeconds"
    from orders.attention where resolved_at is null group by reason, owner`;
