import type { Fact, FactType } from '../domain/facts.js';
import type { AttentionId, ShipmentId } from '../domain/ids.js';
import type { ServiceLevel } from '../domain/service-level.js';
import type { OrderHistory } from './order-history.js';

/** Why a person is asked about a parcel without scans. */
type OverdueReason = 'not_handed_over' | 'not_delivered';

/** A scan that the carrier owes, and when a person is asked about the parcel without it. */
export interface ExpectedScan {
  readonly subject: ShipmentId;
  readonly reason: OverdueReason;
  /** Unix time. */
  readonly dueMs: number;
}

/** The facts that the due times are computed from. */
export const trackingFacts = [
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

/** The scans that nobody was asked about yet; the earliest due time first. */
export function expectedScans(history: OrderHistory, level: ServiceLevel): readonly ExpectedScan[] {
  const asked = history.all('attention.raised').map(nameOf);
  return awaited(history, level)
    .filter((scan) => !asked.includes(nameOf(scan)))
    .sort((one, other) => one.dueMs - other.dueMs);
}

/** An item whose scan has arrived or is no longer expected. */
export interface ObsoleteItem {
  readonly id: AttentionId;
  readonly fact: Fact;
}

/** @returns the obsolete items that are still open */
export function obsoleteItems(history: OrderHistory, level: ServiceLevel): readonly ObsoleteItem[] {
  const open = awaited(history, level).map(nameOf);
  const resolved = history.all('attention.resolved').map(nameOf);
  return history.all('attention.raised').flatMap((raised) => {
    const { id, reason, subject } = raised;
    const isOver = !open.includes(nameOf(raised)) && !resolved.includes(nameOf(raised));
    if (id === undefined || !isOverdueReason(reason) || !isOver) return [];
    return [{ id, fact: { type: 'attention.resolved', reason, subject } }];
  });
}

/** The scans that are outstanding for the parcels under way. */
function awaited(history: OrderHistory, level: ServiceLevel): readonly ExpectedScan[] {
  if (history.isCompensating) return [];
  const over: readonly ShipmentId[] = [
    ...history.shipments('label.voided'),
    ...history.shipments('shipment.delivered'),
    ...history.shipments('shipment.lost'),
    ...history.shipments('shipment.returned_to_sender'),
  ];
  return history
    .all('shipment.created')
    .filter(({ shipmentId }) => !over.includes(shipmentId))
    .map(({ shipmentId, at }) => expectedScan(history, level, shipmentId, at));
}

function expectedScan(
  history: OrderHistory,
  { handOver, delivery }: ServiceLevel,
  subject: ShipmentId,
  labelledAt: string,
): ExpectedScan {
  const handed = history
    .all('shipment.handed_over')
    .find(({ shipmentId }) => shipmentId === subject);
  return handed === undefined
    ? { subject, reason: 'not_handed_over', dueMs: Date.parse(labelledAt) + handOver.escalateMs }
    : { subject, reason: 'not_delivered', dueMs: Date.parse(handed.at) + delivery.escalateMs };
}

const isOverdueReason = (reason: string): reason is OverdueReason =>
  reason === 'not_handed_over' || reason === 'not_delivered';

const nameOf = ({ reason, subject }: { readonly reason: string; readonly subject: string }) =>
  `${reason}:${subject}`;
