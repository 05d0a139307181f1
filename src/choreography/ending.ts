import type { Fact, RejectionReason } from '../domain/facts.js';
import type { UndoName } from '../domain/saga.js';
import type { Story } from './story.js';
import {
  areLabelsUndone,
  goneAllTheSame,
  isPaymentUndone,
  settled,
  type Cause,
} from './way-back.js';

/** @returns the fact that ends the order; undefined while something is still to happen */
export function endingOf(story: Story): Fact | undefined {
  if (story.has('inventory.short')) return rejected('out_of_stock');
  return story.isGoingBack ? endOfWayBack(story) : endOfDelivery(story);
}

const endOfWayBack = (story: Story): Fact | undefined =>
  isUndone(story) ? endByCause(story) : undefined;

/** How an order ends that goes back, by what began it. */
export function endByCause(story: Story): Fact {
  switch (story.all('compensation.started')[0]?.cause as Cause | undefined) {
    case 'cancelled':
      return cancelled(story);
    case 'rejected':
      return rejected(story.has('shipment.refused') ? 'not_shippable' : 'payment_declined');
    case 'failed':
    case undefined:
      return { type: 'order.failed', step: 'reservation' };
  }
}

function cancelled(story: Story): Fact {
  const [asked] = story.all('order.cancel_requested');
  return { type: 'order.cancelled', by: asked?.by ?? 'unknown', reason: asked?.reason ?? '' };
}

const rejected = (reason: RejectionReason): Fact => ({ type: 'order.rejected', reason });

/** Everybody who may have done something has taken it back, or has found nothing to take. */
const isUndone = (story: Story): boolean =>
  story.has('inventory.released') &&
  isPaymentUndone(story) &&
  areLabelsUndone(story) &&
  areParcelsFetched(story) &&
  (story.has('delivery_partner.released') || isSettled(story, 'releaseDeliveryPartner')) &&
  (!story.placed.isMember || story.has('points.revoked') || isSettled(story, 'revokePoints'));

/** A parcel that has gone all the same is a person's, and holds the order open. */
function areParcelsFetched(story: Story): boolean {
  const resolved = story
    .all('attention.resolved')
    .filter(({ reason }) => reason === 'parcel_already_gone')
    .map(({ subject }) => subject);
  return goneAllTheSame(story).every((id) => resolved.includes(id));
}

const isSettled = (story: Story, undo: UndoName): boolean => settled(story, undo).length > 0;

/** Every parcel has arrived, or what it cost was given back. */
function endOfDelivery(story: Story): Fact | undefined {
  const { parcels } = story;
  const arrived: readonly string[] = story.shipments('shipment.delivered');
  const refunded = story.all('payment.refunded').map(({ shipmentId }) => shipmentId);
  const isOver = parcels.every(
    ({ shipmentId }) => arrived.includes(shipmentId) || refunded.includes(shipmentId),
  );
  if (parcels.length === 0 || !isOver) return undefined;
  return arrived.length > 0
    ? { type: 'order.delivered' }
    : { type: 'order.failed', step: 'delivery' };
}
