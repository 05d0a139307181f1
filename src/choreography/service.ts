import type { Ports } from '../activities/ports.js';
import type { Step } from '../activities/step.js';
import type { CarrierMilestone } from '../domain/shipment.js';
import type { FactOf, FactType, RecordedFact } from '../domain/facts.js';
import type { KnownFacts, ShownTimes } from '../db/choreography.js';
import type { OrderId, ShipmentId } from '../domain/ids.js';
import { placed, type OrderState } from '../domain/order-state.js';
import type { OrderPolicy } from '../domain/policy.js';
import { serviceLevels, type ServiceLevel } from '../domain/service-level.js';
import type { ServiceName } from '../domain/services.js';
import type { EventType } from '../events/catalogue/catalogue.js';
import { OrderHistory } from './order-history.js';

/** What a reaction to one event may use. */
export interface ReactionContext {
  readonly orderId: OrderId;
  /** The first argument of an activity. */
  readonly step: Step;
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

/** @param fact the current one */
export type Reaction<Type extends EventType = EventType> = (
  context: ReactionContext,
  fact: FactOf<Type> & RecordedFact,
) => PromiseLike<unknown>;

/** A step forward: none is taken once the compensation has started. */
export const forward =
  <Type extends EventType>(reaction: Reaction<Type>): Reaction<Type> =>
  async (context, fact) => {
    if (!context.history.isCompensating) await reaction(context, fact);
  };

/**
 * One service of a choreographed order: it reacts to events, does its own part in one transaction, and
 * appends the outcome as new events. No service commands another.
 */
export interface Service {
  readonly name: ServiceName;
  readonly reactions: { readonly [Type in EventType]?: Reaction<Type> };
  /** The types of earlier facts that its reactions read. */
  readonly requiredFacts: readonly FactType[];
  /** How many orders it works on at once; the events of one order stay in sequence. */
  readonly partitions: number;
}

interface Occasion {
  readonly orderId: OrderId;
  readonly sequence: number;
  readonly type: string;
  readonly ports: ServicePorts;
}

/** Has a service react to a fact. @param known the facts that it requires, and this one */
export async function reactTo(
  { reactions }: Service,
  known: KnownFacts,
  { orderId, sequence, type, ports }: Occasion,
): Promise<void> {
  const reaction = reactions[type as EventType] as Reaction | undefined;
  const fact = known.facts.find((one) => one.sequence === sequence);
  if (reaction === undefined) return;
  if (fact?.type !== type) throw new TypeError(`${orderId} ${sequence} is no ${type}`);
  const history = new OrderHistory(orderId, known.facts);
  const serviceLevel = serviceLevels[known.serviceLevel];
  const { policy } = known;
  await reaction({ orderId, step: stepOf(orderId), history, policy, serviceLevel, ports }, fact);
}

/**
 * The activity's step argument. The row is a projection of the events, so the state that an activity
 * would write is ignored, and any state will do that permits every step.
 */
export const stepOf = (orderId: OrderId): Step => ({
  orderId,
  revision: 0,
  before: { ...placed, status: 'processing' },
});
