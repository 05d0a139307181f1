import { condition } from '@temporalio/workflow';
import type { Fact } from '../../domain/facts.js';
import type { ShipmentId } from '../../domain/ids.js';
import type { Shipment } from '../../domain/shipment.js';
import { StepFailed } from '../kit/activities.js';
import type { AttentionResolution } from '../messages.js';
import type { OrderContext } from './context.js';
import { handOver } from './hand-over.js';
import { buyLabel, voidLabelThenRefund } from './label.js';
import { mailAbout, recordDelay, sendMail } from './notification.js';

/** What becomes of a parcel that is with the carrier, or what a person decides about it. */
type Arrival = 'delivered' | 'refund' | 'reship' | 'restock_and_refund';

/** Follows a parcel until it has arrived, or was replaced or refunded. It never rolls the order back. */
export async function delivery(order: OrderContext, shipment: Shipment): Promise<void> {
  let parcel = shipment;
  for (;;) {
    const arrival = await new Tracking(order, parcel).arrival();
    if (arrival === 'delivered') return recordDelivery(order, parcel, shipment);
    if (arrival !== 'reship') return refund(order, shipment, arrival);
    const replacement = await sendReplacement(order, parcel);
    if (replacement === undefined) return refund(order, shipment, 'refund');
    parcel = replacement;
  }
}

/** One parcel with the carrier. */
class Tracking {
  /** How much of the carrier's trouble a person has been asked about. */
  private exceptionsAnswered = 0;
  private isDelayed = false;

  constructor(
    private readonly order: OrderContext,
    private readonly parcel: Shipment,
  ) {}

  /** After a silence the buyer gets a mail, then a person is asked, then the parcel counts as lost. */
  async arrival(): Promise<Arrival> {
    const { recorder, deadlines, input } = this.order;
    const { warnMs, escalateMs, giveUpMs } = input.serviceLevel.delivery;
    const isNews = () =>
      this.parcel.arrival !== undefined || this.parcel.exceptions > this.exceptionsAnswered;
    const awaited = 'the carrier delivers the parcel';
    recorder.publish();
    if (await deadlines.waitFor(isNews, { awaited, limitMs: warnMs })) return this.outcome();
    if (!this.isDelayed) await recordDelay(this.order, this.parcel, 'delivery');
    this.isDelayed = true;
    const limitMs = escalateMs - warnMs;
    if (await deadlines.waitFor(isNews, { awaited, limitMs })) return this.outcome();
    return this.silent(isNews, giveUpMs - escalateMs);
  }

  private async outcome(): Promise<Arrival> {
    switch (this.parcel.arrival) {
      case 'delivered':
        return 'delivered';
      case 'lost':
        return this.lost();
      case 'returned_to_sender':
        return this.returned();
      case undefined:
        return this.inTrouble();
    }
  }

  private async silent(isNews: () => boolean, limitMs: number): Promise<Arrival> {
    const { attention, deadlines } = this.order;
    const item = await attention.raise('not_delivered', this.parcel.id, this.parcel.amount);
    const isOver = () => isNews() || item.resolution !== undefined;
    await deadlines.waitFor(isOver, { awaited: 'a person looks for the parcel', limitMs });
    await attention.close(item);
    const choice = item.resolution?.choice;
    if (choice === 'refund' || choice === 'reship') return choice;
    if (choice === 'wait') await condition(isNews);
    return isNews() ? this.outcome() : this.lost();
  }

  /** What was sent again and got lost again is not sent a third time, unless a person says so. */
  private async lost(): Promise<Arrival> {
    const { recorder, input } = this.order;
    const { id: shipmentId, isReplacement } = this.parcel;
    await recorder.record(`lost:${shipmentId}`, [{ type: 'shipment.lost', shipmentId }]);
    return isReplacement ? 'refund' : input.policy.lostParcel;
  }

  /** The goods have to be looked at before anybody knows what they are worth. */
  private async returned(): Promise<Arrival> {
    const { id: shipmentId } = this.parcel;
    const returned = { type: 'shipment.returned_to_sender', shipmentId } as const;
    await this.order.recorder.record(`returned:${shipmentId}`, [returned]);
    const choice = (await this.ask('parcel_returned', () => false))?.choice;
    return choice === 'reship' || choice === 'restock_and_refund' ? choice : 'refund';
  }

