import type { OrderId } from '../domain/ids.js';
import type { Currency } from '../domain/money.js';
import { allRows, execute, firstRow, firstValue, hasRow, type Database } from './database.js';

/** An address as it waits to be put into force. */
interface StagedAddress {
  readonly name: string;
  readonly line1: string;
  readonly line2: string | null;
  readonly city: string;
  readonly postalCode: string;
  readonly country: string;
}

/** A change of an order whose contents must not enter the history of its workflow. */
export type StagedContent =
  | { readonly kind: 'address'; readonly data: StagedAddress }
  | { readonly kind: 'payment_method'; readonly data: { readonly paymentMethod: string } };

export interface NewStagedChange {
  readonly id: string;
  readonly orderId: OrderId;
  readonly content: StagedContent;
  /** Of the content: the same id with another one is refused. */
  readonly fingerprint: string;
}

/** @returns false when the id is taken by a change with another content; then nothing was written */
export const stageChange = async (
  database: Database,
  { id, orderId, content, fingerprint }: NewStagedChange,
) =>
  (await firstValue<boolean>(database)`
    insert into orders.staged_changes as staged (id, order_id, kind, data, fingerprint)
    values (${id}, ${orderId}, ${content.kind}, ${JSON.stringify(content.data)}::jsonb,
      ${fingerprint})
    on conflict (id) do update set id = excluded.id
    returning staged.fingerprint = ${fingerprint}`) === true;

/** Deletes a change that was refused; an applied one stays. */
export const discardChange = (database: Database, id: string) =>
  execute(database)`delete from orders.staged_changes where id = ${id} and applied_at is null`;

/** Deletes old changes that were never applied. @returns how many there were */
export async function discardOldChanges(
  database: Database,
  olderThanMs: number,
  limit: number,
): Promise<number> {
  const discarded = await allRows(database)`
    delete from orders.staged_changes where id in (
      select id from orders.staged_changes
      where applied_at is null
        and created_at < now() - ${olderThanMs} * interval '1 millisecond'
      order by created_at limit ${limit}
    ) returning id`;
  return discarded.length;
}

interface Price {
  readonly currency: Currency;
  readonly shippingMinor: number;
  readonly totalMinor: number;
}

export type AppliedAddress =
  ({ readonly kind: 'changed' } & Price) | { readonly kind: 'price_would_change' };

/**
 * Puts a staged address into force with the shipping fee and the tax of its country, once; a second
 * call answers as the first. What is applied stands with the order, and no longer here.
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

/** Puts a staged payment method into force, once. @returns false when the order has no such change */
export const applyPaymentMethod = (database: Database, orderId: OrderId, id: string) => hasRow(
  database,
)`
    with staged as (
      select id, data ->> 'paymentMethod' as method, applied_at from orders.staged_changes
      where id = ${id} and order_id = ${orderId} and kind = 'payment_method' for update
    ), applied as (
      update orders.staged_changes change set applied_at = now(), data = '{}'
      from staged where change.id = staged.id and staged.applied_at is null
      returning change.id
    ), contact as (
      update orders.contacts set payment_method = staged.method
      from staged join applied using (id) where order_id = ${orderId}
    )
    select id from staged`;
