import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type {
  FulfillmentStatus,
  OrderStatus,
  PaymentStatus,
  Stage,
} from '../domain/order-state.js';
import type { Currency } from '../domain/money.js';
import type { FactType } from '../domain/facts.js';
import type { OrderId, ShipmentId } from '../domain/ids.js';

type Time = ColumnType<Date, Date | string, Date | string>;
type DefaultTime = ColumnType<Date, Date | string | undefined, Date | string>;
type NullableTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>;

export type Coordination = 'orchestrated' | 'choreographed';
export type Dispatch = 'local_first' | 'remote';

interface OrdersTable {
  id: OrderId;
  customer_id: string;
  status: OrderStatus;
  stage: Stage;
  payment_status: PaymentStatus;
  fulfillment_status: FulfillmentStatus;
  status_since: Time;
  needs_attention: Generated<boolean>;
  revision: Generated<number>;
  last_sequence: Generated<number>;
  coordination: Coordination;
  dispatch: Dispatch;
  currency: Currency;
  total_minor: number;
  metadata: JSONColumnType<Record<string, string>>;
  created_at: Time;
  started_at: NullableTime;
}

interface LinesTable {
  order_id: OrderId;
  line_number: number;
  sku: string;
  title: string;
  quantity: number;
  unit_price_minor: number;
  weight_grams: number;
  seller_id: string;
}

interface ContactsTable {
  order_id: OrderId;
  customer_name: string;
  email: string;
  phone: Nullable<string>;
  member: boolean;
  recipient: string;
  line1: string;
  line2: Nullable<string>;
  city: string;
  postal_code: string;
  country: string;
  payment_method: string;
}

interface TimelineTable {
  order_id: OrderId;
  sequence: number;
  entry_key: string;
  type: FactType;
  data: JSONColumnType<Record<string, unknown>>;
  at: Time;
}

interface OutboxTable {
  id: Generated<number>;
  order_id: OrderId;
  sequence: number;
  type: FactType;
  data: JSONColumnType<Record<string, unknown>>;
  at: Time;
}

interface IdempotencyTable {
  key: string;
  fingerprint: string;
  order_id: OrderId;
  response: JSONColumnType<object>;
  created_at: DefaultTime;
}

interface AttentionTable {
  order_id: OrderId;
  reason: string;
  subject: string;
  raised_at: Time;
  resolved_at: NullableTime;
}

interface ShipmentsTable {
  id: ShipmentId;
  order_id: OrderId;
  provider_id: Nullable<string>;
  carrier: Nullable<string>;
  tracking_number: Nullable<string>;
  state: 'created' | 'bought' | 'voided';
  created_at: DefaultTime;
}

interface WebhooksTable {
  provider: 'payments' | 'carrier';
  event_id: string;
  order_id: OrderId | null;
  message: JSONColumnType<object> | null;
  received_at: DefaultTime;
  told_at: NullableTime;
  delivered_at: NullableTime;
  milestone: Nullable<string>;
  attempts: Generated<number>;
}

export interface Tables {
  'orders.orders': OrdersTable;
  'orders.lines': LinesTable;
  'orders.contacts': ContactsTable;
  'orders.timeline': TimelineTable;
  'orders.outbox': OutboxTable;
  'orders.idempotency': IdempotencyTable;
  'orders.attention': AttentionTable;
  'orders.shipments': ShipmentsTable;
  'orders.webhooks': WebhooksTable;
  'orders.sellers': { id: string; name: string; email: string };
  'orders.products': { sku: string; title: string; weight_grams: number; seller_id: string };
  'orders.prices': { sku: string; currency: Currency; unit_price_minor: number };
  'orders.delivery_partners': { id: string; name: string; countries: string[] };
  'orders.delivery_assignments': {
    order_id: OrderId;
    partner_id: string | null;
    assigned_at: DefaultTime;
    released_at: NullableTime;
  };
  'inventory.items': { sku: string; on_hand: number; held: Generated<number> };
  'inventory.holds': {
    order_id: OrderId;
    state: 'held' | 'released' | 'issued';
    lines: JSONColumnType<object>;
    expires_at: Time;
  };
  'inventory.movements': {
    id: Generated<number>;
    sku: string;
    kind: 'receipt' | 'hold' | 'release' | 'issue';
    quantity: number;
    order_id: OrderId | null;
    at: DefaultTime;
  };
  'loyalty.ledger': {
    order_id: OrderId;
    kind: 'award' | 'revoke';
    member_id: string;
    points: number;
    at: DefaultTime;
  };
}
