import type { Ports } from '../activities/ports.js';
import type { Step } from '../activities/step.js';
import type { CarrierMilestone } from '../domain/carrier-report.js';
import type { FactType } from '../domain/facts.js';
import type { ShownTimes } from '../db/choreography.js';
import type { OrderId, ShipmentId } from '../domain/ids.js';
import { placed, type OrderState } from '../domain/order-state.js';
import type { OrderPolicy } from '../domain/policy.js';
import type { ServiceLevel } from '../domain/service-level.js';
import type { ServiceName } from '../domain/services.js';
import type { EventType } from '../events/catalogue/catalogue.js';
import type { Story } from './story.js';

/** What a service has before it when it reacts to an event. */
export interface Situation {
  readonly orderId: OrderId;
  /** The facts of the order that the service remembers, up to the event at hand. */
  readonly story: Story;
  readonly policy: OrderPolicy;
  readonly serviceLevel: ServiceLevel;
  /** Bound to the transaction in which the event counts as dealt with. */
  readonly ports: ServicePorts;
}

export interface ServicePorts extends Ports {
  readonly row: OrderRow;
}

/** The order's row, which shows what its events add up to. */
interface OrderRow {
  show(orderId: OrderId, state: OrderState, times: ShownTimes): Promise<void>;
  /** What the carrier reported with a scan; null where it means nothing to an order. */
  milestoneOf(orderId: OrderId, sequence: number): Promise<CarrierMilestone | null>;
  /** The parcel was to be taken back and had gone: its shipment is what it was. */
  keepSent(shipmentId: ShipmentId): Promise<void>;
  /** Where the carrier shows the parcel's way. */
  trackingUrlOf(shipmentId: ShipmentId): Promise<string | undefined>;
}

type Reaction = (situation: Situation) => Promise<void>;

/**
 * One service of a choreographed order. It hears of events, does its own part in one transaction, and
 * says what came of it in new events. Nobody tells it what to do, and it tells nobody.
 */
export interface Service {
  readonly name: ServiceName;
  /** What it does about which event. */
  readonly reactions: { readonly [Type in EventType]?: Reaction };
  /** Which earlier facts of an order it has to know. */
  readonly remembers: readonly FactType[];
  /** How many events it deals with at once, those of one order one behind the other. */
  readonly partitions: number;
}

/**
 * How an activity is called here. The row is a projection of the events, so the state that the
 * activity would write is left aside, and any state will do that permits every step.
 */
export const stepOf = ({ orderId }: Pick<Situation, 'orderId'>): Step => ({
  orderId,
  revision: 0,
  before: { ...placed, status: 'processing' },
});
