import type { Fact } from '../domain/facts.js';
import type { RejectionReason } from '../domain/rejection.js';
import type { UndoName } from '../domain/saga.js';
import type { OrderHistory } from './order-history.js';
import {
  areLabelsCompensated,
  shippedAnyway,
  isPaymentCompensated,
  resolvedSubjects,
  type Cause,
} from './compensation.js';

/** @returns the fact that ends the order; undefined while something is still to happen */
export function endingOf(history: OrderHistory): Fact | undefined {
  if (history.has('inventory.short')) return rejected('out_of_stock');
  return history.isCompensating ? endOfCompensation(history) : endOfDelivery(history);
}

const endOfCompensation = (history: OrderHistory): Fact | undefined =>
  isCompensated(history) ? endByCause(history) : undefined;

/** The end of a compensated order, by the cause of the compensation. */
export function endByCause(history: OrderHistory): Fact {
  switch (history.all('compensation.started')[0]?.cause as Cause | undefined) {
    case 'cancelled':
      return cancelled(history);
    case 'rejected':
      return rejected(history.has('shipment.refused') ? 'not_shippable' : 'payment_declined');
    case 'failed':
    case undefined:
      return { type: 'order.failed', step: 'reservation' };
  }
}

function cancelled(history: OrderHistory): Fact {
  const [asked] = history.all('order.cancel_requested');
  return { type: 'order.cancelled', by: asked?.by ?? 'unknown', reason: asked?.reason ?? '' };
}

const rejected = (reason: RejectionReason): Fact => ({ type: 'order.rejected', reason });

/** Every service has compensated its part, or had nothing to compensate. */
const isCompensated = (history: OrderHistory): boolean =>
  history.has('inventory.released') &&
  isPaymentCompensated(history) &&
  areLabelsCompensated(history) &&
  areShippedParcelsResolved(history) &&
  (history.has('delivery_partner.released') || isResolved(history, 'releaseDeliveryPartner')) &&
  (!history.placed.isMember ||
    history.has('points.revoked') ||
    isResolved(history, 'revokePoints'));

/** A parcel that was shipped anyway keeps the order open until a person has resolved it. */
function areShippedParcelsResolved(history: OrderHistory): boolean {
  const resolved = history
    .all('attention.resolved')
    .filter(({ reason }) => reason === 'parcel_already_gone')
    .map(({ subject }) => subject);
  return shippedAnyway(history).every((id) => resolved.includes(id));
}

const isResolved = (history: OrderHistory, undo: UndoName): boolean =>
  resolvedSubjects(history, undo).length > 0;

/** Every parcel was delivered or refunded. */
function endOfDelivery(history: OrderHistory): Fact | undefined {
  const { parcels } = history;
  const arrived: readonly string[] = history.shipments('shipment.delivered');
  const refunded = history.all('payment.refunded').map(({ shipmentId }) => shipmentId);
  const isOver = parcels.every(
    ({ shipmentId }) => arrived.includes(shipmentId) || refunded.includes(shipmentId),
  );
  if (parcels.length === 0 || !isOver) return undefined;
  return arrived.length > 0
    ? { type: 'order.delivered' }
    : { type: 'order.failed', step: 'delivery' };
}
