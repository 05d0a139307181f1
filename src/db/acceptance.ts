import type { FactOf } from '../domain/facts.js';
import type { OrderId } from '../domain/ids.js';
import { money, type Currency, type Money } from '../domain/money.js';
import type { CodeChannel } from '../domain/one-time-code.js';
import type { Coordination, OrderState } from '../domain/order-state.js';
import type { OrderPolicy } from '../domain/policy.js';
import type { Verification } from '../domain/risk.js';
import type { ServiceLevelName } from '../domain/service-level.js';
import { oneRow, type Database } from './database.js';

/** A product with its price in one currency, as the catalogue has it now. */
export interface PricedProduct {
  readonly sku: string;
  readonly title: string;
  readonly weightGrams: number;
  readonly sellerId: string;
  readonly unitPriceMinor: number;
}

/** The answer that was given under an idempotency key. */
export interface StoredAnswer {
  readonly fingerprint: string;
  readonly orderId: OrderId;
  readonly response: object;
}

export interface AcceptanceBasis {
  readonly stored: StoredAnswer | null;
  readonly products: readonly PricedProduct[];
  /** `null` when the code is not known, or none was given. */
  readonly discountBasisPoints: number | null;
  readonly shippingMinor: number;
  readonly taxBasisPoints: number;
  /** Counted no further than was asked. */
  readonly ordersOfCustomerInAnHour: number;
  readonly ordersOfCardInAnHour: number;
  /** The database's clock: one clock writes all times of an order. */
  readonly now: Date;
}

/** What the basis is read for. */
export interface AcceptanceQuestion {
  readonly key: string;
  readonly skus: readonly string[];
  readonly currency: Currency;
  readonly country: string;
  readonly discountCode: string | null;
  readonly customerId: string;
  readonly paymentMethod: string;
  /** Where counting the recent orders of the customer and of the payment method ends. */
  readonly countLimits: { readonly customer: number; readonly card: number };
}

export interface NewLine extends PricedProduct {
  readonly quantity: number;
  /** What the units cost, less their share of the discount. */
  readonly amountMinor: number;
}

export interface NewContact {
  readonly customerName: string;
  readonly email: string;
  readonly phone: string | null;
  readonly member: boolean;
  readonly recipient: string;
  readonly line1: string;
  readonly line2: string | null;
  readonly city: string;
  readonly postalCode: string;
  readonly country: string;
  readonly paymentMethod: string;
}

export interface NewOrder {
  readonly id: OrderId;
  readonly customerId: string;
  readonly state: OrderState;
  readonly coordination: Coordination;
  readonly total: Money;
  readonly shippingMinor: number;
  readonly discountMinor: number;
  readonly discountCode: string | null;
  readonly taxBasisPoints: number;
  readonly policy: OrderPolicy;
  readonly serviceLevel: ServiceLevelName;
  readonly verification: Verification;
  readonly codeChannel: CodeChannel;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  /** The trace that the order is placed in, as W3C trace context has it; else it is its own. */
  readonly traceId?: string | undefined;
  readonly lines: readonly NewLine[];
  readonly contact: NewContact;
}

export interface KeyClaim {
  readonly key: string;
  readonly fingerprint: string;
  readonly response: object;
}

/** Everything that deciding about a new order needs, in one round trip. */
export const readAcceptanceBasis = (database: Database, asked: AcceptanceQuestion) =>
  oneRow<AcceptanceBasis>(database)`
    select clock_timestamp() as now,
      (select basis_points from orders.discounts where code = ${asked.discountCode})
        as "discountBasisPoints",
      coalesce((select amount_minor from orders.shipping_rates
        where country = ${asked.country} and currency = ${asked.currency}), 0) as "shippingMinor",
      coalesce((select basis_points from orders.tax_rates where country = ${asked.country}), 0)
        as "taxBasisPoints",
      (select count(*) from (select from orders.orders
        where customer_id = ${asked.customerId} and created_at > now() - interval '1 hour'
        limit ${asked.countLimits.customer}) recent) as "ordersOfCustomerInAnHour",
      (select count(*) from (select from orders.contacts
        where payment_method = ${asked.paymentMethod} and created_at > now() - interval '1 hour'
        limit ${asked.countLimits.card}) recent) as "ordersOfCardInAnHour",
      (select json_build_object(
          'fingerprint', fingerprint, 'orderId', order_id, 'response', response)
        from orders.idempotency where key = ${asked.key}) as stored,
      (select coalesce(json_agg(json_build_object(
          'sku', sku, 'title', title, 'weightGrams', weight_grams, 'sellerId', seller_id,
          'unitPriceMinor', unit_price_minor)), '[]')
        from orders.products join orders.prices using (sku)
        where sku = any(${asked.skus}) and currency = ${asked.currency}) as products`;

