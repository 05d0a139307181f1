import type { ShipmentId } from '../../domain/ids.js';
import { StepFailed } from '../kit/activities.js';
import type { OrderContext } from './context.js';
import { handOver } from './hand-over.js';
import { buyLabel, voidLabelThenRefund } from './label.js';
import { mailAbout } from './parcel-news.js';
import type { Shipment } from '../../domain/shipment.js';

/**
 * Sends the goods of a lost parcel once more, at our cost.
 * @returns undefined when they cannot be had or sent
 */
export async function sendReplacement(
  order: OrderContext,
  lost: Shipment,
): Promise<Shipment | undefined> {
  const id = order.shipments.nextReplacementId();
  const replacement = await prepare(order, lost, id).catch((error: unknown) => {
    if (!(error instanceof StepFailed)) throw error;
  });
  if (replacement !== undefined) {
    mailAbout(order, lost, 'parcel_lost');
    if ((await handOver(order, replacement)) === undefined) return replacement;
  }
  await withdraw(order, id);
  return undefined;
}

async function prepare(
  order: OrderContext,
  lost: Shipment,
  shipmentId: ShipmentId,
): Promise<Shipment | undefined> {
  const { recorder, saga, shipments } = order;
  const { plan } = lost;
  const replacement = shipments.replace({ ...plan, shipmentId });
  const payload = { shipmentId, lines: plan.lines };
  const stock = await recorder.perform('reserveReplacement', payload, 'Set the goods aside again');
  if (stock.kind === 'short') return undefined;
  const [allotment, ...more] = stock.allotments;
  // One parcel takes the place of one: goods that lie in two places would need two.
  if (more.length > 0) return undefined;
  replacement.plan = { ...replacement.plan, ...allotment };
  const stop = await saga.step(() => buyLabel(order, replacement), {
    compensation: voidLabelThenRefund(order, replacement),
  });
  if (stop !== undefined) return undefined;
  await recorder.record(`replaced:${lost.id}`, [
    { type: 'shipment.replaced', shipmentId: lost.id, replacementId: shipmentId },
  ]);
  return replacement;
}

/** A replacement that will not go: neither its label nor its goods are needed any more. */
async function withdraw({ recorder, saga }: OrderContext, shipmentId: ShipmentId): Promise<void> {
  await saga.compensate(({ subject }) => subject === shipmentId);
  await recorder.perform('releaseReplacement', { shipmentId }, 'Give its stock back');
}
