import { setHandler } from '@temporalio/workflow';
import type { ShipmentId } from '../../domain/ids.js';
import { carrierEventSignal } from '../messages.js';

/** Where the parcel is, by what the carrier told. An event of another shipment says nothing. */
export class Parcel {
  isHandedOver = false;
  isDelivered = false;

  constructor(shipmentId: ShipmentId) {
    setHandler(carrierEventSignal, (event) => {
      if (event.shipmentId !== shipmentId) return;
      this.isHandedOver = true;
      if (event.milestone === 'delivered') this.isDelivered = true;
    });
  }
}
