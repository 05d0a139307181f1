import { isDatabaseUnavailable } from '../db/availability.js';
import { hasRow, type Database } from '../db/database.js';
import type { OrderId } from '../domain/ids.js';
import type { OrderEvent } from './order-event.js';
import { holdBack, readOutbox, releaseHeld, type OutboxRow, type Refusal } from './unpublished.js';

/** @throws Error when there is no event for the fact */
export type EventMaker = (row: OutboxRow) => OrderEvent;

export interface Round {
  /** Another publisher is at work, or nothing waits. */
  readonly isIdle: boolean;
  readonly published: number;
  readonly refused: readonly Refusal[];
  /** More may wait than one round takes. */
  readonly isFull: boolean;
}

const batchSize = 500;
const idle: Round = { isIdle: true, published: 0, refused: [], isFull: false };

/**
 * Moves facts from the outbox to the log, oldest first. They are read without a lock, and written by one
 * statement that holds the log's head if it is still where it was then: so nobody else has published them,
 * and of several publishers one works. A fact for which there is no event stays where it is and holds back
 * its own order only.
 */
export async function publishRound(database: Database, toEvent: EventMaker): Promise<Round> {
  const { head, rows } = await readOutbox(database, batchSize);
  if (rows.length === 0) return idle;
  const { items, refused: unmapped } = mapped(rows, toEvent);
  const written = await write(database, head, items);
  const refused = [...unmapped, ...written.refused];
  if (refused.length > 0) await holdBack(database, refused);
  const rowsDone = written.items.map(({ row }) => row);
  await releaseHeld(database, rowsDone, refused);
  const published = written.items.length;
  const isIdle = published === 0 && refused.length === 0;
  return { isIdle, published, refused, isFull: !isIdle && rows.length === batchSize };
}

interface Item {
  readonly row: OutboxRow;
  readonly event: OrderEvent;
}

/** Later facts of the same order wait for a refused one. */
function mapped(
  rows: readonly OutboxRow[],
  toEvent: EventMaker,
): { readonly items: readonly Item[]; readonly refused: readonly Refusal[] } {
  const items: Item[] = [];
  const refused = new Map<OrderId, Refusal>();
  for (const row of rows) {
    if (refused.has(row.orderId)) continue;
    try {
      items.push({ row, event: toEvent(row) });
    } catch (error) {
      refused.set(row.orderId, { row, error });
    }
  }
  return { items, refused: [...refused.values()] };
}

interface Written {
  /** What was published. */
  readonly items: readonly Item[];
  readonly refused: readonly Refusal[];
}

async function write(database: Database, head: number, items: readonly Item[]): Promise<Written> {
  if (items.length === 0) return { items, refused: [] };
  try {
    const isDone = await append(database, head, items);
    return { items: isDone ? items : [], refused: [] };
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    return writeApart(database, head, items);
  }
}

/** Finds the facts that the log itself does not take. */
async function writeApart(
  database: Database,
  head: number,
  items: readonly Item[],
): Promise<Written> {
  const refused = new Map<OrderId, Refusal>();
  const done: Item[] = [];
  for (const item of items) {
    if (refused.has(item.row.orderId)) continue;
    try {
      if (!(await append(database, head + done.length, [item]))) break;
      done.push(item);
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      refused.set(item.row.orderId, { row: item.row, error });
    }
  }
  return { items: done, refused: [...refused.values()] };
}

/** @returns false, having done nothing, when another publisher is at work or has moved the head */
function append(database: Database, before: number, items: readonly Item[]): Promise<boolean> {
  const ids = items.map(({ row }) => row.id);
  const events = JSON.stringify(items.map(({ event }) => event));
  return hasRow(database)`
    with free as (
      select position from events.head where position = ${before} for no key update skip locked
    ), head as (
      update events.head set position = free.position + ${items.length}::bigint from free
      returning free.position
    ), taken as (
      delete from orders.outbox using head where id = any(${ids})
    ), written as (
      insert into events.log (position, event_id, order_id, sequence, type, version, event, at)
      select head.position + n, event ->> 'id', event ->> 'subject',
        (event ->> 'ordersequence')::integer, event ->> 'type',
        (event ->> 'dataversion')::integer, event, (event ->> 'time')::timestamptz
      from head, jsonb_array_elements(${events}::jsonb) with ordinality as fact (event, n)
    )
    select pg_notify('events_log', '') from head`;
}
