import { z } from 'zod';
import type { ShipmentId } from '../../domain/ids.js';
import { bare, define, sharing } from './definition.js';
import { amount, amountOf, code, codeOf, identifier, time } from './members.js';

const shipment = z.object({ shipment_id: identifier });
const shipmentOf = ({ shipmentId }: { readonly shipmentId: ShipmentId }) => ({
  shipment_id: shipmentId,
});
export const ofShipment = sharing(shipment, shipmentOf);

export const shipmentEvents = define({
  'shipment.created': {
    meaning: 'A label was bought for a shipment.',
    data: shipment.extend({ carrier: code }),
    dataOf: (fact) => ({ ...shipmentOf(fact), carrier: codeOf(fact.carrier) }),
  },
  'shipment.refused': {
    meaning: 'No carrier takes the shipment.',
    data: shipment.extend({ reason: code.describe("the carrier's reason, or `other`") }),
    dataOf: (fact) => ({ ...shipmentOf(fact), reason: codeOf(fact.reason) }),
  },
  'shipment.abandoned': {
    meaning: 'The shipment will not go; the rest of the order does.',
    data: shipment.extend({ amount: amount.describe('what the shipment would have cost') }),
    dataOf: (fact) => ({ ...shipmentOf(fact), amount: amountOf(fact.amount) }),
  },
  'label.voided': ofShipment('The label was given back to the carrier.', 'shipment.created'),
  'shipment.handed_over': ofShipment(
    'The carrier has the parcel: there is no way back, but for a return.',
  ),
  'shipment.scanned': {
    meaning: 'The carrier has seen the parcel.',
    data: shipment.extend({ status: code.describe("the carrier's word for it, or `other`") }),
    dataOf: (fact) => ({ ...shipmentOf(fact), status: codeOf(fact.status) }),
  },
  'shipment.delayed': ofShipment('The parcel is late.'),
  'shipment.exception': ofShipment('The carrier could not deliver the parcel.'),
  'shipment.lost': ofShipment('The parcel is lost, or counts as lost.'),
  'shipment.returned_to_sender': ofShipment(
    'The carrier has brought the parcel back.',
    'shipment.handed_over',
  ),
  'shipment.replaced': {
    meaning: 'The same goods are sent once more, in another shipment.',
    data: shipment.extend({ replacement_id: identifier.describe('the other shipment') }),
    dataOf: (fact) => ({ ...shipmentOf(fact), replacement_id: fact.replacementId }),
  },
  'shipment.delivered': ofShipment('The parcel has arrived.'),
  'address.fix_requested': {
    meaning: 'The customer was asked for an address that the carrier accepts.',
    data: shipment.extend({ until: time }),
    dataOf: (fact) => ({ ...shipmentOf(fact), until: fact.until }),
  },
  'address.changed': bare('The order goes to another address.'),
});
