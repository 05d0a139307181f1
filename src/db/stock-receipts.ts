import type { OrderId } from '../domain/ids.js';
import { oneRow, type Database } from './database.js';
import { holdExpiry } from './stock-queue.js';

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

export type Receiving =
  | { readonly kind: 'booked'; readonly receipt: BookedReceipt }
  | { readonly kind: 'replayed'; readonly receipt: BookedReceipt }
  | { readonly kind: 'key_reused' }
  | { readonly kind: 'unknown_sku' }
  | { readonly kind: 'unknown_warehouse' }
  /** More than one warehouse's count can hold. */
  | { readonly kind: 'too_many' };

/** Books goods that came in and serves who waited for them, or says why not; then nothing was written. */
export async function receiveStock(database: Database, receipt: StockReceipt): Promise<Receiving> {
  const { hasSku, hasWarehouse } = await lookUp(database, receipt);
  if (!hasSku) return { kind: 'unknown_sku' };
  if (!hasWarehouse) return { kind: 'unknown_warehouse' };
  try {
    const { isNew } = await book(database, receipt);
    const { fingerprint, ...booked } = await read(database, receipt.key);
    if (fingerprint !== receipt.fingerprint) return { kind: 'key_reused' };
    return { kind: isNew ? 'booked' : 'replayed', receipt: booked };
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
) => oneRow<{ isNew: boolean }>(database)`
    select inventory.receive(
      ${key}, ${fingerprint}, ${sku}, ${quantity}, ${warehouseId ?? null}, ${holdExpiry()}) as "isNew"`;

const read = (database: Database, key: string) =>
  oneRow<BookedReceipt & { readonly fingerprint: string }>(database)`
    select fingerprint, sku, quantity, warehouse_id as "warehouseId", served, at
    from inventory.receipts where key = ${key}`;

/** SQLSTATE 22003: the sum does not fit into the column. */
const isOutOfRange = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '22003';
