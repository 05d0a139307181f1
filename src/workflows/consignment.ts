import { CancellationScope, CancelledFailure, condition } from '@temporalio/workflow';
import type { Label } from '../activities/ports.js';
import type { Parcel } from '../domain/parcels.js';
import type { Journey } from './journey.js';
import { keepHold } from './steps/inventory.js';
import { issueInventory } from './steps/shipping.js';
import type { Track } from './tracking.js';

export type BoughtLabel = Extract<Label, { kind: 'bought' }>;

/** What becomes of a parcel that is with the carrier, or what a person decides about it. */
export type Arrival = 'delivered' | 'refund' | 'reship' | 'restock_and_refund';

/** One labelled parcel, from the shelf to its end: the carrier gets it, and brings it, or does not. */
export class Consignment {
  private readonly track: Track;
  /** How much of the carrier's trouble a person has been asked about. */
  private seenTo = 0;
  /** What the buyer has been told of. */
  private readonly delays = new Set<string>();

  constructor(
    private readonly journey: Journey,
    readonly parcel: Parcel,
    private readonly label: BoughtLabel,
    /** Sent in place of a parcel that got lost, from a hold of its own. */
    private readonly isReplacement = false,
  ) {
    this.track = journey.tracking.follow(parcel.shipmentId);
  }

  /**
   * Waits until the carrier has the parcel: the point of no return.
   * @returns false when a person gave it up before
   */
  async handOver(): Promise<boolean> {
    const { life, deadlines } = this.journey;
    const { warnMs, escalateMs } = life.input.serviceLevel.handOver;
    const isHandedOver = () => this.track.isHandedOver;
    life.publish();
    if (!(await deadlines.until(isHandedOver, warnMs))) {
      await this.noteDelay('hand-over');
      const isInTime = await deadlines.until(isHandedOver, escalateMs - warnMs);
      if (!isInTime && !(await this.warehouseFindsIt())) return false;
    }
    // A cancel that was heard in the same moment came first: it finds out that the parcel is gone.
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('cancelled');
    await this.issue();
    return true;
  }

  /** The buyer is told of a silence, then a person is asked, then the parcel counts as lost. */
  async arrival(): Promise<Arrival> {
    const { life, deadlines } = this.journey;
    const { warnMs, escalateMs, giveUpMs } = life.input.serviceLevel.delivery;
    const isNews = () => this.track.isAtEnd || this.track.exceptions > this.seenTo;
    life.publish();
    if (await deadlines.until(isNews, warnMs)) return this.outcome();
    await this.noteDelay('delivery');
    if (await deadlines.until(isNews, escalateMs - warnMs)) return this.outcome();
    return this.silent(isNews, giveUpMs - escalateMs);
  }

  /** @param sequence tells mails of one kind apart */
  tell(
    template: 'shipped' | 'delayed' | 'delivered' | 'parcel_lost',
    sequence: string = this.parcel.shipmentId,
    more: Partial<Pick<Parcel, 'amount'>> = {},
  ): void {
    const { carrier, trackingNumber, trackingUrl } = this.label;
    const { shipmentId, lines } = this.parcel;
    const data = { shipmentId, lines, carrier, trackingNumber, trackingUrl, ...more };
    this.journey.sideSteps.mail(template, { sequence, data });
  }

  /** @returns false when the warehouse gives the parcel up */
  private async warehouseFindsIt(): Promise<boolean> {
    const { attention, tracking } = this.journey;
    const { shipmentId, amount } = this.parcel;
    const isHandedOver = () => this.track.isHandedOver;
    keepHold(this.journey, isHandedOver);
    const decision = await attention.ask('not_handed_over', shipmentId, isHandedOver, amount);
    if (decision?.choice === 'refund' && !isHandedOver()) {
      if (tracking.hasAnyLeft) return false;
      this.journey.cancel({ requestedBy: decision.by, reason: decision.note });
    }
    await condition(isHandedOver);
    return true;
  }

  private async issue(): Promise<void> {
    const { shipmentId, amount } = this.parcel;
    await issueInventory(this.journey, this.parcel, this.isReplacement ? shipmentId : undefined);
    this.journey.undos.forget('voidLabel', shipmentId);
    this.tell('shipped', shipmentId, this.isReplacement ? {} : { amount });
  }

  private async outcome(): Promise<Arrival> {
    if (this.track.isDelivered) return 'delivered';
    if (this.track.isLost) return this.lost();
    return this.track.isReturned ? this.returned() : this.inTrouble();
  }

  private async silent(isNews: () => boolean, patienceMs: number): Promise<Arrival> {
    const { attention, deadlines } = this.journey;
    const { shipmentId, amount } = this.parcel;
    const item = await attention.raise('not_delivered', shipmentId, amount);
    const isOver = () => isNews() || item.resolution !== undefined;
    await deadlines.until(isOver, patienceMs);
    await attention.close(item);
    const choice = item.resolution?.choice;
    if (choice === 'refund' || choice === 'reship') return choice;
    if (choice === 'wait') await condition(isNews);
    return isNews() ? this.outcome() : this.lost();
  }

  /** What was sent again and got lost again is not sent a third time, unless a person says so. */
  private async lost(): Promise<Arrival> {
    const { life } = this.journey;
    const { shipmentId } = this.parcel;
    await life.record(`lost:${shipmentId}`, [{ type: 'shipment.lost', shipmentId }]);
    return this.isReplacement ? 'refund' : life.input.policy.lostParcel;
  }

  /** The goods have to be looked at before anybody knows what they are worth. */
  private async returned(): Promise<Arrival> {
    const { life, attention } = this.journey;
    const { shipmentId, amount } = this.parcel;
    await life.record(`returned:${shipmentId}`, [
      { type: 'shipment.returned_to_sender', shipmentId },
    ]);
    const decision = await attention.ask('parcel_returned', shipmentId, () => false, amount);
    const choice = decision?.choice;
    return choice === 'reship' || choice === 'restock_and_refund' ? choice : 'refund';
  }

  private async inTrouble(): Promise<Arrival> {
    const { life, attention } = this.journey;
    const { shipmentId, amount } = this.parcel;
    const count = this.track.exceptions;
    this.seenTo = count;
    await life.record(`exception:${shipmentId}:${count}`, [
      { type: 'shipment.exception', shipmentId },
    ]);
    const isOver = () => this.track.isAtEnd;
    const decision = await attention.ask('delivery_exception', shipmentId, isOver, amount);
    const choice = decision?.choice;
    return choice === 'refund' || choice === 'reship' ? choice : this.arrival();
  }

  private async noteDelay(stage: 'hand-over' | 'delivery'): Promise<void> {
    if (this.delays.has(stage)) return;
    this.delays.add(stage);
    const { shipmentId } = this.parcel;
    const sequence = `${shipmentId}:${stage}`;
    await this.journey.life.record(`delayed:${sequence}`, [
      { type: 'shipment.delayed', shipmentId },
    ]);
    this.tell('delayed', sequence);
  }
}
