import { CancellationScope, condition } from '@temporalio/workflow';
import { throwIfCancelled } from '../kit/deadlines.js';
import type { Stop } from '../../domain/stop.js';
import type { OrderContext } from './context.js';
import { keepHold } from './inventory.js';
import { recallParcel } from './label.js';
import { refundPayment } from './payment.js';
import { mailAbout, recordDelay } from './notification.js';
import type { Shipment } from '../../domain/shipment.js';

/**
 * Waits until the carrier has the parcel: the point of no return. The goods leave the books.
 * @returns a stop when the warehouse gave the parcel up before
 */
export async function handOver(order: OrderContext, shipment: Shipment): Promise<Stop | undefined> {
  const { recorder, deadlines } = order;
  const { warnMs, escalateMs } = order.input.serviceLevel.handOver;
  const isHandedOver = () => shipment.isHandedOver;
  const awaited = 'the carrier takes the parcel';
  recorder.publish();
  if (!(await deadlines.waitFor(isHandedOver, { awaited, limitMs: warnMs }))) {
    await recordDelay(order, shipment, 'hand-over');
    const limitMs = escalateMs - warnMs;
    if (!(await deadlines.waitFor(isHandedOver, { awaited, limitMs }))) {
      const stop = await warehouseLooks(order, shipment);
      if (stop !== undefined) return stop;
    }
  }
  // A cancel that came in the same moment came first: it finds out that the parcel is gone.
  throwIfCancelled();
  await issueInventory(order, shipment);
  return undefined;
}

async function warehouseLooks(order: OrderContext, shipment: Shipment): Promise<Stop | undefined> {
  const { attention, shipments, cancellation } = order;
  const isHandedOver = () => shipment.isHandedOver;
  keepHold(order, isHandedOver);
  const decision = await attention.ask(
    'not_handed_over',
    shipment.id,
    isHandedOver,
    shipment.amount,
  );
  if (decision?.choice === 'refund' && !isHandedOver()) {
    const request = { requestedBy: decision.by, reason: decision.note };
    if (!shipments.isAnyHandedOver) cancellation.begin(request);
    else if (await recallParcel(order, shipment)) return { kind: 'cancelled', request };
  }
  await condition(isHandedOver);
  return undefined;
}

async function issueInventory(order: OrderContext, shipment: Shipment): Promise<void> {
  const { recorder, saga } = order;
  const { shipmentId, warehouseId } = shipment.plan;
  const holdId = shipment.isReplacement ? { holdId: shipmentId } : {};
  const payload = { shipmentId, warehouseId, ...holdId };
  await CancellationScope.nonCancellable(async () => {
    await recorder.perform('issueInventory', payload, 'The carrier has the parcel');
    saga.compensations.cancel({ name: 'voidLabel', subject: shipmentId });
    // A label can no longer be voided; a lost parcel is refunded.
    if (!shipment.isReplacement) saga.compensations.register(refundPayment(order, shipment));
  });
  const paid = shipment.isReplacement ? {} : { amount: shipment.amount };
  mailAbout(order, shipment, 'shipped', { data: paid });
}
