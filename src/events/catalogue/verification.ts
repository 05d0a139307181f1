import { z } from 'zod';
import { event } from './definition.js';
import { code, count } from './members.js';

export const verificationEvents = {
  'approval.requested': event('A person has to approve the order before it goes on.', {
    reasons: z.array(code).describe('the rules that ask for a person'),
  }),
  'approval.reminded': event('The person who has to approve the order was reminded.'),
  'order.approved': event('A person lets the order go on.'),
  'approval.refused': event('A person does not let the order go on.'),
  'approval.expired': event('Nobody approved the order in time.'),
  'code.sent': event('The customer was sent a one-time code.', {
    channel: z.enum(['email', 'sms']),
    number: z.int().min(1).describe('which one of the codes of this order it is, from 1'),
  }),
  'code.refused': event('The customer sent a code that is not the right one, or is too old.', {
    why: z.enum(['wrong', 'expired']),
    tries_left: count,
  }),
  'code.exhausted': event('The customer has no tries left.'),
  'code.verified': event('The customer has confirmed the code.'),
};
