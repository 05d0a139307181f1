import { defineSearchAttributeKey } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AttentionResolution } from '../domain/attention-item.js';
import type { CarrierEvent } from '../domain/shipment.js';
import type { RecordedFact } from '../domain/facts.js';
import type { OrderId, ReturnId, ShipmentId } from '../domain/ids.js';
import type { OrderSummary } from '../domain/known-order.js';
import type { Money } from '../domain/money.js';
import type { CodeVerdict } from '../domain/one-time-code.js';
import type { OrderPolicy, ShortageDecision } from '../domain/policy.js';
import type { Inspection, ReturnKind, ReturnStatus } from '../domain/returns.js';
import type { Verification } from '../domain/risk.js';
import { searchAttributes } from '../domain/search-attributes.js';
import type { ServiceLevel } from '../domain/service-level.js';
import type { CancelRequest } from '../domain/stop.js';
import type { ChargedLine } from '../domain/totals.js';

export type { AttentionResolution, CancelRequest, CarrierEvent, Inspection, OrderSummary };

/** The registered name of the order workflow. Renaming it would strand every open order. */
export const orderWorkflowType = 'order';

const keyTypes = { Keyword: 'KEYWORD', Int: 'INT', Bool: 'BOOL' } as const;

const keyOf = <Name extends keyof typeof searchAttributes>(name: Name) =>
  defineSearchAttributeKey(name, keyTypes[searchAttributes[name]]);

/** How the order's search attributes are written; their list is in the domain. */
export const searchAttributeKeys = {
  OrderStatus: keyOf('OrderStatus'),
  CustomerId: keyOf('CustomerId'),
  OrderTotalMinor: keyOf('OrderTotalMinor'),
  NeedsAttention: keyOf('NeedsAttention'),
};

/** What the workflow carries: ids, quantities and amounts; never a name, an address or a token. */
export interface OrderInput {
  readonly orderId: OrderId;
  readonly customerId: string;
  readonly member: boolean;
  /** One for each SKU, with what its units cost after the discount. */
  readonly lines: readonly ChargedLine[];
  readonly shipping: Money;
  readonly total: Money;
  /** When the order was accepted, RFC 3339. */
  readonly placedAt: string;
  readonly policy: OrderPolicy;
  readonly verification: Verification;
  /** Where a one-time code goes. */
  readonly codeChannel: 'email' | 'sms';
  readonly serviceLevel: ServiceLevel;
}

/** How a cancel ended: the order is cancelled, or it goes on with the shipments that had left. */
export interface CancelAnswer extends OrderSummary {
  readonly shipments?: {
    readonly cancelled: readonly ShipmentId[];
    readonly sent: readonly ShipmentId[];
  };
}

export interface Approval {
  readonly decision: 'approve' | 'reject';
  readonly by: string;
  readonly reason: string;
}

/** A code as the API digested it, or the wish for another one. */
export type CodeMessage = { readonly digest: string } | { readonly resend: true };

export type CodeAnswer =
  | CodeVerdict
  | { readonly kind: 'sent' }
  /** No more codes for this order. */
  | { readonly kind: 'no_more_codes' };

export interface ShortageAnswer {
  readonly decision: ShortageDecision;
  readonly by: string;
}

/** A change whose contents wait in the database: no address and no token enters the history. */
export interface StagedChange {
  readonly changeId: string;
  readonly by: string;
}

export type AddressAnswer =
  | { readonly kind: 'changed'; readonly total: Money }
  /** The payment is authorized, and the new address would cost something else. */
  | { readonly kind: 'price_would_change' };

/** The types of the failures with which an update is refused; their details hold the {@link OrderSummary}. */
export const cancelRefusedType = 'CancelRefused';
export const refusedType = 'Refused';

/** What a payment provider reported about a payment that needed its owner. */
export interface PaymentEvent {
  readonly eventId: string;
  readonly paymentId: string;
  readonly outcome: 'authorized' | 'failed';
}

/** A delivery partner's answer to an offer. */
export interface PartnerAnswer {
  readonly offerId: string;
  readonly answer: 'accept' | 'decline';
}

export const statusQuery = defineQuery<OrderSummary>('status');
export const timelineQuery = defineQuery<readonly RecordedFact[]>('timeline');

/**
 * Answers when the order has ended as cancelled, or fails with {@link cancelRefusedType}: at once when it
 * is too late, or later when the carrier does not give the parcel back.
 */
export const cancelOrderUpdate = defineUpdate<CancelAnswer, [CancelRequest]>('cancelOrder');
export const changeAddressUpdate = defineUpdate<AddressAnswer, [StagedChange]>('changeAddress');
export const approveOrderUpdate = defineUpdate<OrderSummary, [Approval]>('approveOrder');
export const verifyCodeUpdate = defineUpdate<CodeAnswer, [CodeMessage]>('verifyCode');
export const decideShortageUpdate = defineUpdate<OrderSummary, [ShortageAnswer]>('decideShortage');
export const retryPaymentUpdate = defineUpdate<OrderSummary, [StagedChange]>('retryPayment');
export const resolveAttentionUpdate = defineUpdate<OrderSummary, [AttentionResolution]>(
  'resolveAttention',
);

/** The same without an answer, for the `temporal` CLI; a refusal is in the timeline. */
export const cancelSignal = defineSignal<[Partial<CancelRequest>?]>('cancel');

export const carrierEventSignal = defineSignal<[CarrierEvent]>('carrierEvent');
export const paymentEventSignal = defineSignal<[PaymentEvent]>('paymentEvent');
/** Goods were set aside for an order that waited for them. */
export const stockArrivedSignal = defineSignal('stockArrived');
export const partnerAnswerSignal = defineSignal<[PartnerAnswer]>('partnerAnswer');

export const returnWorkflowType = 'returnGoods';

export interface ReturnInput {
  readonly returnId: ReturnId;
  readonly orderId: OrderId;
  readonly customerId: string;
  readonly member: boolean;
  /** With what these units cost, tax included: exactly this is refunded. */
  readonly lines: readonly ChargedLine[];
  readonly kind: ReturnKind;
  readonly requestedBy: string;
  /** Why a person has to approve; empty when nobody has to. */
  readonly approval: readonly string[];
  readonly requestedAt: string;
  readonly limits: ServiceLevel['returns'];
  /** A step that is still being retried after this time calls for a person. In milliseconds. */
  readonly undoMs: number;
}

export interface ReturnSummary {
  readonly returnId: ReturnId;
  readonly orderId: OrderId;
  readonly status: ReturnStatus;
  readonly since: string;
}

export const returnStatusQuery = defineQuery<ReturnSummary>('status');
export const approveReturnUpdate = defineUpdate<ReturnSummary, [Approval]>('approveReturn');
export const inspectReturnUpdate = defineUpdate<ReturnSummary, [Inspection]>('inspectReturn');

/** Voids or refunds a payment that came through after its order had given up on it. */
export const latePaymentWorkflowType = 'latePayment';

export interface LatePaymentInput {
  readonly orderId: OrderId;
  readonly paymentId: string;
}
