/* eslint-disable max-lines */
// Generated from src/db/migrations by `npm run db:types`. Do not edit.
import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { AttentionChoice, AttentionOwner } from '../domain/attention.js';
import type { Difference } from '../domain/books.js';
import type { FactType } from '../domain/facts.js';
import type { AttentionId, OrderId, ReturnId, ShipmentId } from '../domain/ids.js';
import type { Currency } from '../domain/money.js';
import type {
  FulfillmentStatus,
  OrderStatus,
  PaymentStatus,
  Stage,
} from '../domain/order-state.js';
import type { OrderPolicy } from '../domain/policy.js';
import type { ReturnStatus } from '../domain/returns.js';
import type { Verification } from '../domain/risk.js';
import type { UndoName } from '../domain/saga.js';
import type { ServiceLevelName } from '../domain/service-level.js';

type Time = ColumnType<Date, Date | string>;
type DefaultTime = ColumnType<Date, Date | string | undefined, Date | string>;

export type OfferState = 'offered' | 'accepted' | 'declined' | 'silent' | 'released' | 'none';
export type Coordination = 'orchestrated' | 'choreographed';
export type CodeChannel = 'email' | 'sms';
export type ShipmentKind = 'outbound' | 'return' | 'replacement';
export type QuarantineState = 'retrying' | 'held' | 'dead' | 'discarded';
export type WebhookDeliveryState = 'waiting' | 'delivered' | 'dead' | 'discarded';
export type WebhookEndpointState = 'enabled' | 'disabled';

