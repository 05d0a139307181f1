import {
  ApplicationFailure,
  CancellationScope,
  condition,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { Step, Told } from '../../src/activities/step.js';
import { changesState, evolveAll } from '../../src/domain/evolve.js';
import type { Fact } from '../../src/domain/facts.js';
import { shipmentIdOf } from '../../src/domain/ids.js';
import { placed, type OrderState } from '../../src/domain/order-state.js';
import { carrierEventSignal, type OrderInput } from '../../src/workflows/messages.js';
import type { PlainActivities } from './activities.js';

const activities = proxyActivities<PlainActivities>({ startToCloseTimeout: '1 minute' });

/**
 * The same order as a reader of the Temporal documentation would write it: every step and every
 * status write is an activity, with the SDK's defaults. It has the same steps, providers, carrier
 * signals and timeline; what it leaves out (deadlines on silence, cancels, attention items, search
 * attributes, queries) makes it cheaper. Named `order`, so that the same API starts it and the same
 * webhook receiver signals it: both sagas pay the same for HTTP.
 */
export async function order(input: OrderInput): Promise<string> {
  const { orderId, total: amount } = input;
  const shipmentId = shipmentIdOf(orderId);
  const compensations: (() => Promise<unknown>)[] = [];
  let state: OrderState = placed;
  let revision = 0;
  let handedOver = false;
  let delivered = false;

  setHandler(carrierEventSignal, ({ milestone }) => {
    handedOver = true;
    delivered ||= milestone === 'delivered';
  });

  const step = (): Step => ({ orderId, revision: revision + 1, before: state });

  async function writeStatus(key: string, facts: readonly Fact[]): Promise<void> {
    if (!facts.some((fact) => changesState(fact.type))) {
      await activities.writeStatus({ orderId, key, facts });
      return;
    }
    revision += 1;
    state = evolveAll(state, facts);
    await activities.writeStatus({ orderId, key, facts, change: { revision, state } });
  }

  async function told<Outcome>(key: string, running: Promise<Told<Outcome>>): Promise<Outcome> {
    const { outcome, facts } = await running;
    await writeStatus(key, facts);
    return outcome;
  }

  try {
    compensations.unshift(() => told('release', activities.releaseInventory(step())));
    const reserving = activities.reserveInventory({ ...step(), lines: input.lines });
    const stock = await told('reserve', reserving);
    if (stock.kind === 'short') throw refused('out_of_stock');

    compensations.unshift(() => told('void', activities.voidAuthorization({ ...step(), amount })));
    const payment = await told('authorize', activities.authorizePayment({ ...step(), amount }));
    if (payment.kind === 'declined') throw refused('payment_declined');

    compensations.unshift(() => told('points-back', activities.revokePoints(step())));
    compensations.unshift(() => told('partner-back', activities.releaseDeliveryPartner(step())));
    const announcements = Promise.all([
      told('confirmation', activities.sendOrderConfirmation(step())),
      told('seller', activities.notifySeller(step())),
      told('partner', activities.assignDeliveryPartner(step())),
      ...(input.member ? [told('points', activities.awardPoints(step()))] : []),
    ]);
    // It is awaited before the end; until then a failure of it must not count as unhandled.
    announcements.catch(() => undefined);

    compensations.unshift(() =>
      told('void-label', activities.voidLabel({ ...step(), shipmentId })),
    );
    const label = await told('label', activities.createShipment({ ...step(), shipmentId }));
    if (label.kind === 'refused') throw refused('not_shippable');

    const { paymentId } = payment;
    const settlement = { amount, paymentId, shipmentId };
    compensations.unshift(() =>
      told('refund', activities.refundPayment({ ...step(), ...settlement })),
    );
    const captured = await told('capture', activities.capturePayment({ ...step(), ...settlement }));
    if (captured.kind === 'authorization_lost') throw refused('payment_declined');

    await condition(() => handedOver);
    await told('handed-over', activities.issueInventory({ ...step(), shipmentId }));

    await condition(() => delivered);
    await announcements;
    await writeStatus('delivered', [
      { type: 'shipment.delivered', shipmentId },
      { type: 'order.delivered' },
    ]);
    return state.status;
  } catch (error) {
    await CancellationScope.nonCancellable(async () => {
      await writeStatus('compensation', [{ type: 'compensation.started', cause: 'failed' }]);
      for (const compensate of compensations) await compensate();
      await writeStatus('ending', [{ type: 'order.failed', step: 'saga' }]);
    });
    throw error;
  }
}

const refused = (reason: string) => ApplicationFailure.nonRetryable(reason);
