import type { OrderId, ShipmentId } from '../domain/ids.js';
import type { Database } from '../db/database.js';
import { ask } from './postgres-errors.js';

/** What we remember of a shipment's label. */
export interface ShipmentRow {
  readonly state: 'created' | 'bought' | 'voided';
  /** The carrier's own id of the shipment; null when it was voided before there was one. */
  readonly provider_id: string | null;
  readonly carrier: string | null;
  readonly tracking_number: string | null;
}

export interface Claim {
  readonly shipmentId: ShipmentId;
  readonly orderId: OrderId;
  readonly providerId: string;
}

export interface BoughtLabel {
  readonly carrier: string;
  readonly trackingNumber: string;
}

export type Shipments = ReturnType<typeof postgresShipments>;

const columns = ['state', 'provider_id', 'carrier', 'tracking_number'] as const;

/** The rows that hold each shipment to one label. A voided row stays voided. */
export const postgresShipments = (database: Database) => ({
  find: (shipmentId: ShipmentId): Promise<ShipmentRow | undefined> =>
    ask(() =>
      database
        .selectFrom('orders.shipments')
        .select(columns)
        .where('id', '=', shipmentId)
        .executeTakeFirst(),
    ),

  /** Binds the shipment to the carrier's. @returns the row as the first writer left it. */
  claim: ({ shipmentId, orderId, providerId }: Claim): Promise<ShipmentRow> =>
    ask(() =>
      database
        .insertInto('orders.shipments')
        .values({ id: shipmentId, order_id: orderId, provider_id: providerId, state: 'created' })
        // An update that changes nothing: `do nothing` would not return the row that was there.
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((row) => ({ id: row.ref('excluded.id') })),
        )
        .returning(columns)
        .executeTakeFirstOrThrow(),
    ),

  /** @returns false when the shipment was voided meanwhile. */
  markBought: (
    shipmentId: ShipmentId,
    { carrier, trackingNumber }: BoughtLabel,
  ): Promise<boolean> =>
    ask(async () => {
      const { numUpdatedRows } = await database
        .updateTable('orders.shipments')
        .set({ state: 'bought', carrier, tracking_number: trackingNumber })
        .where('id', '=', shipmentId)
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
});
