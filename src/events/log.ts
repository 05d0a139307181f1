import { sql, type RawBuilder } from 'kysely';
import type { Database } from '../db/database.js';
import type { OrderId } from '../domain/ids.js';
import type { LoggedEvent, OrderEvent } from './order-event.js';

/** What a reader wants of the history. */
export interface HistoryFilter {
  readonly type?: string | undefined;
  readonly orderId?: OrderId | undefined;
}

export interface HistoryPage {
  readonly events: readonly LoggedEvent[];
  /** Everything up to here was looked at; the next page begins behind it. */
  readonly position: number;
  readonly hasMore: boolean;
}

/** So many positions are looked through for one page: a rare type must not keep the reader waiting. */
export const scanLimit = 10_000;

/** The position of the event that was published last; 0 before the first one. */
export async function headPosition(database: Database): Promise<number> {
  const { rows } = await sql<{ position: number }>`
    select position from events.head`.execute(database);
  return rows[0]?.position ?? 0;
}

/** The events behind the position that are not archived, in their order. */
export async function readLog(
  database: Database,
  after: number,
  limit: number,
): Promise<readonly LoggedEvent[]> {
  const { rows } = await sql<LoggedEvent>`
    select position, event from events.log where position > ${after}
    order by position limit ${limit}`.execute(database);
  return rows;
}

/** As {@link readLog}, from the first event ever; a page may be empty and have more behind it. */
export async function readHistory(
  database: Database,
  after: number,
  limit: number,
  filter: HistoryFilter = {},
): Promise<HistoryPage> {
  const head = await headPosition(database);
  const until = filter.type === undefined ? head : Math.min(head, after + scanLimit);
  const { rows } = await sql<LoggedEvent>`
    select position, event from events.history
    where position > ${after} and position <= ${until} and ${sql.join(wanted(filter), sql` and `)}
    order by position limit ${limit}`.execute(database);
  const last = rows.length === limit ? rows.at(-1) : undefined;
  const position = last?.position ?? Math.max(after, until);
  return { events: rows, position, hasMore: position < head };
}

function wanted({ type, orderId }: HistoryFilter): RawBuilder<unknown>[] {
  const all = [sql`true`];
  if (type !== undefined) all.push(sql`type = ${type}`);
  if (orderId !== undefined) all.push(sql`order_id = ${orderId}`);
  return all;
}

export async function findEvent(
  database: Database,
  eventId: string,
): Promise<OrderEvent | undefined> {
  const { rows } = await sql<{ event: OrderEvent }>`
    select event from events.history where event_id = ${eventId}`.execute(database);
  return rows[0]?.event;
}

/** The events of one order with a higher sequence, in their order. */
export async function eventsOfOrder(
  database: Database,
  orderId: OrderId,
  afterSequence: number,
  limit: number,
): Promise<readonly OrderEvent[]> {
  const { rows } = await sql<{ event: OrderEvent }>`
    select event from events.history where order_id = ${orderId} and sequence > ${afterSequence}
    order by sequence limit ${limit}`.execute(database);
  return rows.map(({ event }) => event);
}

/** Those of the orders that have an event at these positions. */
export async function ordersWithEvents(
  database: Database,
  after: number,
  until: number,
  orderIds: readonly OrderId[],
): Promise<readonly OrderId[]> {
  const { rows } = await sql<{ orderId: OrderId }>`
    select distinct order_id as "orderId" from events.log
    where position > ${after} and position <= ${until} and order_id = any(${orderIds})
  `.execute(database);
  return rows.map(({ orderId }) => orderId);
}
