import { CancellationScope } from '@temporalio/workflow';
import type { Label } from '../../../activities/ports.js';
import type { Journey } from '../journey.js';
import { milestone } from '../milestone.js';

export function undoCreateShipment({ life, undos, shipmentId }: Journey): void {
  undos.register('voidLabel', () =>
    life.perform('voidLabel', { shipmentId }, `Void the label of ${shipmentId}`),
  );
}

export async function createShipment(journey: Journey): Promise<Label> {
  const { life, undos, shipmentId } = journey;
  undoCreateShipment(journey);
  const summary = `Buy a label for ${shipmentId}`;
  const label = await life.perform('createShipment', { shipmentId }, summary);
  if (label.kind === 'refused') undos.forget('voidLabel');
  return label;
}

/** Waits until the carrier has the parcel: the point of no return. */
export async function handOver(journey: Journey): Promise<void> {
  const { life, parcel, shipmentId } = journey;
  const { handOverMs } = life.input.serviceLevel;
  await milestone(life, () => parcel.isHandedOver, handOverMs, 'not_handed_over', shipmentId);
  await CancellationScope.nonCancellable(() =>
    life.perform('issueInventory', { shipmentId }, 'The carrier has the parcel'),
  );
}

/** Waits until the parcel has arrived, and ends the order. */
export async function delivery({ life, parcel, shipmentId }: Journey): Promise<void> {
  const { deliveryMs } = life.input.serviceLevel;
  await milestone(life, () => parcel.isDelivered, deliveryMs, 'not_delivered', shipmentId);
  await life.record('delivered', [
    { type: 'shipment.delivered', shipmentId },
    { type: 'order.delivered' },
  ]);
}
