import type { Carrier, Label, LabelRequest } from '../../src/activities/ports.js';
import { ProviderRefused } from '../../src/domain/failures.js';
import type { OrderId, ShipmentId } from '../../src/domain/ids.js';
import type { CarrierMilestone } from '../../src/domain/shipment.js';
import type { Fate, ParcelFate } from './fate.js';
import type { Weather } from './weather.js';

/** A parcel as the carrier knows it. */
export interface Parcel {
  readonly orderId: OrderId;
  readonly shipmentId: ShipmentId;
  readonly warehouseId: string;
  readonly isReplacement: boolean;
  readonly fate: ParcelFate;
  /** Whether its label was given back. */
  isVoided: boolean;
  /** Whether the carrier has got it, or had. */
  isGone: boolean;
  isDelivered: boolean;
  /** Whether somebody fetched it back when it was gone: nobody pays for it. */
  isRecalled: boolean;
}

type Report = (shipment: Parcel, milestone: CarrierMilestone, eventId: string) => Promise<void>;
/** A shipment that a label was asked for: how many its order had asked for before, and where to. */
interface Asked {
  readonly orderId: OrderId;
  readonly number: number;
  readonly address: string;
}

type Voided = Awaited<ReturnType<Carrier['voidLabel']>>;

/** A carrier that keeps its own books: where a parcel is, whatever the orders say. */
export class Post implements Carrier {
  private readonly parcels = new Map<ShipmentId, Parcel>();
  private readonly barred = new Set<ShipmentId>();
  private readonly asked = new Map<ShipmentId, Asked>();

  constructor(
    private readonly fateOf: (orderId: OrderId) => Fate,
    private readonly weather: Weather,
    private readonly report: Report,
  ) {}

  buyLabel(request: LabelRequest): Promise<Label> {
    return this.weather.call('buyLabel', request.orderId, () => this.sell(request));
  }

  voidLabel(request: Parameters<Carrier['voidLabel']>[0]): Promise<Voided> {
    const { orderId, shipmentId } = request;
    return this.weather.call('voidLabel', orderId, () => this.takeBack(shipmentId));
  }

  buyReturnLabel(): Promise<Label> {
    return Promise.reject(new Error('No order of this test is returned'));
  }

  parcelsOf(orderId: OrderId): readonly Parcel[] {
    return [...this.parcels.values()].filter((parcel) => parcel.orderId === orderId);
  }

  parcel(shipmentId: ShipmentId): Parcel | undefined {
    return this.parcels.get(shipmentId);
  }

  /** The warehouse hands the parcel over, if nobody wants it back. */
  async pickUp(parcel: Parcel): Promise<void> {
    if (parcel.isVoided || parcel.isGone) return;
    parcel.isGone = true;
    const isScanned = parcel.fate.end !== 'delivered_unscanned';
    if (isScanned) await this.send(parcel, 'handed_over');
    this.weather.later(150, () => this.travel(parcel));
  }

  /** What a parcel comes to that somebody waits for. */
  async end(parcel: Parcel, milestone: 'lost' | 'delivered'): Promise<void> {
    if (parcel.isRecalled) return;
    if (milestone === 'delivered') parcel.isDelivered = true;
    await this.send(parcel, milestone);
  }

  private sell(request: LabelRequest): Label {
    const { orderId, shipmentId, to } = request;
    const known = this.parcels.get(shipmentId);
    if (known !== undefined) return labelOf(known);
    if (this.barred.has(shipmentId)) throw new ProviderRefused('the shipment was voided');
    const refused = this.refusal(orderId, shipmentId, JSON.stringify(to));
    if (refused !== undefined) return { kind: 'refused', reason: refused };
    const { parcels, lastParcel } = this.fateOf(orderId);
    const parcel: Parcel = {
      orderId,
      shipmentId,
      warehouseId: request.warehouseId,
      isReplacement: request.isReplacement,
      fate: parcels[this.parcelsOf(orderId).length] ?? lastParcel,
      isVoided: false,
      isGone: false,
      isDelivered: false,
      isRecalled: false,
    };
    this.parcels.set(shipmentId, parcel);
    this.awaitPickUp(parcel);
    return labelOf(parcel);
  }

  /** The n-th shipment that the order asks a label for meets the n-th fate. */
  private refusal(orderId: OrderId, shipmentId: ShipmentId, address: string): string | undefined {
    const number = [...this.asked.values()].filter((known) => known.orderId === orderId).length;
    const known = this.asked.get(shipmentId) ?? { orderId, number, address };
    this.asked.set(shipmentId, known);
    switch (this.fateOf(orderId).labels[known.number] ?? 'sold') {
      case 'sold':
        return undefined;
      case 'bad_address':
        return known.address === address ? 'ADDRESS.VERIFY.FAILURE' : undefined;
      case 'unsellable':
        return 'SHIPMENT.INVALID_PARAMS';
      case 'broken':
        throw new ProviderRefused('the account is locked');
    }
  }

  private awaitPickUp(parcel: Parcel): void {
    const { pickUp } = parcel.fate;
    if (pickUp === 'early') this.weather.later(5, () => this.pickUp(parcel));
    if (pickUp === 'soon') this.weather.later(150, () => this.pickUp(parcel));
  }

  private async travel(parcel: Parcel): Promise<void> {
    if (parcel.isRecalled) return;
    switch (parcel.fate.end) {
      case 'delivered':
      case 'delivered_unscanned':
        return this.end(parcel, 'delivered');
      case 'lost':
        return this.end(parcel, 'lost');
      case 'returned':
        return this.send(parcel, 'returned_to_sender');
      case 'exception_then_delivered':
        await this.send(parcel, 'exception');
        this.weather.later(150, () => this.end(parcel, 'delivered'));
        return;
      case 'exception_then_decided':
        return this.send(parcel, 'exception');
      case 'silent':
      case 'silent_then_decided':
        return;
    }
  }

  private takeBack(shipmentId: ShipmentId): Voided {
    this.barred.add(shipmentId);
    const parcel = this.parcels.get(shipmentId);
    if (parcel === undefined) return { kind: 'nothing_to_undo' };
    if (parcel.isGone) return { kind: 'too_late' };
    parcel.isVoided = true;
    return { kind: 'undone' };
  }

  private async send(parcel: Parcel, milestone: CarrierMilestone): Promise<void> {
    const eventId = `evt_${parcel.shipmentId}_${milestone}`;
    await this.report(parcel, milestone, eventId);
    if (parcel.fate.isReportedTwice) await this.report(parcel, milestone, eventId);
  }
}

const labelOf = ({ shipmentId }: Parcel): Label => ({
  kind: 'bought',
  carrier: 'Post',
  trackingNumber: `T-${shipmentId}`,
});
