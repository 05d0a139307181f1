import type { FactOf, FactType } from '../domain/facts.js';
import type { ShipmentId } from '../domain/ids.js';
import type { UndoName } from '../domain/saga.js';
import type { ReactionContext } from './service.js';
import type { OrderHistory } from './order-history.js';

/** Why an order is compensated: a cancel, a business reason, or a deadline. */
export type Cause = 'cancelled' | 'rejected' | 'failed';

/** Facts needed to list the due compensations. */
export const compensableFacts = [
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
 * Starts the compensation; the first writer wins. Then each service compensates its own part after the
 * one before it: label, payment, stock.
 */
export async function startCompensation(
  { orderId, history, ports }: ReactionContext,
  cause: Cause,
): Promise<void> {
  await ports.journal.append({
    orderId,
    key: 'compensation',
    facts: [{ type: 'compensation.started', cause, undos: dueCompensations(history) }],
  });
}

/** In the reverse order of the steps that are known to have been done. */
function dueCompensations(history: OrderHistory): readonly string[] {
  const voided = history.shipments('label.voided');
  const labels = history.shipments('shipment.created').filter((id) => !voided.includes(id));
  const done: readonly (readonly [UndoName, boolean])[] = [
    ['revokePoints', history.has('points.awarded')],
    ['releaseDeliveryPartner', history.has('delivery_partner.assigned')],
    ['voidAuthorization', history.has('payment.authorized')],
    ['releaseInventory', history.has('inventory.reserved') && !history.has('inventory.released')],
  ];
  return [
    ...labels.map((id) => `voidLabel:${id}`),
    ...done.filter(([, isDue]) => isDue).map(([name]) => name),
  ];
}

/** Facts that show whether money and labels are compensated. */
export const compensationResults = [
  'payment.declined',
  'payment.voided',
  'payment.refunded',
  'undo.settled',
  'attention.raised',
] as const satisfies readonly FactType[];

/** No money is held or kept any more. */
export const isPaymentCompensated = (history: OrderHistory): boolean =>
  history.has('payment.voided') ||
  history.all('payment.refunded').some(isOfWholeOrder) ||
  resolvedSubjects(history, 'voidAuthorization').length > 0 ||
  (history.has('payment.declined') && !history.has('payment.authorized'));

/** The refund of a parcel or of a return is not the end of its order. */
const isOfWholeOrder = ({ shipmentId, returnId }: FactOf<'payment.refunded'>): boolean =>
  shipmentId === undefined && returnId === undefined;

/** Every label is voided, or its parcel was shipped anyway and is an attention item. */
export function areLabelsCompensated(history: OrderHistory): boolean {
  const done: readonly string[] = [
    ...history.shipments('label.voided'),
    ...resolvedSubjects(history, 'voidLabel'),
    ...shippedAnyway(history),
  ];
  return history.shipments('shipment.created').every((id) => done.includes(id));
}

/** The parcels that the carrier already had when their labels were to be voided. */
export const shippedAnyway = (history: OrderHistory): readonly ShipmentId[] =>
  history
    .all('attention.raised')
    .flatMap(({ reason, subject }) =>
      reason === 'parcel_already_gone' ? [subject as ShipmentId] : [],
    );

/** The subjects of such undos that are resolved; '' for the whole order. */
export const resolvedSubjects = (history: OrderHistory, undo: UndoName): readonly string[] =>
  history.all('undo.settled').flatMap((fact) => (fact.undo === undo ? [fact.subject ?? ''] : []));
