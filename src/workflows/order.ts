import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
} from '@temporalio/workflow';
import type { Fact } from '../domain/facts.js';
import { isEnded } from '../domain/order-state.js';
import { Journey, type Stop } from './journey.js';
import type { OrderInput, OrderSummary } from './messages.js';
import { Shipments } from './shipments.js';
import { reserveInventory, undoReserveInventory } from './steps/inventory.js';
import { authorizePayment, undoAuthorizePayment } from './steps/payment.js';
import { undoCreateShipment } from './steps/shipping.js';
import { verify } from './steps/verification.js';

/** The biography of one order, from placed to delivered, or back to where it began. */
export async function order(input: OrderInput): Promise<OrderSummary> {
  const journey = new Journey({ input });
  return CancellationScope.nonCancellable(() => live(journey));
}

async function live(journey: Journey): Promise<OrderSummary> {
  journey.sideSteps.mail('order_placed');
  const stop = await journey.forward(() => fulfil(journey));
  if (stop !== undefined) await takeBack(journey, stop);
  else await arrived(journey);
  return farewell(journey, stop);
}

async function fulfil(journey: Journey): Promise<Stop | undefined> {
  const stop =
    (await verify(journey)) ??
    (await reserveInventory(journey)) ??
    (await authorizePayment(journey));
  if (stop !== undefined) return stop;

  journey.sideSteps.announce();
  return new Shipments(journey).send();
}

/** An order of which nothing arrived has failed, though nothing of it is left to undo. */
async function arrived({ life, undos, sideSteps }: Journey): Promise<void> {
  const { tally } = life.state;
  // Points are for goods that somebody has.
  if (tally.arrived === 0) await undos.unwind(({ name }) => name === 'revokePoints');
  if (!isEnded(life.state)) {
    const end: Fact =
      tally.arrived > 0 ? { type: 'order.delivered' } : { type: 'order.failed', step: 'delivery' };
    await life.record('arrival', [end]);
  }
  const { policy } = life.input;
  if (tally.arrived > 0 && policy.pointsAt === 'delivered') sideSteps.awardPoints();
}

async function takeBack(journey: Journey, stop: Stop): Promise<void> {
  const { life, undos, sideSteps, customer } = journey;
  life.isStopped = true;
  await sideSteps.stop();
  await customer.settled();
  life.outrank();
  if (stop.kind !== 'rejected') assumeEverything(journey);
  const { due } = undos;
  if (due.length > 0) {
    const recorded = await life.record('compensation', [
      ...requestOf(stop),
      { type: 'compensation.started', cause: stop.kind, undos: due },
    ]);
    await undos.unwind();
    await undos.settleOthers(recorded, due);
  }
  await life.record('ending', [endOf(stop)]);
  sideSteps.tellTheEnd(stop);
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
  for (const parcel of journey.parcels) undoCreateShipment(journey, parcel);
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
