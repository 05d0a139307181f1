import { shippingActivities, type VoidedLabel } from '../activities/shipping.js';
import type { Fact } from '../domain/facts.js';
import type { ShipmentId } from '../domain/ids.js';
import type { Parcel } from '../domain/parcels.js';
import { stepOf, type Service, type Situation } from './service.js';
import { beginWayBack, doings } from './way-back.js';

/**
 * Buys labels, and knows where the parcels are. So it is shipping that says whether an order can still
 * be taken back: whoever has the parcel decides.
 */
export const shipping: Service = {
  name: 'shipping',
  partitions: 4,
  remembers: [
    ...doings,
    'order.confirmed',
    'order.cancel_requested',
    'order.cancel_refused',
    'shipment.scanned',
    'shipment.handed_over',
    'shipment.delivered',
  ],
  reactions: {
    'order.confirmed': send,
    'order.cancel_requested': answerCancel,
    'compensation.started': takeLabelsBack,
    'shipment.scanned': follow,
  },
};

/** Whoever wants the order back is answered first, or a label that cannot be bought keeps him waiting. */
async function send(situation: Situation): Promise<void> {
  if (!situation.story.has('order.cancel_requested')) await buyLabels(situation);
}

/** @param gone a parcel that has its label, and is with the carrier */
async function buyLabels(situation: Situation, gone?: ShipmentId): Promise<void> {
  const { story, ports } = situation;
  if (story.isGoingBack) return;
  const wanting = story.parcels.filter(({ shipmentId }) => shipmentId !== gone);
  for (const { shipmentId, warehouseId, lines } of wanting) {
    const { outcome } = await shippingActivities(ports).createShipment({
      ...stepOf(situation),
      shipmentId,
      warehouseId,
      lines,
      number: 1,
    });
    if (outcome.kind === 'bought') continue;
    // The labels go back when that is heard: barred before it is said, a second try could not buy one.
    await beginWayBack(situation, 'rejected');
    return;
  }
}

/** Those that may have a label: none was asked for before the order was confirmed. */
const labelled = ({ story }: Situation): readonly Parcel[] =>
  story.has('order.confirmed') ? story.parcels : [];

/** A parcel that has gone all the same is work for a person, who fetches it. */
async function takeLabelsBack(situation: Situation): Promise<void> {
  for (const { shipmentId } of labelled(situation)) {
    await voidLabel(situation, shipmentId, { isAnswered: false });
  }
}

async function answerCancel(situation: Situation): Promise<void> {
  const { story } = situation;
  if (story.isGoingBack) return;
  const gone = story.shipments('shipment.handed_over')[0] ?? (await firstIfGone(situation));
  if (gone === undefined) {
    await takeLabelsBack(situation);
    await beginWayBack(situation, 'cancelled');
  } else {
    await refuseCancel(situation);
    await buyLabels(situation, gone);
  }
}

/** Its label is voided where it has not gone: then the order is on its way back. */
async function firstIfGone(situation: Situation): Promise<ShipmentId | undefined> {
  const [first] = labelled(situation);
  if (first === undefined) return undefined;
  const { kind } = await voidLabel(situation, first.shipmentId, { isAnswered: true });
  if (kind !== 'too_late') return undefined;
  await situation.ports.row.keepSent(first.shipmentId);
  return first.shipmentId;
}

async function refuseCancel({ orderId, story, ports }: Situation): Promise<void> {
  const { by } = story.told('order.cancel_requested');
  const refused: Fact = { type: 'order.cancel_refused', by, status: 'shipped' };
  await ports.journal.append({ orderId, key: 'cancelRefused', facts: [refused] });
}

/** Gives a label back, or, where there is none yet, sees to it that none is bought any more. */
async function voidLabel(
  situation: Situation,
  shipmentId: ShipmentId,
  { isAnswered }: { readonly isAnswered: boolean },
): Promise<VoidedLabel> {
  const { voidLabel: activity } = shippingActivities(situation.ports);
  return (await activity({ ...stepOf(situation), shipmentId, isAnswered })).outcome;
}

/** A scan may be lost, so a later one stands for those before it. */
async function follow(situation: Situation): Promise<void> {
  const { orderId, story, ports } = situation;
  if (story.isGoingBack) return;
  const { shipmentId } = story.told('shipment.scanned');
  const milestone = await ports.row.milestoneOf(orderId, story.sequence);
  const append = (key: string, fact: Fact) =>
    ports.journal.append({ orderId, key: `${key}:${shipmentId}`, facts: [fact] });
  if (milestone === null) return;
  if (milestone !== 'exception') {
    await append('handedOver', { type: 'shipment.handed_over', shipmentId });
  }
  switch (milestone) {
    case 'handed_over':
      return;
    case 'delivered':
      await append('delivered', { type: 'shipment.delivered', shipmentId });
      return;
    case 'lost':
      await append('lost', { type: 'shipment.lost', shipmentId });
      return;
    case 'returned_to_sender':
      await append('returned', { type: 'shipment.returned_to_sender', shipmentId });
      return;
    case 'exception':
      await append(`exception:${story.sequence}`, { type: 'shipment.exception', shipmentId });
  }
}
