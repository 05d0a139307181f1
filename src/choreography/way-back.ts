import type { FactOf, FactType } from '../domain/facts.js';
import type { ShipmentId } from '../domain/ids.js';
import type { UndoName } from '../domain/saga.js';
import type { Situation } from './service.js';
import type { Story } from './story.js';

/** Why an order goes back: somebody wants it so, a reason of business, or a time that ran out. */
export type Cause = 'cancelled' | 'rejected' | 'failed';

/** What whoever begins the way back has to know, to say what is due: undos are watched by their names. */
export const doings = [
  'order.placed',
  'inventory.reserved',
  'inventory.released',
  'payment.authorized',
  'shipment.created',
  'label.voided',
  'delivery_partner.assigned',
  'points.awarded',
  'compensation.started',
] as const satisfies readonly FactType[];

/**
 * Says that the order goes back. Once: who says it second finds the first one's words. From there each
 * service undoes its own part when it hears that the one behind it has: label, payment, stock.
 */
export async function beginWayBack(
  { orderId, story, ports }: Situation,
  cause: Cause,
): Promise<void> {
  await ports.journal.append({
    orderId,
    key: 'compensation',
    facts: [{ type: 'compensation.started', cause, undos: dueUndos(story) }],
  });
}

/** In the reverse order of the steps that are known to have been done. */
function dueUndos(story: Story): readonly string[] {
  const voided = story.shipments('label.voided');
  const labels = story.shipments('shipment.created').filter((id) => !voided.includes(id));
  const done: readonly (readonly [UndoName, boolean])[] = [
    ['revokePoints', story.has('points.awarded')],
    ['releaseDeliveryPartner', story.has('delivery_partner.assigned')],
    ['voidAuthorization', story.has('payment.authorized')],
    ['releaseInventory', story.has('inventory.reserved') && !story.has('inventory.released')],
  ];
  return [
    ...labels.map((id) => `voidLabel:${id}`),
    ...done.filter(([, isDue]) => isDue).map(([name]) => name),
  ];
}

/** What says that money and labels are back, or that there were none. */
export const wayMarks = [
  'payment.declined',
  'payment.voided',
  'payment.refunded',
  'undo.settled',
  'attention.raised',
] as const satisfies readonly FactType[];

/** Of an order that goes back: no money is held or kept any more. */
export const isPaymentUndone = (story: Story): boolean =>
  story.has('payment.voided') ||
  story.all('payment.refunded').some(isOfWholeOrder) ||
  settled(story, 'voidAuthorization').length > 0 ||
  (story.has('payment.declined') && !story.has('payment.authorized'));

/** The refund of a parcel or of a return is not the end of its order. */
const isOfWholeOrder = ({ shipmentId, returnId }: FactOf<'payment.refunded'>): boolean =>
  shipmentId === undefined && returnId === undefined;

/** Of an order that goes back: its parcels stay, or have gone all the same, and a person is asked. */
export function areLabelsUndone(story: Story): boolean {
  const done: readonly string[] = [
    ...story.shipments('label.voided'),
    ...settled(story, 'voidLabel'),
    ...goneAllTheSame(story),
  ];
  return story.shipments('shipment.created').every((id) => done.includes(id));
}

/** The parcels that the carrier already had when they were to be taken back. */
export const goneAllTheSame = (story: Story): readonly ShipmentId[] =>
  story
    .all('attention.raised')
    .flatMap(({ reason, subject }) =>
      reason === 'parcel_already_gone' ? [subject as ShipmentId] : [],
    );

/** What such undos are about; '' where they are about the whole order. */
export const settled = (story: Story, undo: UndoName): readonly string[] =>
  story.all('undo.settled').flatMap((fact) => (fact.undo === undo ? [fact.subject ?? ''] : []));
