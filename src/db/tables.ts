import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { DefaultTime, Nullable, NullableTime, Time } from './columns.js';
import type { ConsumerTables } from './consumer-tables.js';
import type { DeliveryTables } from './delivery-tables.js';
import type { InventoryTables } from './inventory-tables.js';
import type { WebhookTables } from './webhook-tables.js';
import type {
  FulfillmentStatus,
  OrderStatus,
  PaymentStatus,
  Stage,
} from '../domain/order-state.js';
import type { Currency } from '../domain/money.js';
import type { FactType } from '../domain/facts.js';
import type { OrderPolicy } from '../domain/policy.js';
import type { Verification } from '../domain/risk.js';
import type { ServiceLevelName } from '../domain/service-level.js';
import type { AttentionChoice, AttentionOwner } from '../domain/attention.js';
import type { Difference, ReconciliationKind } from '../domain/books.js';
import type { AttentionId, OrderId, ReturnId, ShipmentId } from '../domain/ids.js';
import type { UndoName } from '../domain/saga.js';

export type Coordination = 'orchestrated' | 'choreographed';

/** A return goes the other way; a replacement takes the place of a shipment that was lost. */
export type ShipmentKind = 'outbound' | 'return' | 'replacement';
export type CodeChannel = 'email' | 'sms';

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
  currency: Currency;
  total_minor: number;
  metadata: JSONColumnType<Record<string, string>>;
  created_at: Time;
  started_at: NullableTime;
  policy: ColumnType<OrderPolicy, string | undefined, string>;
  service_level: Generated<ServiceLevelName>;
  verification: ColumnType<Verification, string | undefined, string>;
  code_channel: Generated<CodeChannel>;
  shipping_minor: Generated<number>;
  discount_minor: Generated<number>;
  discount_code: Nullable<string>;
  tax_basis_points: Generated<number>;
  tax_minor: ColumnType<number, never, never>;
  trace_id: Nullable<string>;
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
  amount_minor: Generated<number>;
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
  created_at: DefaultTime;
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
  id: Generated<AttentionId>;
  order_id: OrderId;
  reason: string;
  subject: string;
  raised_at: Time;
  resolved_at: NullableTime;
  owner: AttentionOwner;
  exposure_minor: ColumnType<number | null, number | null | undefined, number | null>;
  currency: Nullable<Currency>;
  choices: JSONColumnType<readonly AttentionChoice[]>;
  resolved_by: Nullable<string>;
  choice: Nullable<AttentionChoice>;
  note: Nullable<string>;
}

interface CompensationsTable {
  order_id: OrderId;
  key: string;
  undo: UndoName;
  subject: Nullable<string>;
  started_at: Time;
  done_at: NullableTime;
  failed_at: NullableTime;
}

interface StagedChangesTable {
  id: string;
  order_id: OrderId;
  kind: 'address' | 'payment_method';
  data: JSONColumnType<object>;
  created_at: DefaultTime;
  applied_at: NullableTime;
  fingerprint: Nullable<string>;
}

interface ReconciliationsTable {
  id: Generated<number>;
  run_id: string;
  kind: ReconciliationKind;
  started_at: Time;
  finished_at: NullableTime;
  covered_until: NullableTime;
  looked_at: Generated<number>;
  agreed: Generated<number>;
  mended: Generated<number>;
  differed: Generated<number>;
  differing: JSONColumnType<readonly Difference[]>;
  failure: Nullable<string>;
}

interface ShipmentsTable {
  id: ShipmentId;
  order_id: OrderId;
  provider_id: Nullable<string>;
  carrier: Nullable<string>;
  tracking_number: Nullable<string>;
  state: 'created' | 'bought' | 'voided';
  created_at: DefaultTime;
  kind: Generated<ShipmentKind>;
  warehouse_id: Nullable<string>;
  return_id: Nullable<ReturnId>;
  tracking_url: Nullable<string>;
  /** A digest of the addresses that the carrier's shipment was made for. */
  route_digest: Nullable<string>;
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
  tellings: Generated<number>;
}

export interface Tables extends ConsumerTables, DeliveryTables, InventoryTables, WebhookTables {
  'orders.orders': OrdersTable;
  'orders.lines': LinesTable;
  'orders.contacts': ContactsTable;
  'orders.timeline': TimelineTable;
  'orders.outbox': OutboxTable;
  'orders.idempotency': IdempotencyTable;
  'orders.attention': AttentionTable;
  'orders.compensations': CompensationsTable;
  'orders.staged_changes': StagedChangesTable;
  'orders.reconciliations': ReconciliationsTable;
  'orders.shipments': ShipmentsTable;
  'orders.webhooks': WebhooksTable;
  'orders.sellers': { id: string; name: string; email: string };
  'orders.products': { sku: string; title: string; weight_grams: number; seller_id: string };
  'orders.prices': { sku: string; currency: Currency; unit_price_minor: number };
  'orders.shipping_rates': { country: string; currency: Currency; amount_minor: number };
  'orders.tax_rates': { country: string; basis_points: number };
  'orders.discounts': { code: string; basis_points: number };
  'loyalty.ledger': {
    order_id: OrderId;
    kind: 'award' | 'revoke' | 'spend';
    key: Generated<string>;
    sequence: Generated<number>;
    member_id: string;
    points: number;
    at: DefaultTime;
  };
  'loyalty.balances': { member_id: string; points: number };
}
