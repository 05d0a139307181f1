import { event } from './definition.js';
import { amount, code, identifier, time } from './members.js';

const shipment = { shipment_id: identifier };

export const shipmentEvents = {
  'shipment.created': event('A label was bought for a shipment.', { ...shipment, carrier: code }),
  'shipment.refused': event('No carrier takes the shipment.', {
    ...shipment,
    reason: code.describe("the carrier's reason, or `other`"),
  }),
  'shipment.abandoned': event('The shipment will not go; the rest of the order does.', {
    ...shipment,
    amount: amount.describe('what the shipment would have cost'),
  }),
  'label.voided': event('The label was given back to the carrier.', shipment, {
    reverses: 'shipment.created',
  }),
  'shipment.handed_over': event(
    'The carrier has the parcel: from here only a return undoes it.',
    shipment,
  ),
  'shipment.scanned': event('The carrier has seen the parcel.', {
    ...shipment,
    status: code.describe("the carrier's word for it, or `other`"),
  }),
  'shipment.delayed': event('The parcel is late.', shipment),
  'shipment.exception': event('The carrier could not deliver the parcel.', shipment),
  'shipment.lost': event('The parcel is lost, or counts as lost.', shipment),
  'shipment.returned_to_sender': event('The carrier has brought the parcel back.', shipment, {
    reverses: 'shipment.handed_over',
  }),
  'shipment.replaced': event('The same goods are sent once more, in another shipment.', {
    ...shipment,
    replacement_id: identifier.describe('the other shipment'),
  }),
  'shipment.delivered': event('The parcel has arrived.', shipment),
  'address.fix_requested': event(
    'The customer was asked for an address that the carrier accepts.',
    { ...shipment, until: time },
  ),
  'address.changed': event('The order goes to another address.'),
};
