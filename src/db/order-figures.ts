import type { AttentionOwner, AttentionReason } from '../domain/attention.js';
import type { UndoName } from '../domain/saga.js';
import { allRows, oneRow, type Database } from './database.js';

/** How the undos of one kind are getting on. */
interface CompensationSum {
  readonly undo: UndoName;
  /** Begun in the last 24 hours. */
  readonly started: number;
  /** Done, of those that were begun in the last 24 hours. */
  readonly done: number;
  /** A person was called for them and they are not done yet, however old they are. */
  readonly failed: number;
  /** The age of the oldest that is not done, in seconds; 0 when all are. */
  readonly oldestAgeSeconds: number;
}

/** Reads what is open and what is a day old at the most, so its cost does not grow with the years. */
export const sumCompensations = (database: Database) => allRows<CompensationSum>(database)`
    select undo,
      count(*) filter (where started_at > day.began)::integer as started,
      count(*) filter (where started_at > day.began and done_at is not null)::integer as done,
      count(*) filter (where failed_at is not null and done_at is null)::integer as failed,
      coalesce(extract(epoch from clock_timestamp() - min(started_at) filter (where done_at is null)),
        0)::float8 as "oldestAgeSeconds"
    from orders.compensations, (select now() - interval '24 hours' as began) day
    where done_at is null or started_at > now() - interval '24 hours'
    group by undo`;

interface OpenAttentionSum {
  readonly reason: AttentionReason;
  readonly owner: AttentionOwner;
  readonly open: number;
  readonly oldestAgeSeconds: number;
}

/** How many attention items are open, and how long the oldest of each kind has been. */
export const sumOpenAttention = (database: Database) => allRows<OpenAttentionSum>(database)`
    select reason, owner, count(*)::integer as open,
      extract(epoch from clock_timestamp() - min(raised_at))::float8 as "oldestAgeSeconds"
    from orders.attention where resolved_at is null group by reason, owner`;

interface WaitingMessages {
  readonly waiting: number;
  readonly oldestAgeSeconds: number;
}

/** Of those whose workflow is known. */
export const sumWaitingMessages = (database: Database) => oneRow<WaitingMessages>(database)`
    select count(*)::integer as waiting,
      coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8
        as "oldestAgeSeconds"
    from orders.messages where state = 'waiting' and recipient is not null`;
