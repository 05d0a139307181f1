import type { Ports } from '../activities/ports.js';
import type { Step } from '../activities/step.js';
import type { CarrierMilestone } from '../domain/shipment.js';
import type { FactType } from '../domain/facts.js';
import type { ShownTimes } from '../db/choreography.js';
import type { OrderId, ShipmentId } from '../domain/ids.js';
import { placed, type OrderState } from '../domain/order-state.js';
import type { OrderPolicy } from '../domain/policy.js';
import type { ServiceLevel } from '../domain/service-level.js';
import type { ServiceName } from '../domain/services.js';
import type { EventType } from '../events/catalogue/catalogue.js';
import type { OrderHistory } from './order-history.js';

/** What a reaction to one event may use. */
export interface ReactionContext {
  readonly orderId: OrderId;
  /** The required facts of the order, up to the current event. */
  readonly history: OrderHistory;
  readonly policy: OrderPolicy;
  readonly serviceLevel: ServiceLevel;
  /** Bound to the transaction that marks the event as processed. */
  readonly ports: ServicePorts;
}

export interface ServicePorts extends Ports {
  readonly row: OrderRow;
}

/** The order's row: the projection of its events. */
interface OrderRow {
  show(orderId: OrderId, state: OrderState, times: ShownTimes): Promise<void>;
  /** The milestone of a scan; null when the order ignores it. */
  milestoneOf(orderId: OrderId, sequence: number): Promise<CarrierMilestone | null>;
  /** The label could not be voided because the parcel has left: the shipment stays bought. */
  recordSent(shipmentId: ShipmentId): Promise<void>;
  trackingUrlOf(shipmentId: ShipmentId): Promise<string | undefined>;
}

type Reaction = (context: ReactionContext) => Promise<void>;

/**
 * One service of a choreographed order: it reacts to events, does its own part in one transaction, and
 * appends the outcome as new events. No service commands another.
 */
export interface Service {
  readonly name: ServiceName;
  readonly reactions: { readonly [Type in EventType]?: Reaction };
  /** The types of earlier facts that its reactions read. */
  readonly requiredFacts: readonly FactType[];
  /** How many orders it works on at once; the events of one order stay in sequence. */
  readonly partitions: number;
}

/**
 * The activity's step argument. The row is a projection of the events, so the state that an activity
 * would write is ignored, and any state will do that permits every step.
 */
export const stepOf = ({ orderId }: Pick<ReactionContext, 'orderId'>): Step => ({
  orderId,
  revision: 0,
  before: { ...placed, status: 'processing' },
});
