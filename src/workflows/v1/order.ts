import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
} from '@temporalio/workflow';
import type { Fact, RejectionReason } from '../../domain/facts.js';
import { Journey, type Stop } from './journey.js';
import type { OrderSummary } from '../messages.js';
import type { OrderInput } from './messages.js';
import { reserveInventory, undoReserveInventory } from './steps/inventory.js';
import { authorizePayment, capturePayment, undoAuthorizePayment } from './steps/payment.js';
import { createShipment, delivery, handOver, undoCreateShipment } from './steps/shipping.js';

/** The biography of one order, from placed to delivered, or back to where it began. */
export async function order(input: OrderInput): Promise<OrderSummary> {
  const journey = new Journey(input);
  return CancellationScope.nonCancellable(() => live(journey));
}

async function live(journey: Journey): Promise<OrderSummary> {
  const stop = await journey.forward(() => fulfil(journey));
  if (stop === undefined) await delivery(journey);
  else await takeBack(journey, stop);
  return farewell(journey, stop);
}

async function fulfil(journey: Journey): Promise<Stop | undefined> {
  const stock = await reserveInventory(journey);
  if (stock.kind === 'short') return rejected('out_of_stock');

  const payment = await authorizePayment(journey);
  if (payment.kind === 'declined') return rejected('payment_declined');

  journey.sideSteps.announce();

  const label = await createShipment(journey);
  if (label.kind === 'refused') return rejected('not_shippable');

  const capture = await capturePayment(journey, payment.paymentId);
  if (capture.kind === 'authorization_lost') return rejected('payment_declined');

  await handOver(journey);
  return undefined;
}

async function takeBack(journey: Journey, stop: Stop): Promise<void> {
  const { life, undos, sideSteps } = journey;
  await sideSteps.stop();
  life.outrank();
  if (stop.kind !== 'rejected') assumeEverything(journey);
  if (!undos.isEmpty) {
    await life.record('compensation', [
      ...requestOf(stop),
      { type: 'compensation.started', cause: stop.kind },
    ]);
    await undos.unwind();
  }
  await life.record('ending', [endOf(stop)]);
  sideSteps.tellTheEnd(stop.kind === 'cancelled' ? 'cancelled' : 'rejected');
}

/**
 * A worker that dies takes the memory of its open task along, and what it did in it stays done. An
 * order that goes on repeats those calls under their keys and finds out; one that stops must take
 * back even what it does not remember. Each undo is harmless where there is nothing to undo.
 */
function assumeEverything(journey: Journey): void {
  undoReserveInventory(journey);
  undoAuthorizePayment(journey);
  journey.sideSteps.registerUndos();
  undoCreateShipment(journey);
}

async function farewell({ life, sideSteps, cancelRequest }: Journey, stop: Stop | undefined) {
  life.publish();
  await sideSteps.settled();
  await condition(allHandlersFinished);
  life.publish();
  // Cancelled in Temporal itself: Temporal's own status says so too.
  if (stop?.kind === 'cancelled' && !cancelRequest) throw new CancelledFailure('order cancelled');
  return life.summary();
}

const rejected = (reason: RejectionReason): Stop => ({ kind: 'rejected', reason });

const requestOf = (stop: Stop): readonly Fact[] =>
  stop.kind === 'cancelled'
    ? [
        {
          type: 'order.cancel_requested',
          by: stop.request.requestedBy,
          reason: stop.request.reason,
        },
      ]
    : [];

function endOf(stop: Stop): Fact {
  switch (stop.kind) {
    case 'rejected':
      return { type: 'order.rejected', reason: stop.reason };
    case 'cancelled':
      return { type: 'order.cancelled', by: stop.request.requestedBy, reason: stop.request.reason };
    case 'failed':
      return { type: 'order.failed', step: stop.step };
  }
}
