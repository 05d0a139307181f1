import { z } from 'zod';
import { event } from './definition.js';
import { code, count, identifier, optionalCode, time } from './members.js';

const partner = { partner_id: identifier };

/** Mails, sellers, delivery partners and points: none of them rolls an order back. */
export const sideEvents = {
  'confirmation.sent': event('The customer was told that the order is on.'),
  'cancellation.sent': event(
    'The customer was told that the order is off.',
    {},
    {
      reverses: 'confirmation.sent',
    },
  ),
  'mail.sent': event('The customer was sent a mail.', {
    template: code,
    subject: optionalCode.describe('the shipment or return that it is about'),
  }),
  'seller.notified': event('The sellers were told what to get ready.', {
    seller_ids: z.array(identifier),
  }),
  'delivery_partner.offered': event('A delivery partner was offered the last mile of the order.', {
    ...partner,
    until: time,
  }),
  'delivery_partner.declined': event(
    'A delivery partner does not take the order, or has not answered in time.',
    { ...partner, why: z.enum(['declined', 'silent']) },
  ),
  'delivery_partner.assigned': event('A delivery partner carries the last mile of the order.', {
    ...partner,
    pick_up_from: time.optional(),
    pick_up_until: time.optional(),
  }),
  'delivery_partner.unavailable': event('No delivery partner takes the order.'),
  'delivery_partner.released': event(
    'The delivery partner need not come.',
    {},
    {
      reverses: 'delivery_partner.assigned',
    },
  ),
  'points.awarded': event('A member was given points for the order.', { points: count }),
  'points.revoked': event(
    'Points for the order were taken back.',
    {
      points: count.optional().describe('how many; absent when it was all of them'),
      return_id: identifier.optional().describe('the return that it is for'),
    },
    { reverses: 'points.awarded' },
  ),
};
