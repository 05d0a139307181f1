import {
  insertOrder,
  readAcceptanceBasis,
  type AcceptanceBasis,
  type NewContact,
  type NewOrder,
  type StoredAnswer,
} from '../db/acceptance.js';
import type { Database } from '../db/database.js';
import type { OrderRecord } from '../db/orders.js';
import { newId } from '../db/new-id.js';
import type { OrderId } from '../domain/ids.js';
import { placed } from '../domain/order-state.js';
import type { ShopPolicy } from '../domain/policy.js';
import { assess, type RiskLimits } from '../domain/risk.js';
import type { OrderInput } from '../workflows/messages.js';
import { beyondChoreography, defaultShipmentFailure } from './choreographed-order.js';
import { priceRequest, type Pricing } from './price-order.js';
import type { FieldError } from './problem.js';
import { orderBody, type OrderBody, type TemporalUi } from './representation.js';
import type { OrderRequest } from './schemas/order-request.js';
import { inputOf } from '../temporal/starts.js';

export interface Claim {
  readonly key: string;
  /** Of the body as it was sent. */
  readonly fingerprint: string;
  /** The caller's trace, if there is one. */
  readonly traceId?: string | undefined;
}

/** The shop's side of every order that it accepts. */
export interface ShopTerms {
  readonly policy: ShopPolicy;
  readonly riskLimits: RiskLimits;
  /** Given when orders shall link to their workflow. */
  readonly temporalUi?: TemporalUi | undefined;
}

export type Acceptance =
  | { readonly kind: 'accepted'; readonly body: OrderBody; readonly input: OrderInput }
  | Replay
  | { readonly kind: 'key_busy' }
  | { readonly kind: 'refused'; readonly errors: readonly FieldError[] };

/** Stores the order under its key with today's prices, or says why not; then nothing was stored. */
export async function acceptOrder(
  database: Database,
  request: OrderRequest,
  claim: Claim,
  terms: ShopTerms,
): Promise<Acceptance> {
  const basis = await readAcceptanceBasis(database, {
    key: claim.key,
    skus: request.lines.map(({ sku }) => sku),
    currency: request.currency,
    country: request.shipping_address.country,
    discountCode: request.discount_code ?? null,
    customerId: request.customer.id,
    paymentMethod: request.payment_method,
    countLimits: {
      customer: terms.riskLimits.ordersPerCustomerPerHour,
      card: terms.riskLimits.ordersPerCardPerHour,
    },
  });
  if (basis.stored !== null) return replay(basis.stored, claim);

  const pricing = priceRequest(request, basis);
  if (pricing.kind === 'refused') return pricing;

  const order = newOrder(request, pricing, basis, { claim, terms });
  const errors = beyondChoreography(order);
  if (errors.length > 0) return { kind: 'refused', errors };
  const body = orderBody(recordOf(order, pricing), terms.temporalUi);
  switch (await insertOrder(database, order, { ...claim, response: body })) {
    case 'inserted': {
      const { id: orderId, contact } = order;
      return {
        kind: 'accepted',
        body,
        input: inputOf({ ...order, orderId, member: contact.member }),
      };
    }
    case 'key_busy':
      return { kind: 'key_busy' };
    case 'key_taken':
      return acceptOrder(database, request, claim, terms);
  }
}

export type Replay =
  | { readonly kind: 'replayed'; readonly body: object; readonly orderId: OrderId }
  | { readonly kind: 'key_reused' };

export const replay = (stored: StoredAnswer, claim: Pick<Claim, 'fingerprint'>): Replay =>
  stored.fingerprint === claim.fingerprint
    ? { kind: 'replayed', body: stored.response, orderId: stored.orderId }
    : { kind: 'key_reused' };

type Priced = Extract<Pricing, { kind: 'priced' }>;

const newOrder = (
  request: OrderRequest,
  { lines, totals }: Priced,
  basis: AcceptanceBasis,
  { claim, terms }: { readonly claim: Claim; readonly terms: ShopTerms },
): NewOrder => ({
  id: newId('ord'),
  customerId: request.customer.id,
  state: placed,
  coordination: request.coordination,
  traceId: claim.traceId,
  total: totals.total,
  shippingMinor: totals.shipping.amountMinor,
  discountMinor: totals.discount.amountMinor,
  discountCode: request.discount_code ?? null,
  taxBasisPoints: basis.taxBasisPoints,
  policy: {
    ...terms.policy,
    shortage: request.shortage_policy,
    shipmentFailure:
      request.shipment_failure_policy ?? defaultShipmentFailure[request.coordination],
    lostParcel: request.lost_parcel_policy,
  },
  serviceLevel: request.service_level,
  verification: assess(
    {
      total: totals.total,
      ordersOfCustomerInAnHour: basis.ordersOfCustomerInAnHour,
      ordersOfCardInAnHour: basis.ordersOfCardInAnHour,
      shippingCountry: request.shipping_address.country,
      billingCountry: request.billing_country,
    },
    terms.riskLimits,
  ),
  codeChannel: request.confirm_by,
  metadata: request.metadata,
  createdAt: basis.now,
  lines,
  contact: contactOf(request),
});

const recordOf = (order: NewOrder, { totals }: Priced): OrderRecord => ({
  ...order,
  ...order.state,
  statusSince: order.createdAt,
  needsAttention: false,
  attention: [],
  currency: order.total.currency,
  totalMinor: order.total.amountMinor,
  taxMinor: totals.taxIncluded.amountMinor,
  lastSequence: 1,
  shipments: [],
});

/** The part of an order that is stored and never answered, logged or put into a workflow. */
const contactOf = ({
  customer,
  shipping_address: address,
  payment_method: paymentMethod,
}: OrderRequest): NewContact => ({
  customerName: customer.name,
  email: customer.email,
  phone: customer.phone ?? null,
  member: customer.member,
  recipient: address.name,
  line1: address.line1,
  line2: address.line2 ?? null,
  city: address.city,
  postalCode: address.postal_code,
  country: address.country,
  paymentMethod,
});
