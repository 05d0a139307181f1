import { z } from 'zod';
import { bare, define } from './definition.js';
import { code, codeOf, count } from './members.js';

export const verificationEvents = define({
  'approval.requested': {
    meaning: 'A person has to approve the order before it goes on.',
    data: z.object({ reasons: z.array(code).describe('the rules that ask for a person') }),
    dataOf: ({ reasons }) => ({ reasons: reasons.map(codeOf) }),
  },
  'approval.reminded': bare('The person who has to approve the order was reminded.'),
  'order.approved': bare('A person lets the order go on.'),
  'approval.refused': bare('A person does not let the order go on.'),
  'approval.expired': bare('Nobody approved the order in time.'),
  'code.sent': {
    meaning: 'The customer was sent a one-time code.',
    data: z.object({
      channel: z.enum(['email', 'sms']),
      number: z.int().min(1).describe('which one of the codes of this order it is, from 1'),
    }),
    dataOf: ({ channel, number }) => ({ channel, number }),
  },
  'code.refused': {
    meaning: 'The customer sent a code that is not the right one, or is too old.',
    data: z.object({ why: z.enum(['wrong', 'expired']), tries_left: count }),
    dataOf: ({ why, triesLeft }) => ({ why, tries_left: triesLeft }),
  },
  'code.exhausted': bare('The customer has no tries left.'),
  'code.verified': bare('The customer has confirmed the code.'),
});
