import { postgresJournal } from '../../src/adapters/postgres-journal.js';
import type { Database } from '../../src/db/database.js';
import type { Fact, SkuQuantity } from '../../src/domain/facts.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';
import { placed } from '../../src/domain/order-state.js';

export interface Delivery {
  readonly totalMinor: number;
  /** What each parcel holds. */
  readonly parcels: readonly (readonly SkuQuantity[])[];
  /** The places of the parcels that arrived; all of them if left out. */
  readonly arrived?: readonly number[];
}

/** Writes what the life of a placed order would have written, up to its delivery. */
export async function deliver(database: Database, orderId: OrderId, delivery: Delivery) {
  const total = money(delivery.totalMinor, 'EUR');
  const facts: Fact[] = [
    {
      type: 'inventory.reserved',
      parcels: delivery.parcels.map((lines) => ({ warehouseId: 'wh_hamburg', lines })),
    },
    { type: 'payment.authorized', paymentId: `pi_of_${orderId}`, amount: total },
    { type: 'payment.captured', amount: total, shipmentId: shipmentIdOf(orderId) },
    ...(delivery.arrived ?? [...delivery.parcels.keys()]).map((index): Fact => ({
      type: 'shipment.delivered',
      shipmentId: shipmentIdOf(orderId, index),
    })),
    { type: 'order.delivered' },
  ];
  const state = {
    ...placed,
    status: 'delivered',
    stage: 'done',
    paymentStatus: 'captured',
    fulfillmentStatus: 'delivered',
  } as const;
  await postgresJournal(database).append({
    orderId,
    key: 'the life of the order',
    facts,
    change: { revision: 1, state },
  });
}
