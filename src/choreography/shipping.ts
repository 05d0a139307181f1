import type { VoidedLabel } from '../activities/ports.js';
import { shippingActivities } from '../activities/shipping.js';
import type { Fact } from '../domain/facts.js';
import type { ShipmentId } from '../domain/ids.js';
import type { Parcel } from '../domain/parcels.js';
import { forward, type Service, type ReactionContext } from './service.js';
import { startCompensation, compensableFacts } from './compensation.js';

/** Buys labels and follows parcels. It also decides cancels: only shipping knows whether a parcel left. */
export const shipping: Service = {
  name: 'shipping',
  partitions: 4,
  requiredFacts: [
    ...compensableFacts,
    'order.confirmed',
    'order.cancel_requested',
    'order.cancel_refused',
    'shipment.scanned',
    'shipment.handed_over',
    'shipment.delivered',
  ],
  reactions: {
    'order.confirmed': forward(send),
    'order.cancel_requested': forward((context, { by }) => answerCancel(context, by)),
    'compensation.started': voidLabels,
    'shipment.scanned': forward(recordMilestone),
  },
};

/** A cancel is answered first: a label that cannot be bought would delay it. */
async function send(context: ReactionContext): Promise<void> {
  if (!context.history.has('order.cancel_requested')) await buyLabels(context);
}

/** @param shipped a parcel that the carrier already has */
async function buyLabels(context: ReactionContext, shipped?: ShipmentId): Promise<void> {
  const { history, ports, step } = context;
  const wanting = history.parcels.filter(({ shipmentId }) => shipmentId !== shipped);
  for (const { shipmentId, warehouseId, lines } of wanting) {
    const { outcome } = await shippingActivities(ports).createShipment({
      ...step,
      shipmentId,
      warehouseId,
      lines,
      number: 1,
    });
    if (outcome.kind === 'bought') continue;
    // Start compensation first: voiding the label here would make a retry of this event fail.
    await startCompensation(context, 'rejected');
    return;
  }
}

/** Parcels that may have a label: none is bought before the order is confirmed. */
const labelled = ({ history }: ReactionContext): readonly Parcel[] =>
  history.has('order.confirmed') ? history.parcels : [];

/** A parcel that was shipped anyway becomes an attention item. */
async function voidLabels(context: ReactionContext): Promise<void> {
  for (const { shipmentId } of labelled(context)) {
    await voidLabel(context, shipmentId, { isAnswered: false });
  }
}

async function answerCancel(context: ReactionContext, by: string): Promise<void> {
  const { orderId, history, ports } = context;
  const shipped = history.shipments('shipment.handed_over')[0] ?? (await firstIfShipped(context));
  if (shipped === undefined) {
    await voidLabels(context);
    await startCompensation(context, 'cancelled');
  } else {
    const refused: Fact = { type: 'order.cancel_refused', by, status: 'shipped' };
    await ports.journal.append({ orderId, key: 'cancelRefused', facts: [refused] });
    await buyLabels(context, shipped);
  }
}

/** @returns the first parcel if the carrier has it; else its label is voided now */
async function firstIfShipped(context: ReactionContext): Promise<ShipmentId | undefined> {
  const [first] = labelled(context);
  if (first === undefined) return undefined;
  const { kind } = await voidLabel(context, first.shipmentId, { isAnswered: true });
  if (kind !== 'too_late') return undefined;
  await context.ports.row.recordSent(first.shipmentId);
  return first.shipmentId;
}

/** Voids a label, or bars its purchase when there is none yet. */
async function voidLabel(
  context: ReactionContext,
  shipmentId: ShipmentId,
  { isAnswered }: { readonly isAnswered: boolean },
): Promise<VoidedLabel> {
  const { voidLabel: activity } = shippingActivities(context.ports);
  return (await activity({ ...context.step, shipmentId, isAnswered })).outcome;
}

/** The key and the type of what a milestone behind the hand-over becomes. */
const factOf = {
  delivered: ['delivered', 'shipment.delivered'],
  lost: ['lost', 'shipment.lost'],
  returned_to_sender: ['returned', 'shipment.returned_to_sender'],
  exception: ['exception', 'shipment.exception'],
} as const;

/** A scan may be lost, so a later one implies the earlier ones. */
async function recordMilestone(
  { orderId, ports }: ReactionContext,
  { shipmentId, sequence }: { readonly shipmentId: ShipmentId; readonly sequence: number },
): Promise<void> {
  const milestone = await ports.row.milestoneOf(orderId, sequence);
  const append = (key: string, fact: Fact) =>
    ports.journal.append({ orderId, key: `${key}:${shipmentId}`, facts: [fact] });
  if (milestone === null) return;
  if (milestone !== 'exception') {
    await append('handedOver', { type: 'shipment.handed_over', shipmentId });
  }
  if (milestone === 'handed_over') return;
  const [key, type] = factOf[milestone];
  await append(milestone === 'exception' ? `${key}:${sequence}` : key, {
    type,
    shipmentId,
  });
}
