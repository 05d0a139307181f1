import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
} from '@temporalio/workflow';
import { isEnded } from '../domain/order-state.js';
import { byTemporal, endAfterDelivery, endOf, type Stop } from '../domain/stop.js';
import type { OrderInput, OrderSummary } from './messages.js';
import { openOrder, type OrderContext } from './order/context.js';
import { delivery } from './order/delivery.js';
import { assignDeliveryPartner, releaseDeliveryPartner } from './order/delivery-partner.js';
import { eachShipment } from './order/each-shipment.js';
import { handOver } from './order/hand-over.js';
import { releaseInventory, reserveInventory } from './order/inventory.js';
import { buyLabel, voidLabelThenRefund } from './order/label.js';
import { awardPoints, revokePoints } from './order/loyalty.js';
import {
  notifySeller,
  sendCancellation,
  sendMail,
  sendOrderConfirmation,
} from './order/notification.js';
import { authorizePayment, capturePayment, voidAuthorization } from './order/payment.js';
import { verify } from './order/verification.js';

/** The biography of one order, from placed to delivered, or back to where it began. */
export async function order(input: OrderInput): Promise<OrderSummary> {
  const order = openOrder(input);
  return CancellationScope.nonCancellable(async () => {
    sendMail(order, 'order_placed');
    const stop = await order.cancellation.forward(() => fulfill(order));
    if (stop === undefined) await conclude(order);
    else await compensate(order, stop);
    return finish(order, stop);
  });
}

async function fulfill(order: OrderContext): Promise<Stop | undefined> {
  const { saga } = order;
  const stop =
    (await verify(order)) ??
    (await saga.step(() => reserveInventory(order), { compensation: releaseInventory(order) })) ??
    (await saga.step(() => authorizePayment(order), { compensation: voidAuthorization(order) }));
  if (stop !== undefined) return stop;

  announce(order);
  return eachShipment(order, async (shipment) => {
    const notSent =
      (await saga.step(() => buyLabel(order, shipment), {
        compensation: voidLabelThenRefund(order, shipment),
      })) ??
      (await capturePayment(order, shipment)) ??
      (await handOver(order, shipment)); // The point of no return.
    if (notSent === undefined) await delivery(order, shipment);
    return notSent;
  });
}

/** Everyone who must know of the confirmed order, side by side: nothing of it rolls the order back. */
function announce(order: OrderContext): void {
  const { saga, background, input } = order;
  background.run('sendOrderConfirmation', () => sendOrderConfirmation(order));
  background.run('notifySeller', () => notifySeller(order));
  saga.compensations.register(releaseDeliveryPartner(order));
  background.run('assignDeliveryPartner', () => assignDeliveryPartner(order));
  if (!input.member || input.policy.pointsAt !== 'confirmed') return;
  saga.compensations.register(revokePoints(order));
  background.run('awardPoints', () => awardPoints(order));
}

/** An order of which nothing arrived has failed, though nothing of it is left to compensate. */
async function conclude(order: OrderContext): Promise<void> {
  const { recorder, saga, background, input } = order;
  const { arrived } = recorder.state.tally;
  // Points are for goods that somebody has.
  if (arrived === 0) await saga.compensate(({ name }) => name === 'revokePoints');
  if (!isEnded(recorder.state)) await recorder.record('arrival', [endAfterDelivery(arrived)]);
  if (arrived > 0 && input.member && input.policy.pointsAt === 'delivered') {
    background.run('awardPoints', () => awardPoints(order));
  }
}

async function compensate(order: OrderContext, stop: Stop): Promise<void> {
  const { recorder, saga, background, inbox } = order;
  const wasAnnounced = recorder.hasHappened('order.confirmed');
  recorder.stop();
  await background.stop();
  await inbox.allHandled();
  await recorder.allWritten();
  recorder.newEpoch();
  if (stop.kind !== 'rejected') registerAllCompensations(order);
  await saga.compensateAll(stop.kind);
  await recorder.record('ending', [endOf(stop)]);
  sendCancellation(order, stop, wasAnnounced);
}

/**
 * Also of steps that this history does not know: a workflow that was reset has forgotten them, and what
 * they did stays done. Each is harmless where its step never happened.
 */
function registerAllCompensations(order: OrderContext): void {
  const { compensations } = order.saga;
  compensations.register(releaseInventory(order));
  compensations.register(voidAuthorization(order));
  compensations.register(releaseDeliveryPartner(order));
  if (order.input.member) compensations.register(revokePoints(order));
  for (const shipment of order.shipments.all) {
    compensations.register(voidLabelThenRefund(order, shipment));
  }
}

async function finish({ recorder, background }: OrderContext, stop: Stop | undefined) {
  recorder.publish();
  await background.allDone();
  await recorder.allWritten();
  await condition(allHandlersFinished);
  recorder.publish();
  // Cancelled in Temporal itself: Temporal's own status says so too.
  if (stop?.kind === 'cancelled' && stop.request === byTemporal) {
    throw new CancelledFailure('order cancelled');
  }
  return recorder.summary();
}
