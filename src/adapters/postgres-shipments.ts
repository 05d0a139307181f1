import { sql } from 'kysely';
import type { OrderId, ReturnId, ShipmentId } from '../domain/ids.js';
import type { Database } from '../db/database.js';
import type { ShipmentKind } from '../db/tables.js';
import { ask } from './postgres-errors.js';

/** What we remember of a shipment's label. */
export interface ShipmentRow {
  readonly state: 'created' | 'bought' | 'voided';
  /** The carrier's own id of the shipment; null when it was voided before there was one. */
  readonly provider_id: string | null;
  readonly carrier: string | null;
  readonly tracking_number: string | null;
  readonly tracking_url: string | null;
  /** Null when it was voided before there was one. */
  readonly route_digest: string | null;
}

export interface OwnShipment {
  readonly shipmentId: ShipmentId;
  readonly orderId: OrderId;
  readonly kind: ShipmentKind;
  readonly warehouseId: string | null;
  readonly returnId: ReturnId | null;
  /** A digest of the addresses, to notice by that they were changed. */
  readonly routeDigest: string;
}

export interface BoughtLabel {
  readonly carrier: string;
  readonly trackingNumber: string;
  readonly trackingUrl?: string;
}

export type Shipments = ReturnType<typeof postgresShipments>;

const columns = [
  'state',
  'provider_id',
  'carrier',
  'tracking_number',
  'tracking_url',
  'route_digest',
] as const;

/** The rows that hold each shipment to one label. A voided row stays voided, unless its parcel has left. */
export const postgresShipments = (database: Database) => ({
  find: (shipmentId: ShipmentId): Promise<ShipmentRow | undefined> =>
    ask(() =>
      database
        .selectFrom('orders.shipments')
        .select(columns)
        .where('id', '=', shipmentId)
        .executeTakeFirst(),
    ),

  /**
   * Binds the shipment to the carrier's. @param outdatedId the carrier's shipment that it may replace
   * @returns the row as the first writer left it
   */
  claim: (own: OwnShipment, providerId: string, outdatedId: string | null): Promise<ShipmentRow> =>
    ask(async () => {
      const isOutdated = sql`shipment.state = 'created' and shipment.provider_id = ${outdatedId}`;
      const { rows } = await sql<ShipmentRow>`
        insert into orders.shipments as shipment (id, order_id, kind, warehouse_id, return_id,
          provider_id, route_digest, state)
        values (${own.shipmentId}, ${own.orderId}, ${own.kind}, ${own.warehouseId},
          ${own.returnId}, ${providerId}, ${own.routeDigest}, 'created')
        on conflict (id) do update set
          provider_id = case when ${isOutdated} then excluded.provider_id
            else shipment.provider_id end,
          route_digest = case when ${isOutdated} then excluded.route_digest
            else shipment.route_digest end
        returning state, provider_id, carrier, tracking_number, tracking_url, route_digest
      `.execute(database);
      const [row] = rows;
      if (row === undefined) throw new Error('A claim gave no row');
      return row;
    }),

  /** @returns false when the shipment was voided meanwhile, or goes by another of the carrier's. */
  markBought: (
    shipmentId: ShipmentId,
    providerId: string,
    { carrier, trackingNumber, trackingUrl }: BoughtLabel,
  ): Promise<boolean> =>
    ask(async () => {
      const { numUpdatedRows } = await database
        .updateTable('orders.shipments')
        .set({
          state: 'bought',
          carrier,
          tracking_number: trackingNumber,
          tracking_url: trackingUrl ?? null,
        })
        .where('id', '=', shipmentId)
        .where('provider_id', '=', providerId)
        .where('state', '!=', 'voided')
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    }),

  /** Bars every purchase from now on. @returns the carrier's id, null when there is none yet. */
  markVoided: (shipmentId: ShipmentId, orderId: OrderId): Promise<string | null> =>
    ask(async () => {
      const { provider_id } = await database
        .insertInto('orders.shipments')
        .values({ id: shipmentId, order_id: orderId, state: 'voided' })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ state: 'voided' }))
        .returning('provider_id')
        .executeTakeFirstOrThrow();
      return provider_id;
    }),

  /** The label that was to be voided is in use: it is the shipment's again. */
  keep: (shipmentId: ShipmentId): Promise<void> => ask(() => keepLabel(database, shipmentId)),
});

async function keepLabel(database: Database, shipmentId: ShipmentId): Promise<void> {
  const state = sql<'created' | 'bought'>`case when tracking_number is null then 'created'
    else 'bought' end`;
  await database
    .updateTable('orders.shipments')
    .set({ state })
    .where('id', '=', shipmentId)
    .where('state', '=', 'voided')
    .execute();
}
