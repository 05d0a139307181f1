import { setHandler } from '@temporalio/workflow';
import type { ShipmentId } from '../domain/ids.js';
import { whenLegible } from './legible.js';
import { carrierEventSignal, type CarrierEvent } from './messages.js';

/** Where one parcel is, by what the carrier told. */
export class Track {
  isHandedOver = false;
  isDelivered = false;
  isLost = false;
  isReturned = false;
  /** How often the carrier reported trouble. */
  exceptions = 0;

  /** Whatever the carrier tells of a parcel, it has it; whatever comes after an end is late. */
  note({ milestone }: CarrierEvent): void {
    this.isHandedOver = true;
    if (this.isAtEnd) return;
    switch (milestone) {
      case 'handed_over':
        return;
      case 'delivered':
        this.isDelivered = true;
        return;
      case 'lost':
        this.isLost = true;
        return;
      case 'returned_to_sender':
        this.isReturned = true;
        return;
      case 'exception':
        this.exceptions += 1;
        return;
    }
  }

  get isAtEnd(): boolean {
    return this.isDelivered || this.isLost || this.isReturned;
  }
}

/** The parcels of an order. An event of another order's shipment says nothing. */
export class Tracking {
  private readonly tracks = new Map<ShipmentId, Track>();
  private readonly followed = new Set<Track>();
  private readonly heard = new Set<string>();

  constructor() {
    setHandler(
      carrierEventSignal,
      whenLegible<CarrierEvent>(['eventId', 'shipmentId', 'milestone'], (event) => {
        if (this.heard.has(event.eventId)) return;
        this.heard.add(event.eventId);
        this.trackOf(event.shipmentId).note(event);
      }),
    );
  }

  /** Whatever the carrier told before counts as well: it may be faster than the answer to our call. */
  follow(shipmentId: ShipmentId): Track {
    const track = this.trackOf(shipmentId);
    this.followed.add(track);
    return track;
  }

  hasLeft(shipmentId: ShipmentId): boolean {
    return this.trackOf(shipmentId).isHandedOver;
  }

  get hasAnyLeft(): boolean {
    return [...this.followed].some(({ isHandedOver }) => isHandedOver);
  }

  private trackOf(shipmentId: ShipmentId): Track {
    const track = this.tracks.get(shipmentId) ?? new Track();
    this.tracks.set(shipmentId, track);
    return track;
  }
}
