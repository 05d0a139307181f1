import { sql, type Kysely, type Migration } from 'kysely';

/**
 * When somebody has to look why the carrier is silent about a parcel of a choreographed order: no
 * workflow counts the days. It is null where nothing is to be expected of a carrier.
 */
export const silentParcels: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table orders.orders add column silent_until timestamptz;
      create index orders_with_silent_parcels on orders.orders (silent_until)
        where silent_until is not null;
    `.execute(db);
    // Orders that are under way are looked at once, and get their own times by that.
    await sql`
      update orders.orders set silent_until = clock_timestamp()
      where coordination = 'choreographed' and status in ('confirmed', 'shipped')
    `.execute(db);
  },
};
