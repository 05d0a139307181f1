import type { Stop } from '../../domain/stop.js';
import type { Compensation } from '../kit/saga.js';
import type { OrderContext } from './context.js';
import { sendMail } from './notification.js';
import { refundPayment } from './payment.js';
import type { Shipment } from '../../domain/shipment.js';

/** Buys the label. An address that the carrier refuses can be corrected while the order waits. */
export async function buyLabel(order: OrderContext, shipment: Shipment): Promise<Stop | undefined> {
  if (shipment.label !== undefined) return undefined;
  for (let number = 1; ; number += 1) {
    const known = order.inbox.addressChanges;
    const { shipmentId, warehouseId, lines } = shipment.plan;
    const isReplacement = shipment.isReplacement && { isReplacement: true };
    const payload = { shipmentId, warehouseId, lines, number, ...isReplacement };
    const summary = `Buy a label for ${shipmentId}`;
    const label = await order.recorder.perform('createShipment', payload, summary);
    if (label.kind === 'bought') {
      shipment.label = label;
      return undefined;
    }
    const isNew = () => order.inbox.addressChanges > known;
    const isFixable = label.reason === 'no_service' || label.reason.startsWith('ADDRESS.');
    if (!isFixable || !(await isAddressFixed(order, shipment, { number, isNew }))) {
      return { kind: 'rejected', reason: 'not_shippable', isNothingDone: true };
    }
  }
}

/**
 * What takes a shipment back: the label is voided at the carrier, and only what the carrier gives back
 * is refunded. A parcel that has left all the same is written off, and a person has to fetch it.
 */
export function voidLabelThenRefund(order: OrderContext, shipment: Shipment): Compensation {
  const compensation = voidLabel(order, shipment);
  return {
    ...compensation,
    run: async () => {
      const voided = await compensation.run();
      if (voided.kind === 'too_late') await writeOff(order, shipment);
      return voided;
    },
  };
}

/**
 * Asks the carrier to give the parcel back, before anything is decided about its order.
 * @returns false when it has left, and goes on
 */
export const recallParcel = (order: OrderContext, shipment: Shipment): Promise<boolean> =>
  order.saga.askBack(voidLabel(order, shipment), () => shipment.isHandedOver);

const voidLabel = (order: OrderContext, shipment: Shipment): Compensation => ({
  name: 'voidLabel',
  subject: shipment.id,
  exposure: shipment.amount,
  run: () => {
    const payload = { shipmentId: shipment.id, isAnswered: true };
    return order.recorder.perform('voidLabel', payload, `Void the label of ${shipment.id}`);
  },
  next: () => (shipment.capturedFrom === undefined ? undefined : refundPayment(order, shipment)),
});

async function writeOff(order: OrderContext, { plan, amount }: Shipment): Promise<void> {
  const { shipmentId, warehouseId } = plan;
  const payload = { shipmentId, ...(warehouseId !== '' && { warehouseId }) };
  await order.recorder.perform('writeOffParcel', payload, 'The goods are gone');
  await order.saga.leaveToPerson('parcel_already_gone', shipmentId, amount);
}

/** @returns false when no other address came in time */
async function isAddressFixed(
  order: OrderContext,
  { id: shipmentId }: Shipment,
  { number, isNew }: { readonly number: number; readonly isNew: () => boolean },
): Promise<boolean> {
  const { recorder, deadlines, shipments } = order;
  // It came while the carrier was asked, perhaps for another shipment of the same order.
  if (isNew()) return true;
  const { fixMs } = order.input.serviceLevel.address;
  // Once a parcel has left, the order no longer waits for anybody.
  if (fixMs === 0 || shipments.isAnyHandedOver) return false;
  const until = new Date(Date.now() + fixMs).toISOString();
  const key = `address:${shipmentId}:${number}`;
  await recorder.record(key, [{ type: 'address.fix_requested', shipmentId, until }]);
  sendMail(order, 'address_needed', { sequence: `${shipmentId}:${number}`, data: { until } });
  recorder.publish();
  return deadlines.waitFor(isNew, { awaited: 'the address is corrected', limitMs: fixMs });
}