/** What became of a claim on an idempotency key; only `inserted` has written anything. */
export type Insertion = 'inserted' | 'key_taken' | 'key_busy';

/**
 * Key, order, lines, contact, first timeline entry and its event: one statement, so all or nothing.
 * The lock keeps a second request from waiting for the first; it is told that the key is busy.
 */
export async function insertOrder(
  database: Database,
  order: NewOrder,
  claim: KeyClaim,
): Promise<Insertion> {
  const outcome = await insertOnce(database, order, claim);
  if (!outcome.open) return 'key_busy';
  return outcome.claimed ? 'inserted' : 'key_taken';
}

const placedFact = (order: NewOrder): FactOf<'order.placed'> => ({
  type: 'order.placed',
  total: order.total,
  customerId: order.customerId,
  isMember: order.contact.member,
  lines: order.lines.map(({ sku, quantity, sellerId, amountMinor }, index) => ({
    lineNumber: index + 1,
    sku,
    quantity,
    sellerId,
    amount: money(amountMinor, order.total.currency),
  })),
});

function insertOnce(database: Database, order: NewOrder, claim: KeyClaim) {
  const { type, ...data } = placedFact(order);
  return oneRow<{ open: boolean; claimed: boolean }>(database)`
    with gate as materialized (
      select pg_try_advisory_xact_lock(hashtextextended(${claim.key}, 0)) as open
    ), claimed as (
      insert into orders.idempotency (key, fingerprint, order_id, response)
      select ${claim.key}, ${claim.fingerprint}, ${order.id}, ${JSON.stringify(claim.response)}::jsonb
      from gate where open
      on conflict (key) do nothing returning order_id
    ), placed as (
      insert into orders.orders (id, customer_id, status, stage, payment_status,
        fulfillment_status, status_since, last_sequence, coordination, currency,
        total_minor, shipping_minor, discount_minor, discount_code, tax_basis_points, policy,
        service_level, verification, code_channel, metadata, created_at, trace_id, started_at)
      select order_id, ${order.customerId}, ${order.state.status}, ${order.state.stage},
        ${order.state.paymentStatus}, ${order.state.fulfillmentStatus},
        ${order.createdAt}::timestamptz, 1, ${order.coordination},
        ${order.total.currency}, ${order.total.amountMinor}::bigint,
        ${order.shippingMinor}::bigint, ${order.discountMinor}::bigint,
        ${order.discountCode}::text, ${order.taxBasisPoints}::integer,
        ${JSON.stringify(order.policy)}::jsonb, ${order.serviceLevel},
        ${JSON.stringify(order.verification)}::jsonb, ${order.codeChannel},
        ${JSON.stringify(order.metadata)}::jsonb, ${order.createdAt}::timestamptz,
        ${order.traceId ?? null}::text,
        ${order.coordination === 'choreographed' ? order.createdAt : null}::timestamptz
      from claimed
    ), line as (
      insert into orders.lines (order_id, line_number, sku, title, quantity, unit_price_minor,
        weight_grams, seller_id, amount_minor)
      select order_id, ordinality, value ->> 'sku', value ->> 'title',
        (value ->> 'quantity')::integer, (value ->> 'unitPriceMinor')::bigint,
        (value ->> 'weightGrams')::integer, value ->> 'sellerId',
        (value ->> 'amountMinor')::bigint
      from claimed, jsonb_array_elements(${JSON.stringify(order.lines)}::jsonb) with ordinality
    ), contact as (
      insert into orders.contacts (order_id, customer_name, email, phone, member, recipient, line1,
        line2, city, postal_code, country, payment_method, created_at)
      select order_id, person.*, ${order.createdAt}::timestamptz from claimed,
        jsonb_to_record(${JSON.stringify(order.contact)}::jsonb) as person (
          "customerName" text, email text, phone text, member boolean, recipient text, line1 text,
          line2 text, city text, "postalCode" text, country text, "paymentMethod" text)
    ), entry as (
      insert into orders.timeline (order_id, sequence, entry_key, type, data, at)
      select order_id, 1, 'accept', ${type}, ${JSON.stringify(data)}::jsonb,
        ${order.createdAt}::timestamptz
      from claimed returning order_id, sequence, type, data, at
    ), event as (
      insert into orders.outbox (order_id, sequence, type, data, at) select * from entry
    )
    select open, exists (select from claimed) as claimed from gate`;
}