export interface Tables {
  'orders.attention': {
    id: Generated<AttentionId>;
    order_id: OrderId;
    reason: string;
    subject: string;
    raised_at: Time;
    resolved_at: Time | null;
    owner: AttentionOwner;
    exposure_minor: number | null;
    currency: Currency | null;
    choices: JSONColumnType<readonly AttentionChoice[]>;
    resolved_by: string | null;
    choice: AttentionChoice | null;
    note: string | null;
  };
  'orders.codes': {
    order_id: OrderId;
    number: number;
    digest: string;
    issued: Generated<number>;
    expires_at: Time;
    tries_left: number;
    verdicts: JSONColumnType<object, string | undefined>;
    verified_at: Time | null;
  };
  'orders.compensations': {
    order_id: OrderId;
    key: string;
    undo: UndoName;
    subject: string | null;
    started_at: Time;
    done_at: Time | null;
    failed_at: Time | null;
  };
  'orders.contacts': {
    order_id: OrderId;
    customer_name: string;
    email: string;
    phone: string | null;
    member: boolean;
    recipient: string;
    line1: string;
    line2: string | null;
    city: string;
    postal_code: string;
    country: string;
    payment_method: string;
    created_at: DefaultTime;
  };
  'orders.delivery_assignments': {
    order_id: OrderId;
    partner_id: string | null;
    assigned_at: DefaultTime;
    released_at: Time | null;
  };
  'orders.delivery_offers': {
    id: Generated<string>;
    order_id: OrderId;
    partner_id: string | null;
    round: number;
    state: OfferState;
    offered_at: DefaultTime;
    until: Time | null;
    answered_at: Time | null;
    notified_at: Time | null;
    closed_at: Time | null;
  };
  'orders.delivery_partners': {
    id: string;
    name: string;
    countries: string[];
    postal_prefixes: Generated<string[]>;
    capacity: number | null;
    answers: Generated<'at_once' | 'by_hand'>;
    email: string | null;
  };
  'orders.discounts': {
    code: string;
    basis_points: number;
  };
  'orders.idempotency': {
    key: string;
    fingerprint: string;
    order_id: OrderId;
    response: JSONColumnType<object>;
    created_at: DefaultTime;
  };
  'orders.incoming_webhooks': {
    provider: string;
    event_id: string;
    order_id: OrderId | null;
    message: JSONColumnType<object> | null;
    received_at: DefaultTime;
    notified_at: Time | null;
    delivered_at: Time | null;
    milestone: string | null;
    attempts: Generated<number>;
    notifications: Generated<number>;
  };
  'orders.lines': {
    order_id: OrderId;
    line_number: number;
    sku: string;
    title: string;
    quantity: number;
    unit_price_minor: number;
    weight_grams: number;
    seller_id: string;
    amount_minor: number;
  };
  'orders.orders': {
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
    metadata: JSONColumnType<Record<string, string>, string | undefined>;
    created_at: Time;
    started_at: Time | null;
    policy: JSONColumnType<OrderPolicy, string | undefined>;
    service_level: Generated<ServiceLevelName>;
    verification: JSONColumnType<Verification, string | undefined>;
    code_channel: Generated<CodeChannel>;
    shipping_minor: Generated<number>;
    discount_minor: Generated<number>;
    discount_code: string | null;
    tax_basis_points: Generated<number>;
    tax_minor: GeneratedAlways<number>;
    trace_id: string | null;
    tracking_overdue_at: Time | null;
  };
  'orders.outbox': {
    id: GeneratedAlways<number>;
    transaction_id: Generated<string>;
    order_id: OrderId;
    sequence: number;
    type: FactType;
    data: JSONColumnType<object>;
    at: Time;
  };
  'orders.prices': {
    sku: string;
    currency: Currency;
    unit_price_minor: number;
  };
  'orders.products': {
    sku: string;
    title: string;
    weight_grams: number;
    seller_id: string;
  };
  'orders.reconciliations': {
    id: GeneratedAlways<number>;
    run_id: string;
    kind: 'payments' | 'shipments' | 'stock' | 'orders';
    started_at: Time;
    finished_at: Time | null;
    covered_until: Time | null;
    looked_at: Generated<number>;
    agreed: Generated<number>;
    mended: Generated<number>;
    differed: Generated<number>;
    differing: JSONColumnType<readonly Difference[], string | undefined>;
    failure: string | null;
  };
  'orders.return_lines': {
    return_id: ReturnId;
    line_number: number;
    sku: string;
    quantity: number;
    amount_minor: number;
    reason: string;
    restocked: Generated<number>;
    scrapped: Generated<number>;
    refused: Generated<number>;
  };
  'orders.returns': {
    id: ReturnId;
    order_id: OrderId;
    kind: 'refund' | 'exchange';
    status: ReturnStatus;
    status_since: Time;
    requested_by: string;
    approval: JSONColumnType<object, string | undefined>;
    reason: string | null;
    amount_minor: number;
    currency: Currency;
    refunds: JSONColumnType<object> | null;
    refund_minor: number | null;
    points: number | null;
    everything_back: boolean | null;
    carrier: string | null;
    tracking_number: string | null;
    exchange_order_id: OrderId | null;
    created_at: Time;
    started_at: Time | null;
  };
  'orders.sellers': {
    id: string;
    name: string;
    email: string;
  };
  'orders.shipments': {
    id: ShipmentId;
    order_id: OrderId;
    provider_id: string | null;
    carrier: string | null;
    tracking_number: string | null;
    state: 'created' | 'bought' | 'voided';
    created_at: DefaultTime;
    kind: Generated<ShipmentKind>;
    warehouse_id: string | null;
    return_id: ReturnId | null;
    tracking_url: string | null;
    route_digest: string | null;
  };
  'orders.shipping_rates': {
    country: string;
    currency: Currency;
    amount_minor: number;
  };
  'orders.staged_changes': {
    id: string;
    order_id: OrderId;
    kind: 'address' | 'payment_method';
    data: JSONColumnType<object>;
    created_at: DefaultTime;
    applied_at: Time | null;
    fingerprint: string | null;
  };
  'orders.tax_rates': {
    country: string;
    basis_points: number;
  };
  'orders.timeline': {
    order_id: OrderId;
    sequence: number;
    entry_key: string;
    type: FactType;
    data: JSONColumnType<object>;
    at: Time;
  };
  'inventory.claims': {
    sku: string;
    place: number;
    quantity: number;
  };
  'inventory.hold_lines': {
    hold_id: OrderId | ShipmentId;
    warehouse_id: string;
    sku: string;
    quantity: number;
    state: 'held' | 'released' | 'issued';
  };
  'inventory.holds': {
    hold_id: OrderId | ShipmentId;
    state: 'held' | 'released' | 'issued';
    dropped: JSONColumnType<object, string | undefined>;
    expires_at: Time;
  };
  'inventory.items': {
    sku: string;
    warehouse_id: string;
    on_hand: Generated<number>;
    held: Generated<number>;
  };
  'inventory.movements': {
    id: GeneratedAlways<number>;
    sku: string;
    warehouse_id: string;
    kind: 'receipt' | 'restock' | 'hold' | 'release' | 'issue';
    quantity: number;
    hold_id: OrderId | ShipmentId | null;
    at: DefaultTime;
  };
  'inventory.receipts': {
    key: string;
    fingerprint: string;
    sku: string;
    warehouse_id: string;
    quantity: number;
    served: string[];
    at: DefaultTime;
  };
  'inventory.restocks': {
    key: string;
    lines: JSONColumnType<object>;
    at: DefaultTime;
  };
  'inventory.waiting': {
    place: GeneratedAlways<number>;
    order_id: OrderId;
    state: 'waiting' | 'served' | 'left';
    since: DefaultTime;
    notified_at: Time | null;
    notifications: Generated<number>;
  };
  'inventory.warehouses': {
    id: string;
    name: string;
    line1: string;
    city: string;
    postal_code: string;
    country: string;
    priority: number;
  };
  'loyalty.balances': {
    member_id: string;
    points: number;
  };
  'loyalty.ledger': {
    order_id: OrderId;
    kind: 'award' | 'revoke' | 'spend';
    key: Generated<string>;
    sequence: GeneratedAlways<number>;
    member_id: string;
    points: number;
    at: DefaultTime;
  };
  'events.archive': {
    position: number;
    event_id: string;
    order_id: OrderId;
    sequence: number;
    type: string;
    version: number;
    event: JSONColumnType<object>;
    at: Time;
    published_at: DefaultTime;
  };
  'events.dead_letter_decisions': {
    id: GeneratedAlways<number>;
    dead_letter_id: string;
    group_name: string;
    event_id: string;
    order_id: OrderId;
    kind: 'replayed' | 'discarded';
    by: string;
    reason: string | null;
    at: DefaultTime;
  };
  'events.groups': {
    name: string;
    position: Generated<number>;
    created_at: DefaultTime;
    moved_at: DefaultTime;
  };
  'events.head': {
    single: Generated<boolean>;
    position: number;
  };
  'events.inbox': {
    group_name: string;
    event_id: string;
    position: number;
    at: DefaultTime;
  };
  'events.log': {
    position: number;
    event_id: string;
    order_id: OrderId;
    sequence: number;
    type: string;
    version: number;
    event: JSONColumnType<object>;
    at: Time;
    published_at: DefaultTime;
  };
  'events.quarantined': {
    id: Generated<string>;
    group_name: string;
    event_id: string;
    order_id: OrderId;
    position: number;
    state: QuarantineState;
    attempts: Generated<number>;
    next_attempt_at: DefaultTime;
    error: string | null;
    quarantined_at: DefaultTime;
    first_failed_at: Time | null;
    died_at: Time | null;
  };
  'events.unpublished': {
    order_id: OrderId;
    outbox_id: number;
    sequence: number;
    type: string;
    error: string;
    attempts: Generated<number>;
    since: DefaultTime;
    retry_at: Time;
  };
  'events.webhook_attempts': {
    delivery_id: string;
    number: number;
    at: Time;
    duration_ms: number;
    status_code: number | null;
    error: string | null;
  };
  'events.webhook_deliveries': {
    id: Generated<string>;
    endpoint_id: string;
    event_id: string;
    order_id: OrderId;
    sequence: number;
    position: number;
    type: string;
    version: number;
    event_at: Time;
    traceparent: string;
    state: Generated<WebhookDeliveryState>;
    attempts: Generated<number>;
    step: Generated<number>;
    next_attempt_at: DefaultTime;
    claim: string | null;
    claimed_until: Time | null;
    created_at: DefaultTime;
    settled_at: Time | null;
    decision: 'replayed' | 'discarded' | null;
    decided_by: string | null;
    decided_reason: string | null;
    decided_at: Time | null;
  };
  'events.webhook_endpoints': {
    id: string;
    url: string;
    description: string | null;
    types: Generated<string[]>;
    state: Generated<WebhookEndpointState>;
    state_reason: string | null;
    state_since: DefaultTime;
    created_at: DefaultTime;
    begins_after: number;
    secret: string;
    previous_secret: string | null;
    previous_secret_until: Time | null;
    consecutive_failures: Generated<number>;
    failing_since: Time | null;
    circuit_open_until: Time | null;
    paused_until: Time | null;
  };
}