  private async inTrouble(): Promise<Arrival> {
    const { id: shipmentId, exceptions } = this.parcel;
    this.exceptionsAnswered = exceptions;
    const trouble = { type: 'shipment.exception', shipmentId } as const;
    await this.order.recorder.record(`exception:${shipmentId}:${exceptions}`, [trouble]);
    const isOver = () => this.parcel.arrival !== undefined;
    const choice = (await this.ask('delivery_exception', isOver))?.choice;
    return choice === 'refund' || choice === 'reship' ? choice : this.arrival();
  }

  private ask(
    reason: 'parcel_returned' | 'delivery_exception',
    isNeedless: () => boolean,
  ): Promise<AttentionResolution | undefined> {
    const { id, amount } = this.parcel;
    return this.order.attention.ask(reason, id, isNeedless, amount);
  }
}

async function recordDelivery(
  order: OrderContext,
  parcel: Shipment,
  shipment: Shipment,
): Promise<void> {
  const isLast = order.shipments.open.every((open) => open === shipment);
  const delivered: Fact = { type: 'shipment.delivered', shipmentId: parcel.id };
  const facts: readonly Fact[] = isLast ? [delivered, { type: 'order.delivered' }] : [delivered];
  mailAbout(order, parcel, 'delivered');
  await order.recorder.record(`delivered:${parcel.id}`, facts);
}

async function refund(
  order: OrderContext,
  { id: shipmentId, plan: { lines }, amount }: Shipment,
  arrival: 'refund' | 'restock_and_refund',
): Promise<void> {
  const { recorder, saga } = order;
  if (arrival === 'restock_and_refund') {
    await recorder.perform('restockParcel', { shipmentId, lines }, 'Put the goods back on sale');
  }
  await saga.compensate(({ subject }) => subject === shipmentId);
  const data = { shipmentId, lines, amount };
  const template = arrival === 'restock_and_refund' ? 'refunded' : 'parcel_lost';
  sendMail(order, template, { sequence: shipmentId, data });
}

/**
 * Sends the goods of a lost parcel once more, at our cost.
 * @returns undefined when they cannot be had or sent
 */
async function sendReplacement(order: OrderContext, lost: Shipment): Promise<Shipment | undefined> {
  const id = order.shipments.nextReplacementId();
  const replacement = await prepare(order, lost, id).catch((error: unknown) => {
    if (!(error instanceof StepFailed)) throw error;
  });
  if (replacement !== undefined) {
    mailAbout(order, lost, 'parcel_lost');
    if ((await handOver(order, replacement)) === undefined) return replacement;
  }
  await withdraw(order, id);
  return undefined;
}

async function prepare(
  order: OrderContext,
  lost: Shipment,
  shipmentId: ShipmentId,
): Promise<Shipment | undefined> {
  const { recorder, saga, shipments } = order;
  const { plan } = lost;
  const replacement = shipments.replace({ ...plan, shipmentId });
  const payload = { shipmentId, lines: plan.lines };
  const stock = await recorder.perform('reserveReplacement', payload, 'Set the goods aside again');
  if (stock.kind === 'short') return undefined;
  const [allotment, ...more] = stock.allotments;
  // One parcel takes the place of one: goods that lie in two places would need two.
  if (more.length > 0) return undefined;
  replacement.plan = { ...replacement.plan, ...allotment };
  const stop = await saga.step(() => buyLabel(order, replacement), {
    compensation: voidLabelThenRefund(order, replacement),
  });
  if (stop !== undefined) return undefined;
  await recorder.record(`replaced:${lost.id}`, [
    { type: 'shipment.replaced', shipmentId: lost.id, replacementId: shipmentId },
  ]);
  return replacement;
}

/** A replacement that will not go: neither its label nor its goods are needed any more. */
async function withdraw({ recorder, saga }: OrderContext, shipmentId: ShipmentId): Promise<void> {
  await saga.compensate(({ subject }) => subject === shipmentId);
  await recorder.perform('releaseReplacement', { shipmentId }, 'Give its stock back');
}
