import type { Transaction } from 'kysely';
import { isDatabaseUnavailable } from '../db/availability.js';
import { execute, hasRow, type Database } from '../db/database.js';
import type { OrderId } from '../domain/ids.js';
import type { OrderEvent } from './order-event.js';
import { waitingRows, type OutboxRow, holdBack, releaseHeld, type Refusal } from './unpublished.js';

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
 * Moves facts from the outbox to the log, oldest first, in one transaction that holds the log's head:
 * of several publishers one works, the others find nothing to do. A fact for which there is no event
 * stays where it is and holds back its own order only.
 */
export async function publishRound(database: Database, toEvent: EventMaker): Promise<Round> {
  try {
    return await publish(database, toEvent, writeTogether);
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    return publish(database, toEvent, writeApart);
  }
}

interface Item {
  readonly row: OutboxRow;
  readonly event: OrderEvent;
}

interface Written {
  readonly published: number;
  readonly refused: readonly Refusal[];
}

type Write = (transaction: Transaction<unknown>, items: readonly Item[]) => Promise<Written>;

const publish = (database: Database, toEvent: EventMaker, write: Write): Promise<Round> =>
  database.transaction().execute(async (transaction) => {
    if (!(await takeHead(transaction))) return idle;
    const rows = await waitingRows(transaction, batchSize);
    const { items, refused: unmapped } = mapped(rows, toEvent);
    const written = await write(transaction, items);
    const refused = [...unmapped, ...written.refused];
    if (refused.length > 0) await holdBack(transaction, refused);
    await releaseHeld(transaction, rows, refused);
    return {
      isIdle: false,
      published: written.published,
      refused,
      isFull: rows.length === batchSize,
    };
  });

/** The head's row is the publishers' lock; a poll that finds nothing does not take it. */
async function takeHead(transaction: Transaction<unknown>): Promise<boolean> {
  return hasRow(transaction)`
    select from events.head where exists (
      select from orders.outbox where order_id <> all (array(
        select order_id from events.unpublished where retry_at > clock_timestamp()))
    ) for update skip locked`;
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

const writeTogether: Write = async (transaction, items) => {
  if (items.length > 0) await append(transaction, items);
  return { published: items.length, refused: [] };
};

/** Finds the facts that the log itself does not take. */
const writeApart: Write = async (transaction, items) => {
  const refused = new Map<OrderId, Refusal>();
  let published = 0;
  for (const item of items) {
    if (refused.has(item.row.orderId)) continue;
    await execute(transaction)`savepoint fact`;
    try {
      await append(transaction, [item]);
      published += 1;
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      await execute(transaction)`rollback to savepoint fact`;
      refused.set(item.row.orderId, { row: item.row, error });
    }
  }
  return { published, refused: [...refused.values()] };
};

async function append(transaction: Transaction<unknown>, items: readonly Item[]): Promise<void> {
  const ids = items.map(({ row }) => row.id);
  const events = JSON.stringify(items.map(({ event }) => event));
  await execute(transaction)`
    with taken as (
      delete from orders.outbox where id = any(${ids})
    ), head as (
      update events.head set position = position + ${items.length}::bigint
      returning position - ${items.length}::bigint as position
    ), written as (
      insert into events.log (position, event_id, order_id, sequence, type, version, event, at)
      select head.position + n, event ->> 'id', event ->> 'subject',
        (event ->> 'ordersequence')::integer, event ->> 'type',
        (event ->> 'dataversion')::integer, event, (event ->> 'time')::timestamptz
      from head, jsonb_array_elements(${events}::jsonb) with ordinality as fact (event, n)
    )
    select pg_notify('events_log', '')`;
}
