import { isEventType, type EventType } from '../../events/catalogue/catalogue.js';
import { readData } from '../../events/catalogue/read-event.js';
import type { OrderEvent } from '../../events/order-event.js';

/** When an order came to each point of its way for the first time. */
export const milestones = [
  'placed',
  'reserved',
  'authorized',
  'confirmed',
  'handed_over',
  'delivered',
  'compensated',
] as const;
export type Milestone = (typeof milestones)[number];

const milestoneOf: { readonly [Type in EventType]?: Milestone } = {
  'order.placed': 'placed',
  'inventory.reserved': 'reserved',
  'payment.authorized': 'authorized',
  'order.confirmed': 'confirmed',
  'shipment.handed_over': 'handed_over',
  'order.delivered': 'delivered',
  'compensation.started': 'compensated',
};

/** The types that {@link waysOf} looks at. */
export const milestoneTypes = Object.keys(milestoneOf);

export type Way = Partial<Record<Milestone, string>>;

/**
 * The first times of each order among the events, by order id.
 * @throws UnknownVersion, ZodError as {@link readData}
 */
export function waysOf(events: readonly OrderEvent[]): ReadonlyMap<string, Way> {
  const ways = new Map<string, Way>();
  for (const event of events) {
    if (!isKnown(event)) continue;
    const milestone = milestoneOf[event.type];
    if (milestone === undefined) continue;
    readData(event);
    ways.set(event.subject, { [milestone]: event.time, ...ways.get(event.subject) });
  }
  return ways;
}

const isKnown = (event: OrderEvent): event is OrderEvent<EventType> => isEventType(event.type);
