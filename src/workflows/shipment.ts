import type { Fact } from '../domain/facts.js';
import { shipmentIdOf, type ShipmentId } from '../domain/ids.js';
import type { Parcel } from '../domain/parcels.js';
import { Consignment, type Arrival } from './consignment.js';
import { StepFailed } from './dispatch.js';
import { rejected, type Journey, type Stop } from './journey.js';
import { capturePayment } from './steps/payment.js';
import { createShipment } from './steps/shipping.js';

/** What one warehouse sends for an order: label, payment, hand-over, arrival, or what replaces it. */
export class Shipment {
  isCaptured = false;
  isGivenUp = false;
  isAtEnd = false;
  private consignment: Consignment | undefined;

  constructor(
    private readonly journey: Journey,
    readonly parcel: Parcel,
  ) {
    // From before the label is bought: the carrier may be faster than the answer to our call.
    journey.tracking.follow(parcel.shipmentId);
  }

  /** Buys the label and takes the money. @returns why it cannot be sent */
  async prepare(): Promise<Stop | undefined> {
    const label = await createShipment(this.journey, this.parcel);
    if (label.kind === 'refused') return rejected('not_shippable');
    this.consignment = new Consignment(this.journey, this.parcel, label);
    if (!(await capturePayment(this.journey, this.parcel))) return rejected('payment_declined');
    this.isCaptured = true;
    return undefined;
  }

  /** Sends what was prepared, and sees to it until it has arrived or never will. */
  async travel(isLast: () => boolean): Promise<void> {
    const arrival = await this.sent();
    if (arrival === undefined) await this.giveUp();
    else if (arrival === 'delivered') await this.noteDelivery(isLast());
    else await this.refund(arrival);
    this.isAtEnd = true;
  }

  /** The shipment alone is taken back; the rest of the order goes on. */
  async giveUp(): Promise<void> {
    const { life, undos, sideSteps, taken } = this.journey;
    const { shipmentId, warehouseId, amount, lines } = this.parcel;
    this.isGivenUp = true;
    taken.add(shipmentId);
    await undos.unwindOf(shipmentId);
    await life.perform('releaseParcel', { shipmentId, warehouseId }, 'Give its stock back');
    await life.record(`abandoned:${shipmentId}`, [
      { type: 'shipment.abandoned', shipmentId, amount },
    ]);
    this.isAtEnd = true;
    const payment = this.isCaptured ? 'refunded' : 'voided';
    const data = { shipmentId, lines, amount, payment } as const;
    sideSteps.mail('refunded', { sequence: shipmentId, data });
  }

  /** @returns undefined when it was given up before the carrier got it */
  private async sent(): Promise<Arrival | undefined> {
    if (this.consignment === undefined || !(await this.consignment.handOver())) return undefined;
    for (;;) {
      const arrival: Arrival = await this.consignment.arrival();
      if (arrival !== 'reship') return arrival;
      const replacement = await this.replacement();
      if (replacement === undefined) return 'refund';
      this.consignment.tell('parcel_lost');
      this.consignment = replacement;
      if (await replacement.handOver()) continue;
      await this.withdraw(replacement.parcel.shipmentId);
      return 'refund';
    }
  }

  /** Sends the goods once more, at our cost. @returns undefined when they cannot be had or sent */
  private async replacement(): Promise<Consignment | undefined> {
    const id = this.nextId();
    const replacement = await this.prepareReplacement(id).catch((error: unknown) => {
      if (!(error instanceof StepFailed)) throw error;
    });
    if (replacement === undefined) await this.withdraw(id);
    return replacement ?? undefined;
  }

  private async prepareReplacement(id: ShipmentId): Promise<Consignment | undefined> {
    const { journey, parcel } = this;
    const { life } = journey;
    const payload = { shipmentId: id, lines: parcel.lines };
    const stock = await life.perform('reserveReplacement', payload, 'Set the goods aside again');
    if (stock.kind === 'short') return undefined;
    const [allotment, ...more] = stock.allotments;
    // One parcel takes the place of one: goods that lie in two places would need two.
    if (more.length > 0) return undefined;
    const replacing = { ...parcel, ...allotment, shipmentId: id };
    journey.tracking.follow(id);
    const label = await createShipment(journey, replacing);
    if (label.kind === 'refused') return undefined;
    const { shipmentId } = this.consignment?.parcel ?? parcel;
    await life.record(`replaced:${shipmentId}`, [
      { type: 'shipment.replaced', shipmentId, replacementId: id },
    ]);
    return new Consignment(journey, replacing, label, true);
  }

  /** A replacement that will not go: neither its label nor its goods are needed any more. */
  private async withdraw(shipmentId: ShipmentId): Promise<void> {
    const { undos, life } = this.journey;
    await undos.unwindOf(shipmentId);
    await life.perform('releaseReplacement', { shipmentId }, 'Give its stock back');
  }

  /** Behind the ids of all parcels that the order has sent. */
  private nextId(): ShipmentId {
    const { journey } = this;
    journey.replacements += 1;
    const index = journey.parcels.length + journey.replacements - 1;
    return shipmentIdOf(journey.life.input.orderId, index);
  }

  private async refund(arrival: Exclude<Arrival, 'delivered'>): Promise<void> {
    const { life, undos, sideSteps } = this.journey;
    const { shipmentId, lines, amount } = this.parcel;
    if (arrival === 'restock_and_refund') {
      await life.perform('restockParcel', { shipmentId, lines }, 'Put the goods back on sale');
    }
    await undos.unwindOf(shipmentId);
    const data = { shipmentId, lines, amount };
    const template = arrival === 'restock_and_refund' ? 'refunded' : 'parcel_lost';
    sideSteps.mail(template, { sequence: shipmentId, data });
  }

  private async noteDelivery(isLast: boolean): Promise<void> {
    const { shipmentId } = this.consignment?.parcel ?? this.parcel;
    const delivered: Fact = { type: 'shipment.delivered', shipmentId };
    const facts: readonly Fact[] = isLast ? [delivered, { type: 'order.delivered' }] : [delivered];
    await this.journey.life.record(`delivered:${shipmentId}`, facts);
    this.consignment?.tell('delivered');
  }
}
