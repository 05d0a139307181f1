import type { Fact, FactType } from '../domain/facts.js';
import type { AttentionId, ShipmentId } from '../domain/ids.js';
import type { ServiceLevel } from '../domain/service-level.js';
import type { Story } from './story.js';

/** Why a person is asked about a parcel of which the carrier says nothing. */
type SilenceReason = 'not_handed_over' | 'not_delivered';

/** A parcel that the carrier has to say something about, and when a person is asked if it does not. */
export interface Silence {
  readonly subject: ShipmentId;
  readonly reason: SilenceReason;
  /** Unix time. */
  readonly dueMs: number;
}

/** What one has to know of an order to count the days of its parcels. */
export const silenceMarks = [
  'order.placed',
  'inventory.reserved',
  'shipment.created',
  'shipment.handed_over',
  'shipment.delivered',
  'shipment.lost',
  'shipment.returned_to_sender',
  'label.voided',
  'compensation.started',
  'attention.raised',
] as const satisfies readonly FactType[];

/** The silences that nobody was asked about yet; the first to be over comes first. */
export function silencesOf(story: Story, level: ServiceLevel): readonly Silence[] {
  const asked = story.all('attention.raised').map(nameOf);
  return awaited(story, level)
    .filter((silence) => !asked.includes(nameOf(silence)))
    .sort((one, other) => one.dueMs - other.dueMs);
}

/** An item about a silence that is over: the carrier has spoken, or nobody waits for it any more. */
export interface NeedlessItem {
  readonly id: AttentionId;
  readonly fact: Fact;
}

/** @returns the items that need nobody any more, and that nobody has closed */
export function needlessItems(story: Story, level: ServiceLevel): readonly NeedlessItem[] {
  const open = awaited(story, level).map(nameOf);
  const resolved = story.all('attention.resolved').map(nameOf);
  return story.all('attention.raised').flatMap((raised) => {
    const { id, reason, subject } = raised;
    const isOver = !open.includes(nameOf(raised)) && !resolved.includes(nameOf(raised));
    if (id === undefined || !isSilence(reason) || !isOver) return [];
    return [{ id, fact: { type: 'attention.resolved', reason, subject } }];
  });
}

/** What the carrier still has to say of the parcels that are to arrive. */
function awaited(story: Story, level: ServiceLevel): readonly Silence[] {
  if (story.isGoingBack) return [];
  const over: readonly ShipmentId[] = [
    ...story.shipments('label.voided'),
    ...story.shipments('shipment.delivered'),
    ...story.shipments('shipment.lost'),
    ...story.shipments('shipment.returned_to_sender'),
  ];
  return story
    .all('shipment.created')
    .filter(({ shipmentId }) => !over.includes(shipmentId))
    .map(({ shipmentId, at }) => silenceOf(story, level, shipmentId, at));
}

function silenceOf(
  story: Story,
  { handOver, delivery }: ServiceLevel,
  subject: ShipmentId,
  labelledAt: string,
): Silence {
  const handed = story.all('shipment.handed_over').find(({ shipmentId }) => shipmentId === subject);
  return handed === undefined
    ? { subject, reason: 'not_handed_over', dueMs: Date.parse(labelledAt) + handOver.escalateMs }
    : { subject, reason: 'not_delivered', dueMs: Date.parse(handed.at) + delivery.escalateMs };
}

const isSilence = (reason: string): reason is SilenceReason =>
  reason === 'not_handed_over' || reason === 'not_delivered';

const nameOf = ({ reason, subject }: { readonly reason: string; readonly subject: string }) =>
  `${reason}:${subject}`;
