import { z } from 'zod';
import type { ShipmentId } from '../../domain/ids.js';
import { define } from './definition.js';
import { amount, amountOf, code, codeOf, identifier, time } from './members.js';

const ofShipment = z.object({ shipment_id: identifier });
const shipmentOf = ({ shipmentId }: { readonly shipmentId: ShipmentId }) => ({
  shipment_id: shipmentId,
});

export const shipmentEvents = define({
  'shipment.created': {
    version: 1,
    meaning: 'A label was bought for a shipment.',
    data: ofShipment.extend({ carrier: code }),
    dataOf: (fact) => ({ ...shipmentOf(fact), carrier: codeOf(fact.carrier) }),
  },
  'shipment.refused': {
    version: 1,
    meaning: 'No carrier takes the shipment.',
    data: ofShipment.extend({ reason: code.describe("the carrier's reason, or `other`") }),
    dataOf: (fact) => ({ ...shipmentOf(fact), reason: codeOf(fact.reason) }),
  },
  'shipment.abandoned': {
    version: 1,
    meaning: 'The shipment will not go; the rest of the order does.',
    data: ofShipment.extend({ amount: amount.describe('what the shipment would have cost') }),
    dataOf: (fact) => ({ ...shipmentOf(fact), amount: amountOf(fact.amount) }),
  },
  'label.voided': {
    version: 1,
    meaning: 'The label was given back to the carrier.',
    reverses: 'shipment.created',
    data: ofShipment,
    dataOf: shipmentOf,
  },
  'shipment.handed_over': {
    version: 1,
    meaning: 'The carrier has the parcel: there is no way back, but for a return.',
    data: ofShipment,
    dataOf: shipmentOf,
  },
  'shipment.scanned': {
    version: 1,
    meaning: 'The carrier has seen the parcel.',
    data: ofShipment.extend({ status: code.describe("the carrier's word for it, or `other`") }),
    dataOf: (fact) => ({ ...shipmentOf(fact), status: codeOf(fact.status) }),
  },
  'shipment.delayed': {
    version: 1,
    meaning: 'The parcel is late.',
    data: ofShipment,
    dataOf: shipmentOf,
  },
  'shipment.exception': {
    version: 1,
    meaning: 'The carrier could not deliver the parcel.',
    data: ofShipment,
    dataOf: shipmentOf,
  },
  'shipment.lost': {
    version: 1,
    meaning: 'The parcel is lost, or counts as lost.',
    data: ofShipment,
    dataOf: shipmentOf,
  },
  'shipment.returned_to_sender': {
    version: 1,
    meaning: 'The carrier has brought the parcel back.',
    reverses: 'shipment.handed_over',
    data: ofShipment,
    dataOf: shipmentOf,
  },
  'shipment.replaced': {
    version: 1,
    meaning: 'The same goods are sent once more, in another shipment.',
    data: ofShipment.extend({ replacement_id: identifier.describe('the other shipment') }),
    dataOf: (fact) => ({ ...shipmentOf(fact), replacement_id: fact.replacementId }),
  },
  'shipment.delivered': {
    version: 1,
    meaning: 'The parcel has arrived.',
    data: ofShipment,
    dataOf: shipmentOf,
  },
  'address.fix_requested': {
    version: 1,
    meaning: 'The customer was asked for an address that the carrier accepts.',
    data: ofShipment.extend({ until: time }),
    dataOf: (fact) => ({ ...shipmentOf(fact), until: fact.until }),
  },
  'address.changed': {
    version: 1,
    meaning: 'The order goes to another address.',
    data: z.object({}),
    dataOf: () => ({}),
  },
});
