import { setHandler } from '@temporalio/workflow';
import type { Label } from '../../activities/ports.js';
import {
  carrierMilestones,
  nothingReported,
  reportAfter,
  type CarrierReport,
} from '../../domain/carrier-report.js';
import { shipmentIdOf, type ShipmentId } from '../../domain/ids.js';
import type { Money } from '../../domain/money.js';
import type { Parcel } from '../../domain/parcels.js';
import { whenWellFormed } from '../kit/message-check.js';
import { carrierEventSignal, type CarrierEvent, type OrderInput } from '../messages.js';
import type { Authorization } from './payment.js';

export type BoughtLabel = Extract<Label, { kind: 'bought' }>;

/** One shipment of an order, from the shelf to its end: what is in it, and how far it has come. */
export class Shipment {
  label: BoughtLabel | undefined;
  /** The authorization that its money was taken from, or was tried to be. */
  capturedFrom: Authorization | undefined;
  isCaptured = false;
  /** What the carrier said when it was asked to give the parcel back. */
  recall: 'back' | 'gone' | undefined;
  /** It will not go; the rest of the order does. */
  isAbandoned = false;
  /** Nothing more will become of it. */
  isAtEnd = false;
  private report = nothingReported;

  constructor(
    /** Where a replacement is sent from is known when its goods are set aside. */
    public plan: Parcel,
    /** Sent in place of one that got lost, from a hold of its own and at our cost. */
    readonly isReplacement = false,
  ) {}

  get id(): ShipmentId {
    return this.plan.shipmentId;
  }

  get amount(): Money {
    return this.plan.amount;
  }

  get isHandedOver(): boolean {
    return this.report.isHandedOver;
  }

  /** Whether it can no longer be kept in the house. */
  get hasLeft(): boolean {
    return this.isHandedOver || this.recall === 'gone';
  }

  /** How its way with the carrier ended; undefined while it is under way. */
  get arrival(): CarrierReport['end'] {
    return this.report.end;
  }

  /** How often the carrier reported trouble. */
  get exceptions(): number {
    return this.report.exceptions;
  }

  note({ milestone }: CarrierEvent): void {
    this.report = reportAfter(this.report, milestone);
  }
}

/** The shipments of an order, and what carriers report about them. */
export class Shipments {
  #all: readonly Shipment[];
  private readonly replacements: Shipment[] = [];
  /** All that carriers said: they may be faster than we are, and speak of what is not planned yet. */
  private readonly events = new Map<string, CarrierEvent>();

  constructor(private readonly input: OrderInput) {
    this.#all = [new Shipment(onlyParcel(input))];
    const form = { eventId: 'text', shipmentId: 'text', milestone: carrierMilestones } as const;
    setHandler(
      carrierEventSignal,
      whenWellFormed<CarrierEvent>(form, (event) => {
        this.receive(event);
      }),
    );
  }

  /** Without those that replace lost ones. One is assumed while the stock has not said where from. */
  get all(): readonly Shipment[] {
    return this.#all;
  }

  get hasAnyLeft(): boolean {
    return [...this.#all, ...this.replacements].some(({ hasLeft }) => hasLeft);
  }

  /** Those that nothing has become of yet. */
  get open(): readonly Shipment[] {
    return this.#all.filter(({ isAtEnd }) => !isAtEnd);
  }

  plan(parcels: readonly Parcel[]): void {
    this.#all = parcels.map((parcel) => this.welcome(new Shipment(parcel)));
  }

  /** The id of the next shipment that replaces a lost one: behind those of all the others. */
  nextReplacementId(): ShipmentId {
    return shipmentIdOf(this.input.orderId, this.#all.length + this.replacements.length);
  }

  replace(parcel: Parcel): Shipment {
    const replacement = new Shipment(parcel, true);
    this.replacements.push(replacement);
    return this.welcome(replacement);
  }

  /** The same event has one effect. One about another order's shipment has none. */
  private receive(event: CarrierEvent): void {
    if (this.events.has(event.eventId)) return;
    this.events.set(event.eventId, event);
    const known = [...this.#all, ...this.replacements];
    known.find(({ id }) => id === event.shipmentId)?.note(event);
  }

  private welcome(shipment: Shipment): Shipment {
    for (const event of this.events.values()) {
      if (event.shipmentId === shipment.id) shipment.note(event);
    }
    return shipment;
  }
}

const onlyParcel = ({ orderId, lines, total }: OrderInput): Parcel => ({
  shipmentId: shipmentIdOf(orderId),
  warehouseId: '',
  lines,
  amount: total,
});
