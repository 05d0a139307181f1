import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect } from 'vitest';
import type { HoldId } from '../../src/activities/ports.js';
import { postgresInventory } from '../../src/adapters/postgres-inventory.js';
import { allRows, firstValue, oneRow, type Database } from '../../src/db/database.js';
import { receiveStock } from '../../src/db/stock.js';
import type { SkuQuantity } from '../../src/domain/facts.js';
import type { OrderId } from '../../src/domain/ids.js';
import { useFixture } from '../support/use-fixture.js';
import { openOwnDatabase } from './own-database.js';

/** The stock for all tests of a file; what was counted must agree with the ledger after them. */
export const useStock = () => useFixture(openStock);

/** Two warehouses, the first of which is asked first. */
async function openStock() {
  const own = await openOwnDatabase();
  const { database } = own;
  const inventory = postgresInventory(database);
  await sql`
    insert into inventory.warehouses (id, name, line1, city, postal_code, country, priority)
      values ('wh_rotterdam', 'Warehouse', '12 Quay Road', 'Rotterdam', '3011 AA', 'NL', 2)
  `.execute(database);
  await sql`
    insert into orders.sellers (id, name, email) values ('sel_1', 'Seller', 'seller@shop.example')
  `.execute(database);
  /** @returns the orders that were served */
  const receive = async (sku: string, quantity: number, warehouseId?: string) => {
    const asked = { sku, quantity, warehouseId, fingerprint: 'same' };
    const received = await receiveStock(database, { ...asked, key: randomUUID() });
    if (received.kind !== 'booked') throw new Error(`Not booked: ${received.kind}`);
    return received.receipt.served;
  };
  return {
    ...inventory,
    database,
    newOrder: own.newOrder,
    receive,
    /** A SKU that no other test knows, with so many units in Hamburg and Rotterdam. */
    newSku: async (hamburg = 0, rotterdam = 0) => {
      const sku = `SKU-${randomUUID()}`;
      await sql`insert into orders.products (sku, title, weight_grams, seller_id)
        values (${sku}, 'A thing', 100, 'sel_1')`.execute(database);
      if (hamburg > 0) await receive(sku, hamburg, 'wh_hamburg');
      if (rotterdam > 0) await receive(sku, rotterdam, 'wh_rotterdam');
      return sku;
    },
    /** What each warehouse sends: `[['wh_hamburg', [line], …], …]`. */
    allocated: async (holdId: HoldId, ...lines: SkuQuantity[]) => {
      const reservation = await inventory.reserve(holdId, lines);
      if (reservation.kind === 'short') throw new Error('There is too little');
      return reservation.allotments.map((part) => [part.warehouseId, part.lines]);
    },
    counts: (sku: string) =>
      oneRow(database)`
        select coalesce(sum(on_hand), 0) as "onHand", coalesce(sum(held), 0) as held
        from inventory.items where sku = ${sku}`,
    /** Undefined for an order that never waited. */
    stateInQueue: (orderId: OrderId) =>
      firstValue<string>(database)`
        select state from inventory.waiting where order_id = ${orderId}`,
    stop: async () => {
      expect(await differencesInTheLedger(database)).toEqual([]);
      await own.stop();
    },
  };
}

export const line = (sku: string, quantity: number): SkuQuantity => ({ sku, quantity });

/** Every count that differs from the ledger of movements, or is impossible. */
export const differencesInTheLedger = (database: Database) =>
  allRows(database)`
    with moved as (
      select sku, warehouse_id,
        sum(case when kind in ('receipt', 'restock') then quantity
          when kind = 'issue' then -quantity else 0 end) as on_hand,
        sum(case when kind = 'hold' then quantity
          when kind in ('release', 'issue') then -quantity else 0 end) as held
      from inventory.movements group by sku, warehouse_id
    ), living as (
      select line.sku, line.warehouse_id, sum(line.quantity) as held
      from inventory.hold_lines line join inventory.holds hold using (hold_id)
      where line.state = 'held' and hold.state = 'held' group by line.sku, line.warehouse_id
    )
    select item.*, moved.on_hand as moved_on_hand, moved.held as moved_held,
      living.held as living_held
    from inventory.items item
    full join moved using (sku, warehouse_id) full join living using (sku, warehouse_id)
    where item.on_hand is distinct from moved.on_hand or item.held is distinct from moved.held
      or item.held is distinct from coalesce(living.held, 0)
      or item.held < 0 or item.on_hand < item.held`;
