import { sql, type RawBuilder } from 'kysely';
import type { Database } from './database.js';
import { endStatuses } from './end-statuses.js';

/** The periods that an operator sets, in days, by their variables. */
interface RetentionPeriods {
  readonly EVENT_LOG_RETENTION_DAYS: number;
  readonly IDEMPOTENCY_KEY_RETENTION_DAYS: number;
  readonly MESSAGE_RETENTION_DAYS: number;
  readonly RECONCILIATION_RETENTION_DAYS: number;
  readonly TIMELINE_RETENTION_DAYS: number;
}

/** A statement that returns a row for each row that it deleted or moved, at most `limit`. */
type Batch = (before: RawBuilder<Date>, limit: number) => RawBuilder<unknown>;

/** What happens to old rows of one kind. */
interface RetentionLine {
  readonly what: string;
  /** In days, or the variable that sets it. */
  readonly period: keyof RetentionPeriods | number;
  readonly then: string;
  readonly batch: Batch;
}

type IsDue = (before: RawBuilder<Date>) => RawBuilder<unknown>;

/** Rows that are locked, by a writer or by another relay, are left to the next round. */
const dueRows = (table: string, isDue: RawBuilder<unknown>, limit: number) => sql`
  ctid = any(array(select row.ctid from ${sql.table(table)} row where ${isDue}
    limit ${limit} for update skip locked))`;

const deleteFrom =
  (table: string, isDue: IsDue): Batch =>
  (before, limit) =>
    sql`delete from ${sql.table(table)} where ${dueRows(table, isDue(before), limit)} returning 1`;

/**
 * The oldest events, without a gap: a reader takes what is missing in the log for archived. So relays side
 * by side take the same rows in the same order, and one waits for the other.
 */
const archiveEvents: Batch = (before, limit) => sql`
  with read as (
    select position, published_at from events.log
    where position <= coalesce((select min(position) from events.groups),
      (select position from events.head))
    order by position limit ${limit}
  ), due as (
    select position, bool_and(published_at < ${before}) over (order by position) as is_old from read
  ), moved as (
    delete from events.log using due
    where log.position = due.position and due.is_old returning log.*
  )
  insert into events.archive select * from moved order by position returning 1`;

/**
 * No condition protects what an ended order may still need of its facts, such as for a dispute, a return or
 * a dead letter that is tried again: all readers read `orders.history`, which has both tables.
 */
const archiveTimeline: Batch = (before, limit) => sql`
  with moved as (
    delete from orders.timeline where ${dueRows(
      'orders.timeline',
      sql`row.at < ${before} and exists (select from orders.orders o where o.id = row.order_id
        and o.status in ${endStatuses} and o.status_since < ${before})`,
      limit,
    )} returning *
  )
  insert into orders.timeline_archive select * from moved returning 1`;

const clearSecrets: Batch = (before, limit) => sql`
  update events.webhook_endpoints set previous_secret = null, previous_secret_until = null
  where ${dueRows('events.webhook_endpoints', sql`row.previous_secret_until < ${before}`, limit)}
  returning 1`;

/** Every kind of row that does not stay; docs/production.md prints the table. */
export const retention: readonly RetentionLine[] = [
  {
    what: 'published events that every consumer has read',
    period: 'EVENT_LOG_RETENTION_DAYS',
    then: 'moved to events.archive',
    batch: archiveEvents,
  },
  {
    what: 'timelines of orders that have ended',
    period: 'TIMELINE_RETENTION_DAYS',
    then: 'moved to orders.timeline_archive',
    batch: archiveTimeline,
  },
  {
    // Those of open orders stay: services and activities that are tried again read them. While an item
    // about one is open, the relay has yet to close it.
    what: 'closed messages, also incoming webhooks, of orders that have ended',
    period: 'MESSAGE_RETENTION_DAYS',
    then: 'deleted',
    batch: deleteFrom(
      'orders.messages',
      (before) => sql`row.state <> 'waiting' and row.closed_at < ${before}
        and row.overdue_since is null and not exists (select from orders.orders o
          where o.id = row.order_id and o.status not in ${endStatuses})`,
    ),
  },
  {
    // An exchange's own key has to outlive its return's workflow, or a reset would place a second order.
    what: 'idempotency keys of clients',
    period: 'IDEMPOTENCY_KEY_RETENTION_DAYS',
    then: 'deleted',
    batch: deleteFrom(
      'orders.idempotency',
      (before) => sql`row.created_at < ${before} and not starts_with(row.key, 'exchange:')`,
    ),
  },
  {
    // The newest of each kind says until when the ledgers have been compared.
    what: 'reconciliation records, but the newest of each kind',
    period: 'RECONCILIATION_RETENTION_DAYS',
    then: 'deleted',
    batch: deleteFrom(
      'orders.reconciliations',
      (before) => sql`row.started_at < ${before} and exists (
        select from orders.reconciliations newer where newer.kind = row.kind and newer.id > row.id)`,
    ),
  },
  {
    what: 'webhook deliveries that arrived or were discarded, with their attempts',
    period: 30,
    then: 'deleted',
    batch: deleteFrom(
      'events.webhook_deliveries',
      (before) => sql`row.state in ('delivered', 'discarded') and row.settled_at < ${before}`,
    ),
  },
  {
    what: 'replaced secrets of webhook endpoints, from their expiry',
    period: 0,
    then: 'deleted',
    batch: clearSecrets,
  },
];

/** Small, so that a batch is done in milliseconds; the pool's statement timeout bounds it anyway. */
export const retentionBatch = 500;

/**
 * One batch of each line. Safe in several processes at once.
 * @param onError a line failed; the others have their turn all the same
 * @returns whether more may be due
 */
export async function retentionRound(
  database: Database,
  periods: RetentionPeriods,
  onError: (what: string, error: unknown) => void,
  stopped?: AbortSignal,
): Promise<boolean> {
  let isMore = false;
  for (const { what, period, batch } of retention) {
    if (stopped?.aborted) break;
    const days = typeof period === 'number' ? period : periods[period];
    // Not clock_timestamp(), by which no index can be searched.
    const before = sql<Date>`(now() - make_interval(days => ${days}))`;
    try {
      const { rows } = await batch(before, retentionBatch).execute(database);
      isMore ||= rows.length === retentionBatch;
    } catch (error) {
      onError(what, error);
    }
  }
  return isMore;
}
