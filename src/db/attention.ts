import { sql, type RawBuilder } from 'kysely';
import type { AttentionChoice, AttentionOwner, AttentionReason } from '../domain/attention.js';
import type { AttentionId, OrderId } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import { allRows, firstRow, firstValue, type Database } from './database.js';
import type { Coordination } from '../domain/order-state.js';

/** Work for a person. */
export interface AttentionRecord {
  readonly id: AttentionId;
  readonly orderId: OrderId;
  readonly reason: AttentionReason;
  readonly subject: string;
  readonly owner: AttentionOwner;
  readonly exposure: Money | null;
  readonly choices: readonly AttentionChoice[];
  readonly error: string | null;
  readonly raisedAt: Date;
  /** Until now, or until it was resolved. */
  readonly ageSeconds: number;
  readonly resolvedAt: Date | null;
  readonly resolvedBy: string | null;
  readonly choice: AttentionChoice | null;
  readonly note: string | null;
  /** Whether a workflow leads the order, and can wait for an answer. */
  readonly coordination: Coordination;
}

/** What a person decides about an item. */
export interface Resolution {
  readonly choice: AttentionChoice;
  readonly by: string;
  readonly note: string;
}

interface AttentionFilter {
  readonly open: boolean;
  readonly owner?: AttentionOwner | undefined;
  readonly reason?: AttentionReason | undefined;
}

const columns = sql`
  a.id, a.order_id as "orderId", a.reason, a.subject, a.owner, a.choices, a.error,
  a.raised_at as "raisedAt", a.resolved_at as "resolvedAt", a.resolved_by as "resolvedBy",
  a.choice, a.note,
  (select o.coordination from orders.orders o where o.id = a.order_id) as coordination,
  case when a.exposure_minor is not null then
    json_build_object('amountMinor', a.exposure_minor, 'currency', a.currency) end as exposure,
  floor(extract(epoch from coalesce(a.resolved_at, clock_timestamp()) - a.raised_at))::integer
    as "ageSeconds"`;

/** Those that wait longest first. @param after items strictly younger than this one */
export const listAttention = (
  database: Database,
  filter: AttentionFilter,
  page: { readonly limit: number; readonly after?: AttentionId | undefined },
) => allRows<AttentionRecord>(database)`
    select ${columns} from orders.attention a
    where ${sql.join(conditions(filter, page.after), sql` and `)}
    order by a.raised_at, a.id limit ${page.limit}`;

export const findAttention = (database: Database, id: AttentionId) =>
  firstRow<AttentionRecord>(database)`
    select ${columns} from orders.attention a where a.id = ${id}`;

/**
 * Closes an item for which no workflow waits, unless it is closed. Of two people at once one wins.
 * @returns the item as it stands then, with the winner's name
 */
export const closeAttention = (
  database: Database,
  id: AttentionId,
  { by, choice, note }: Resolution,
) => firstRow<AttentionRecord>(database)`
    select ${columns} from orders.resolve_attention(${id}, ${by}, ${choice}, ${note}) a`;

function conditions(
  { open, owner, reason }: AttentionFilter,
  after: AttentionId | undefined,
): RawBuilder<unknown>[] {
  const all = [open ? sql`a.resolved_at is null` : sql`a.resolved_at is not null`];
  if (owner !== undefined) all.push(sql`a.owner = ${owner}`);
  if (reason !== undefined) all.push(sql`a.reason = ${reason}`);
  if (after !== undefined) all.push(youngerThan(after));
  return all;
}

const youngerThan = (id: AttentionId) => sql`(a.raised_at, a.id) > (
  select cursor.raised_at, cursor.id from orders.attention cursor where cursor.id = ${id})`;

/** @returns the id of the item about this that nobody has resolved yet */
export const openItemOf = (
  database: Database,
  orderId: OrderId,
  { reason, subject }: { readonly reason: AttentionReason; readonly subject: string },
) => firstValue<AttentionId>(database)`
    select id from orders.attention where order_id = ${orderId} and reason = ${reason}
      and subject = ${subject} and resolved_at is null`;
