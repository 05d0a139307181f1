import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { Stop } from '../../domain/stop.js';
import type { OrderContext } from './context.js';
import { recallParcel } from './label.js';
import { sendMail } from './notification.js';
import { releaseRemainder } from './payment.js';
import type { Shipment } from '../../domain/shipment.js';

/** How one shipment is carried from the shelf to its end. What was done is passed over the second time. */
type Carry = (shipment: Shipment) => Promise<Stop | undefined>;

/**
 * Sends every shipment, side by side, and follows it to its end.
 * @returns why the order does not go on, while nothing has left the house
 * @throws what stopped the order, after every shipment has come to rest
 */
export const eachShipment = (order: OrderContext, carry: Carry): Promise<Stop | undefined> =>
  new Fulfillment(order, carry).run();

class Fulfillment {
  /** Cancelled when one shipment that fails takes the others along. */
  private readonly together = new CancellationScope();
  private stop: Stop | undefined;
  /** The failure of which the cancels of the others are but a consequence. */
  private failure: unknown;

  constructor(
    private readonly order: OrderContext,
    private readonly carry: Carry,
  ) {}

  async run(): Promise<Stop | undefined> {
    const { all } = this.order.shipments;
    const ends = await Promise.allSettled(all.map((shipment) => this.accompany(shipment)));
    if (this.stop !== undefined) return this.stop;
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw this.failure ?? failed.reason;
    return undefined;
  }

  private async accompany(shipment: Shipment): Promise<void> {
    try {
      const sent = await this.together.run(() => this.attempt(shipment));
      const isCancelled = sent !== undefined && this.order.cancellation.isRequested;
      const stop = isCancelled ? await this.askCarrier(shipment) : sent;
      if (stop !== undefined) await this.giveUp(shipment, stop);
    } finally {
      shipment.isAtEnd = true;
    }
  }

  /** @returns why it is not sent */
  private async attempt(shipment: Shipment): Promise<Stop | undefined> {
    try {
      return await this.carry(shipment);
    } catch (error) {
      const stop = this.order.cancellation.stopBy(error);
      if (stop?.kind === 'cancelled' || (stop && this.mayGoOnWithout(shipment))) return stop;
      throw this.failing(error);
    }
  }

  /**
   * The order is cancelled. Whether this shipment still can be is for the carrier to say, and what the
   * others do is known when it has spoken about each of them. What is gone goes on.
   */
  private askCarrier(shipment: Shipment): Promise<Stop | undefined> {
    const { shipments, cancellation } = this.order;
    const { request } = cancellation;
    return CancellationScope.nonCancellable(async () => {
      await cancellation.whenRecorded();
      shipment.recall = (await recallParcel(this.order, shipment)) ? 'back' : 'gone';
      await condition(() => shipments.open.every(({ recall }) => recall !== undefined));
      if (shipments.recalled('gone').length > 0) await cancellation.refuse();
      const isBack = shipment.recall === 'back' && request !== undefined;
      return isBack ? { kind: 'cancelled', request } : this.attempt(shipment);
    });
  }

  /** One shipment that is not sent is given up alone, if the policy says so or another one has left. */
  private async giveUp(shipment: Shipment, stop: Stop): Promise<void> {
    const { isAnyHandedOver } = this.order.shipments;
    if (stop.kind === 'cancelled' ? isAnyHandedOver : this.mayGoOnWithout(shipment)) {
      await CancellationScope.nonCancellable(() => abandon(this.order, shipment));
      return;
    }
    this.stop ??= stop;
    this.together.cancel();
  }

  private mayGoOnWithout(shipment: Shipment): boolean {
    const { shipments, input } = this.order;
    return shipments.mayGoOnWithout(shipment, input.policy.shipmentFailure);
  }

  /** What fails for good stops the others as well, so that nothing is done while all is compensated. */
  private failing(error: unknown): unknown {
    if (!isCancellation(error)) {
      this.failure ??= error;
      this.together.cancel();
    }
    return error;
  }
}

/** The shipment alone is taken back; the rest of the order goes on. */
async function abandon(order: OrderContext, shipment: Shipment): Promise<void> {
  const { recorder, saga } = order;
  const { shipmentId, warehouseId, amount, lines } = shipment.plan;
  shipment.isAbandoned = true;
  await saga.compensate(({ subject }) => subject === shipmentId);
  await recorder.perform('releaseParcel', { shipmentId, warehouseId }, 'Give its stock back');
  const abandoned = { type: 'shipment.abandoned', shipmentId, amount } as const;
  await recorder.record(`abandoned:${shipmentId}`, [abandoned]);
  const payment = shipment.isCaptured ? 'refunded' : 'voided';
  const data = { shipmentId, lines, amount, payment } as const;
  sendMail(order, 'refunded', { sequence: shipmentId, data });
  await releaseRemainder(order);
}
