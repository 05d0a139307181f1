import { z } from 'zod';
import { bare, define } from './definition.js';
import { identifier, time } from './members.js';

export const deliveryPartnerEvents = define({
  'delivery_partner.offered': {
    meaning: 'A delivery partner was offered the last mile of the order.',
    data: z.object({ partner_id: identifier, until: time }),
    dataOf: ({ partnerId, until }) => ({ partner_id: partnerId, until }),
  },
  'delivery_partner.declined': {
    meaning: 'A delivery partner does not take the order, or has not answered in time.',
    data: z.object({ partner_id: identifier, why: z.enum(['declined', 'silent']) }),
    dataOf: ({ partnerId, why }) => ({ partner_id: partnerId, why }),
  },
  'delivery_partner.assigned': {
    meaning: 'A delivery partner carries the last mile of the order.',
    data: z.object({
      partner_id: identifier,
      pick_up_from: time.optional(),
      pick_up_until: time.optional(),
    }),
    dataOf: ({ partnerId, pickUpFrom, pickUpUntil }) => ({
      partner_id: partnerId,
      pick_up_from: pickUpFrom,
      pick_up_until: pickUpUntil,
    }),
  },
  'delivery_partner.unavailable': bare('No delivery partner takes the order.'),
  'delivery_partner.released': bare(
    'The delivery partner need not come.',
    'delivery_partner.assigned',
  ),
});
