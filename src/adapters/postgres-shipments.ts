import { sql } from 'kysely';
import type { Label } from '../activities/ports.js';
import type { OrderId, ReturnId, ShipmentId } from '../domain/ids.js';
import { firstRow, oneRow, type Database } from '../db/database.js';
import type { ShipmentKind } from '../db/orders.js';
import { overPostgres } from './postgres-errors.js';

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

export type BoughtLabel = Extract<Label, { kind: 'bought' }>;

export type Shipments = ReturnType<typeof postgresShipments>;

const columns = sql`state, provider_id, carrier, tracking_number, tracking_url, route_digest`;

/** Of kind `lost` when the shipment was voided meanwhile, or has another one at the carrier. */
export const markBought = (shipmentId: ShipmentId, providerId: string, label: BoughtLabel) =>
  sql`jsonb_build_object('kind', orders.mark_bought(${shipmentId}, ${providerId},
    ${label.carrier}, ${label.trackingNumber}, ${label.trackingUrl ?? null}))`;

/** The rows that keep each shipment to one label. A voided row stays voided, unless its parcel has left. */
export const postgresShipments = (database: Database) =>
  overPostgres({
    find: (shipmentId: ShipmentId) =>
      firstRow<ShipmentRow>(database)`
        select ${columns} from orders.shipments where id = ${shipmentId}`,

    /**
     * Binds the shipment to the carrier's. @param outdatedId the carrier's shipment that it may replace
     * @returns the row as the first writer left it
     */
    claim: (own: OwnShipment, providerId: string, outdatedId: string | null) => {
      const isOutdated = sql`shipment.state = 'created' and shipment.provider_id = ${outdatedId}`;
      return oneRow<ShipmentRow>(database)`
        insert into orders.shipments as shipment (id, order_id, kind, warehouse_id, return_id,
          provider_id, route_digest, state)
        values (${own.shipmentId}, ${own.orderId}, ${own.kind}, ${own.warehouseId},
          ${own.returnId}, ${providerId}, ${own.routeDigest}, 'created')
        on conflict (id) do update set
          provider_id = case when ${isOutdated} then excluded.provider_id
            else shipment.provider_id end,
          route_digest = case when ${isOutdated} then excluded.route_digest
            else shipment.route_digest end
        returning ${columns}`;
    },

    /** Bars every purchase from now on. @returns the carrier's id, null when there is none yet. */
    markVoided: async (shipmentId: ShipmentId, orderId: OrderId) => {
      const row = await oneRow<Pick<ShipmentRow, 'provider_id'>>(database)`
        insert into orders.shipments (id, order_id, state)
        values (${shipmentId}, ${orderId}, 'voided')
        on conflict (id) do update set state = 'voided' returning provider_id`;
      return row.provider_id;
    },

    /** The label could not be voided: the shipment has it again. */
    keep: (shipmentId: ShipmentId) =>
      firstRow(database)`
        update orders.shipments
        set state = case when tracking_number is null then 'created' else 'bought' end
        where id = ${shipmentId} and state = 'voided'`,
  });
