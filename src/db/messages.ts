import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { OrderId } from '../domain/ids.js';
import type { Currency } from '../domain/money.js';
import { allRows, execute, firstRow, hasRow, oneRow, type Database } from './database.js';
import { newId } from './new-id.js';

/** `expired`: its time was over before the workflow took it. */
type MessageState = 'waiting' | 'taken' | 'refused' | 'expired';

/** What came from outside for a workflow, to be stored before it is sent. */
export interface NewMessage {
  /** The same id is the same message. */
  readonly id: string;
  /** The name of the workflow's signal or update. */
  readonly kind: string;
  readonly orderId: OrderId | null;
  /** The workflow's id; without it the database finds out who waits for the message. */
  readonly recipient?: string;
  /** What the workflow gets: no personal data, no address and no token. */
  readonly body: object;
  /** What must not enter a workflow's history. */
  readonly content?: object;
  /** Of the request, so that an id is not used for another one. */
  readonly fingerprint?: string;
  /** After it nobody waits for the message. */
  readonly expiresAt?: Date;
}

/** A message as it stands. */
export interface StoredMessage {
  readonly id: string;
  readonly kind: string;
  readonly orderId: OrderId | null;
  /** Null while nobody is known who waits for it. */
  readonly recipient: string | null;
  readonly body: object;
  readonly fingerprint: string | null;
  readonly state: MessageState;
  /** What the workflow answered, or where it stood when it refused. */
  readonly answer: unknown;
  /** Why it was refused. */
  readonly reason: string | null;
  readonly attempts: number;
  /** Its workflow's tasks fail: a person has to act first. */
  readonly isHeld: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly closedAt: Date | null;
}

const columns = (message: string) => sql`
  ${sql.raw(message)}.id, ${sql.raw(message)}.kind, ${sql.raw(message)}.order_id as "orderId",
  ${sql.raw(message)}.recipient, ${sql.raw(message)}.body, ${sql.raw(message)}.fingerprint,
  ${sql.raw(message)}.state, ${sql.raw(message)}.answer, ${sql.raw(message)}.reason,
  ${sql.raw(message)}.attempts, ${sql.raw(message)}.created_at as "createdAt",
  ${sql.raw(message)}.expires_at as "expiresAt", ${sql.raw(message)}.closed_at as "closedAt",
  orders.is_failing(${sql.raw(message)}.order_id, ${sql.raw(message)}.recipient) as "isHeld"`;

/** @param key the client's; without one each message is one of its own */
export const messageIdOf = (recipient: string, kind: string, key: string | undefined): string =>
  key === undefined
    ? newId('msg')
    : `msg_${createHash('sha256').update([recipient, kind, key].join('\n')).digest('hex')}`;

/** Stores a message once. The same id returns the first one, as it stands by now. */
export const storeMessage = (database: Database, message: NewMessage) =>
  oneRow<StoredMessage & { readonly isNew: boolean }>(database)`
    select is_new as "isNew", ${columns('(stored)')}
    from orders.store_message(${JSON.stringify(rowOf(message))}::jsonb)`;

const rowOf = ({ orderId, expiresAt, ...message }: NewMessage) => ({
  ...message,
  order_id: orderId,
  expires_at: expiresAt?.toISOString(),
});

export const findMessage = (database: Database, orderId: OrderId, id: string) =>
  firstRow<StoredMessage>(database)`
    select ${columns('m')} from orders.messages m where order_id = ${orderId} and id = ${id}`;

/**
 * Takes messages whose next attempt is due, each for one process alone until its next pause is over.
 * @returns those for which somebody waits, the oldest first
 */
export const takeDueMessages = (database: Database, limit: number) =>
  allRows<StoredMessage>(database)`
    select ${columns('m')} from orders.take_due_messages(${limit}) m
    where state = 'waiting' and (recipient is not null or expires_at < now())
    order by created_at`;

/** How a message ended. */
export type MessageEnd =
  | { readonly state: 'taken'; readonly answer?: unknown }
  | { readonly state: 'refused'; readonly reason: string; readonly answer?: unknown }
  | { readonly state: 'expired' };

/** Closes a message, unless it is closed. What it did not put into force is deleted. */
export const closeMessage = (database: Database, id: string, end: MessageEnd) => execute(database)`
    update orders.messages set state = ${end.state}, closed_at = now(), content = null,
      answer = ${'answer' in end ? JSON.stringify(end.answer ?? null) : null}::jsonb,
      reason = ${'reason' in end ? end.reason : null}
    where id = ${id} and state = 'waiting'`;

interface Price {
  readonly currency: Currency;
  readonly shippingMinor: number;
  readonly totalMinor: number;
}

export type AppliedAddress =
  ({ readonly kind: 'changed' } & Price) | { readonly kind: 'price_would_change' };

/**
 * Puts the address in a message into force with the shipping fee and the tax of its country, once; a
 * second call answers as the first. What is in force stands with the order, and no longer here.
 * @param mayReprice false: an address with another fee is left alone
 * @returns undefined when the order has no such change
 */
export async function applyAddress(
  database: Database,
  orderId: OrderId,
  id: string,
  mayReprice: boolean,
): Promise<AppliedAddress | undefined> {
  const row = await firstRow<Price & { readonly applied: boolean }>(database)`
    select applied, currency, shipping_minor as "shippingMinor", total_minor as "totalMinor"
    from orders.apply_address(${orderId}, ${id}, ${mayReprice})`;
  if (row === undefined) return undefined;
  const { applied, ...price } = row;
  return applied ? { kind: 'changed', ...price } : { kind: 'price_would_change' };
}

/** Puts the payment method in a message into force, once. @returns false when the order has no such one */
export const applyPaymentMethod = (database: Database, orderId: OrderId, id: string) => hasRow(
  database,
)`
    with staged as (
      select id, content ->> 'paymentMethod' as method, applied_at from orders.messages
      where id = ${id} and order_id = ${orderId} and kind = 'retryPayment'
        and (content is not null or applied_at is not null) for update
    ), applied as (
      update orders.messages change set applied_at = now(), content = null
      from staged where change.id = staged.id and staged.applied_at is null
      returning change.id
    ), contact as (
      update orders.contacts set payment_method = staged.method
      from staged join applied using (id) where order_id = ${orderId}
    )
    select id from staged`;
