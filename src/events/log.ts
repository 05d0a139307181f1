import { allRows, allValues, firstValue, type Database } from '../db/database.js';
import type { OrderId } from '../domain/ids.js';
import type { LoggedEvent, OrderEvent } from './order-event.js';

/** Which events of the history a reader wants. */
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
export const headPosition = async (database: Database): Promise<number> =>
  (await firstValue<number>(database)`select position from events.head`) ?? 0;

/** The events after the position, archived ones too; a page may be empty and have more behind it. */
export async function readHistory(
  database: Database,
  after: number,
  limit: number,
  filter: HistoryFilter = {},
): Promise<HistoryPage> {
  const head = await headPosition(database);
  const until = filter.type === undefined ? head : Math.min(head, after + scanLimit);
  const events = await allRows<LoggedEvent>(database)`
    select position, event from events.history
    where position > ${after} and position <= ${until}
      and type = coalesce(${filter.type ?? null}, type)
      and order_id = coalesce(${filter.orderId ?? null}, order_id)
    order by position limit ${limit}`;
  const last = events.length === limit ? events.at(-1) : undefined;
  const position = last?.position ?? Math.max(after, until);
  return { events, position, hasMore: position < head };
}

/** Looked up by what its id is made of. */
export async function findEvent(
  database: Database,
  eventId: string,
): Promise<OrderEvent | undefined> {
  const [, suffix, sequence] = /^evt_(\w+)_(\d{1,9})$/.exec(eventId) ?? [];
  if (suffix === undefined) return undefined;
  return firstValue<OrderEvent>(database)`
    select event from events.history where event_id = ${eventId}
      and order_id = ${`ord_${suffix}`} and sequence = ${Number(sequence)}`;
}

/** The events of one order with a higher sequence, in their order. */
export const eventsOfOrder = (
  database: Database,
  orderId: OrderId,
  afterSequence: number,
  limit: number,
) =>
  allValues<OrderEvent>(database)`
    select event from events.history where order_id = ${orderId} and sequence > ${afterSequence}
    order by sequence limit ${limit}`;

/** Those of the orders that have an event at these positions. */
export const ordersWithEvents = (
  database: Database,
  after: number,
  until: number,
  orderIds: readonly OrderId[],
) =>
  allValues<OrderId>(database)`
    select distinct order_id from events.log
    where position > ${after} and position <= ${until} and order_id = any(${orderIds})`;
