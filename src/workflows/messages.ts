import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { RecordedFact } from '../domain/facts.js';
import type { OrderId, ShipmentId } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import type { OrderState } from '../domain/order-state.js';
import type { ServiceLevel } from '../domain/service-level.js';

/** The registered name of the order workflow. Renaming it would strand every open order. */
export const orderWorkflowType = 'order';

/** What the workflow carries: ids, quantities and amounts; never a name, an address or a token. */
export interface OrderInput {
  readonly orderId: OrderId;
  readonly customerId: string;
  readonly member: boolean;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly total: Money;
  /** When the order was accepted, RFC 3339. */
  readonly placedAt: string;
  readonly dispatch: 'local_first' | 'remote';
  readonly serviceLevel: ServiceLevel;
}

/** Where the order stands, and since when (RFC 3339). */
export interface OrderSummary extends OrderState {
  readonly orderId: OrderId;
  readonly since: string;
  readonly needsAttention: boolean;
}

export interface CancelRequest {
  /** An opaque name of who asks. */
  readonly requestedBy: string;
  readonly reason: string;
}

/** The type of the failure with which a cancel is refused; its details hold the {@link OrderSummary}. */
export const cancelRefusedType = 'CancelRefused';

/** A milestone that a carrier reported. */
export interface CarrierEvent {
  /** The carrier's id of the event: the same event has one effect, however often it comes. */
  readonly eventId: string;
  readonly shipmentId: ShipmentId;
  readonly milestone: 'handed_over' | 'delivered';
}

export const statusQuery = defineQuery<OrderSummary>('status');
export const timelineQuery = defineQuery<readonly RecordedFact[]>('timeline');

/** Answers when the order has ended as cancelled, or is refused with {@link cancelRefusedType}. */
export const cancelOrderUpdate = defineUpdate<OrderSummary, [CancelRequest]>('cancelOrder');

/** The same without an answer, for the `temporal` CLI; a refusal stands in the timeline. */
export const cancelSignal = defineSignal<[Partial<CancelRequest>?]>('cancel');

export const carrierEventSignal = defineSignal<[CarrierEvent]>('carrierEvent');
