import type { OrderId } from '../domain/ids.js';
import { holdExpiryMs } from '../domain/service-level.js';
import { allRows, allValues, execute, firstValue, oneRow, type Database } from './database.js';
import { endStatuses } from './end-statuses.js';

export interface StockCounts {
  readonly onHand: number;
  readonly held: number;
}

export interface StockRecord extends StockCounts {
  readonly sku: string;
  readonly title: string | null;
  /** By priority. */
  readonly warehouses: readonly (StockCounts & { readonly id: string })[];
}

/** Items in the order of their SKU, those after `after`; at most `limit` of them. */
export const listStock = (
  database: Database,
  page: { readonly limit: number; readonly after: string },
) => allRows<StockRecord>(database)`
    select item.sku, product.title, sum(item.on_hand) as "onHand", sum(item.held) as held,
      json_agg(json_build_object(
        'id', warehouse.id, 'onHand', item.on_hand, 'held', item.held
      ) order by warehouse.priority) as warehouses
    from inventory.items item
    join inventory.warehouses warehouse on warehouse.id = item.warehouse_id
    left join orders.products product using (sku)
    where item.sku in (
      select distinct sku from inventory.items where sku > ${page.after} order by sku
      limit ${page.limit}
    )
    group by item.sku, product.title order by item.sku`;

/**
 * Releases expired holds whose order has ended or never existed; an open order keeps its hold.
 * @returns the ids of the holds that were released
 */
export async function releaseExpiredHolds(
  database: Database,
  limit: number,
): Promise<readonly string[]> {
  const expired = await listExpiredHolds(database, limit);
  // One statement for each: a holder of item locks must not wait for another hold.
  for (const holdId of expired) {
    await execute(database)`select inventory.end_hold(${holdId}, 'released', null)`;
  }
  return expired;
}

const listExpiredHolds = (database: Database, limit: number) => allValues<string>(database)`
    select hold_id from inventory.holds
    where state = 'held' and expires_at < clock_timestamp() and not exists (
      select from orders.orders
      where orders.status not in ${endStatuses}
        and (orders.id = holds.hold_id
          or orders.id = (select order_id from orders.shipments where id = holds.hold_id))
    )
    order by expires_at limit ${limit}`;

/** When a hold made now expires. */
export const holdExpiry = (holdMs = holdExpiryMs): Date => new Date(Date.now() + holdMs);

/**
 * Sets goods aside for waiting orders, in the order of the queue: goods that were released or returned,
 * or that an earlier order no longer wants.
 * @returns the ids of the orders that were served
 */
export const serveWaiting = (database: Database) =>
  allValues<OrderId>(database)`select * from inventory.serve_waiting(${holdExpiry()})`;

/** Served orders that wait in the queue still, with the place for which they were served. */
export const listServed = (database: Database, limit: number) =>
  allRows<{ readonly orderId: OrderId; readonly place: number }>(database)`
    select order_id as "orderId", place from inventory.waiting w
    where state = 'served' and not exists (
      select from orders.messages where id = 'stock:' || w.place)
    order by place limit ${limit}`;

/**
 * Removes an order from the queue, if it is there. What was set aside for it stays set aside until its
 * hold is released.
 */
export const leaveQueue = (database: Database, orderId: OrderId) =>
  execute(database)`select inventory.dequeue(${orderId})`;

export interface StockReceipt {
  /** The same key books once. */
  readonly key: string;
  /** Of the request, so that a key is not used for another one. */
  readonly fingerprint: string;
  readonly sku: string;
  readonly quantity: number;
  /** Where the goods are; else the first warehouse by priority that has had the SKU, or the first. */
  readonly warehouseId?: string | undefined;
}

export interface BookedReceipt {
  readonly sku: string;
  readonly quantity: number;
  readonly warehouseId: string;
  /** The orders that had waited for these goods and have them now, in the order in which they came. */
  readonly served: readonly OrderId[];
  readonly at: Date;
}

/** `too_many`: more than one warehouse's count can hold. */
export type Receiving =
  | { readonly kind: 'booked' | 'replayed'; readonly receipt: BookedReceipt }
  | { readonly kind: 'key_reused' | 'unknown_sku' | 'unknown_warehouse' | 'too_many' };

/** Books goods that came in and serves who waited for them, or says why not; then nothing was written. */
export async function receiveStock(database: Database, receipt: StockReceipt): Promise<Receiving> {
  const { hasSku, hasWarehouse } = await lookUp(database, receipt);
  if (!hasSku) return { kind: 'unknown_sku' };
  if (!hasWarehouse) return { kind: 'unknown_warehouse' };
  try {
    const isNew = await book(database, receipt);
    const { fingerprint, ...booked } = await read(database, receipt.key);
    if (fingerprint !== receipt.fingerprint) return { kind: 'key_reused' };
    return { kind: isNew === true ? 'booked' : 'replayed', receipt: booked };
  } catch (error) {
    if (isOutOfRange(error)) return { kind: 'too_many' };
    throw error;
  }
}

const lookUp = (database: Database, { sku, warehouseId }: StockReceipt) =>
  oneRow<{ hasSku: boolean; hasWarehouse: boolean }>(database)`
    select exists (select from orders.products where sku = ${sku}) as "hasSku",
      ${warehouseId ?? null}::text is null
        or exists (select from inventory.warehouses where id = ${warehouseId ?? null}) as "hasWarehouse"`;

const book = (
  database: Database,
  { key, fingerprint, sku, quantity, warehouseId }: StockReceipt,
) => firstValue<boolean>(database)`
    select inventory.receive(
      ${key}, ${fingerprint}, ${sku}, ${quantity}, ${warehouseId ?? null}, ${holdExpiry()})`;

const read = (database: Database, key: string) =>
  oneRow<BookedReceipt & { readonly fingerprint: string }>(database)`
    select fingerprint, sku, quantity, warehouse_id as "warehouseId", served, at
    from inventory.receipts where key = ${key}`;

/** SQLSTATE 22003: the sum does not fit into the column. */
const isOutOfRange = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '22003';
