import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { sum } from '../domain/money.js';
import { StepFailed } from './dispatch.js';
import type { Journey, Stop } from './journey.js';
import { Shipment } from './shipment.js';

/** Everything that an order sends, side by side. */
export class Shipments {
  private readonly all: readonly Shipment[];
  /** Cancelled when one shipment that fails takes the others along. */
  private readonly together = new CancellationScope();
  private stop: Stop | undefined;
  /** The failure of which the cancels of the others are but a consequence. */
  private failure: unknown;
  private isReleased = false;

  constructor(private readonly journey: Journey) {
    this.all = journey.parcels.map((parcel) => new Shipment(journey, parcel));
  }

  /**
   * Sends every parcel and follows it to its end.
   * @returns why the order does not go on, while nothing has left the house
   * @throws what stopped the order, after every shipment has come to rest
   */
  async send(): Promise<Stop | undefined> {
    const ends = await Promise.allSettled(
      this.all.map((shipment) => this.together.run(() => this.travel(shipment))),
    );
    if (this.stop !== undefined) return this.stop;
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw this.failure ?? failed.reason;
    return undefined;
  }

  private async travel(shipment: Shipment): Promise<void> {
    const problem = await this.prepared(shipment);
    if (problem !== undefined) await this.giveUp(shipment, problem);
    if (this.stop !== undefined) return;
    await this.releaseRemainder();
    if (!shipment.isGivenUp) await shipment.travel(() => this.isLastUnderWay(shipment));
  }

  /** @returns why it cannot be sent */
  private async prepared(shipment: Shipment): Promise<Stop | undefined> {
    try {
      return await shipment.prepare();
    } catch (error) {
      if (!(error instanceof StepFailed) || !this.mayGoOnWithout(shipment))
        throw this.failing(error);
      return { kind: 'failed', step: error.step };
    }
  }

  /** One shipment that fails is given up alone, if the policy says so or another one has left. */
  private async giveUp(shipment: Shipment, problem: Stop): Promise<void> {
    if (this.mayGoOnWithout(shipment)) {
      await shipment.giveUp();
      return;
    }
    this.stop ??= problem;
    this.cancelAll();
  }

  private mayGoOnWithout(shipment: Shipment): boolean {
    const { tracking, life } = this.journey;
    const others = this.all.filter((other) => other !== shipment && !other.isGivenUp);
    if (others.some(({ parcel }) => tracking.hasLeft(parcel.shipmentId))) return true;
    return others.length > 0 && life.input.policy.shipmentFailure === 'refund_shipment';
  }

  /** What fails for good stops the others as well, so that nothing is done while all is undone. */
  private failing(error: unknown): unknown {
    if (!isCancellation(error)) {
      this.failure ??= error;
      this.cancelAll();
    }
    return error;
  }

  private cancelAll(): void {
    this.journey.sideSteps.cancel();
    this.together.cancel();
  }

  private isLastUnderWay(shipment: Shipment): boolean {
    return this.all.every((other) => other === shipment || other.isAtEnd);
  }

  /** What was given up before its capture is still held on the card, until nobody needs it any more. */
  private async releaseRemainder(): Promise<void> {
    const { life, payment, undos, total } = this.journey;
    const { paymentId } = payment;
    const waiting = this.all.some(({ isGivenUp, isCaptured }) => !isGivenUp && !isCaptured);
    const uncaptured = this.all.filter(({ isCaptured }) => !isCaptured);
    if (waiting || uncaptured.length === 0 || paymentId === undefined || this.isReleased) return;
    this.isReleased = true;
    const amounts = uncaptured.map(({ parcel }) => parcel.amount);
    const amount = sum(amounts, total.currency);
    await life.perform('releaseRemainder', { amount, paymentId }, 'Release what is not needed');
    undos.forget('voidAuthorization');
  }
}
