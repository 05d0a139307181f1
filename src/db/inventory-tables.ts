import type { Generated, JSONColumnType } from 'kysely';
import type { OrderId, ShipmentId } from '../domain/ids.js';
import type { DefaultTime, NullableTime, Time } from './columns.js';

/** What lies where, for whom, and who waits for it. */
export interface InventoryTables {
  'inventory.warehouses': {
    id: string;
    name: string;
    line1: string;
    city: string;
    postal_code: string;
    country: string;
    priority: number;
  };
  'inventory.items': {
    warehouse_id: string;
    sku: string;
    on_hand: number;
    held: Generated<number>;
  };
  'inventory.holds': {
    hold_id: OrderId | ShipmentId;
    state: 'held' | 'released' | 'issued';
    dropped: JSONColumnType<object>;
    expires_at: Time;
  };
  'inventory.hold_lines': {
    hold_id: OrderId | ShipmentId;
    warehouse_id: string;
    sku: string;
    quantity: number;
    state: 'held' | 'released' | 'issued';
  };
  'inventory.movements': {
    id: Generated<number>;
    warehouse_id: string;
    sku: string;
    kind: 'receipt' | 'restock' | 'hold' | 'release' | 'issue';
    quantity: number;
    hold_id: OrderId | ShipmentId | null;
    at: DefaultTime;
  };
  'inventory.waiting': {
    place: Generated<number>;
    order_id: OrderId;
    state: 'waiting' | 'served' | 'left';
    since: DefaultTime;
    woken_at: NullableTime;
    tellings: Generated<number>;
  };
}
