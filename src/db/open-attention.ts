import { sql } from 'kysely';
import type { AttentionReason } from '../domain/attention.js';
import type { Database } from './database.js';

export interface OpenAttentionSum {
  readonly reason: AttentionReason;
  /** Null for items of the first version. */
  readonly owner: string | null;
  readonly open: number;
  readonly oldestAgeSeconds: number;
}

/** How many attention items are open, and how long the oldest of each kind has been. */
export async function sumOpenAttention(database: Database): Promise<readonly OpenAttentionSum[]> {
  const { rows } = await sql<OpenAttentionSum>`
    select reason, owner, count(*)::integer as open,
      extract(epoch from clock_timestamp() - min(raised_at))::float8 as "oldestAgeSeconds"
    from orders.attention where resolved_at is null group by reason, owner
  `.execute(database);
  return rows;
}
