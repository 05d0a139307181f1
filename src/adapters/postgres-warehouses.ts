import type { PostalAddress } from '../activities/ports.js';
import type { Database } from '../db/database.js';

/** @returns the address that parcels of the warehouse start from; undefined when there is none such */
export async function findWarehouse(
  database: Database,
  warehouseId: string,
): Promise<PostalAddress | undefined> {
  const row = await database
    .selectFrom('inventory.warehouses')
    .select(['name', 'line1', 'city', 'postal_code', 'country'])
    .where('id', '=', warehouseId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { postal_code: postalCode, ...address } = row;
  return { ...address, postalCode };
}
