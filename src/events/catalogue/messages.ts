import { z } from 'zod';
import { bare, define } from './definition.js';
import { code, codeOf, codeOrNone, identifier } from './members.js';

export const messageEvents = define({
  'confirmation.sent': bare('The customer was told that the order is on.'),
  'cancellation.sent': bare('The customer was told that the order is off.', 'confirmation.sent'),
  'mail.sent': {
    meaning: 'The customer was sent a mail.',
    data: z.object({
      template: code,
      subject: identifier.optional().describe('the shipment or return that it is about'),
    }),
    dataOf: ({ template, subject }) => ({
      template: codeOf(template),
      subject: codeOrNone(subject),
    }),
  },
  'seller.notified': {
    meaning: 'The sellers were told what to get ready.',
    data: z.object({ seller_ids: z.array(identifier) }),
    dataOf: ({ sellerIds }) => ({ seller_ids: [...sellerIds] }),
  },
});
