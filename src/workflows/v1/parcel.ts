import { setHandler } from '@temporalio/workflow';
import type { ShipmentId } from '../../domain/ids.js';
import { whenLegible } from '../legible.js';
import { carrierEventSignal, type CarrierEvent } from '../messages.js';

/** Where the parcel is, by what the carrier told. An event of another shipment says nothing. */
export class Parcel {
  isHandedOver = false;
  isDelivered = false;

  constructor(shipmentId: ShipmentId) {
    setHandler(
      carrierEventSignal,
      whenLegible<CarrierEvent>(['shipmentId', 'milestone'], (event) => {
        if (event.shipmentId !== shipmentId) return;
        this.isHandedOver = true;
        if (event.milestone === 'delivered') this.isDelivered = true;
      }),
    );
  }
}
