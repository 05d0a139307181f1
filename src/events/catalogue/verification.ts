import { z } from 'zod';
import { define } from './definition.js';
import { code, codeOf, count } from './members.js';

export const verificationEvents = define({
  'approval.requested': {
    version: 1,
    meaning: 'A person has to approve the order before it goes on.',
    data: z.object({ reasons: z.array(code).describe('the rules that ask for a person') }),
    dataOf: ({ reasons }) => ({ reasons: reasons.map(codeOf) }),
  },
  'approval.reminded': {
    version: 1,
    meaning: 'The person who has to approve the order was reminded.',
    data: z.object({}),
    dataOf: () => ({}),
  },
  'order.approved': {
    version: 1,
    meaning: 'A person lets the order go on.',
    data: z.object({}),
    dataOf: () => ({}),
  },
  'approval.refused': {
    version: 1,
    meaning: 'A person does not let the order go on.',
    data: z.object({}),
    dataOf: () => ({}),
  },
  'approval.expired': {
    version: 1,
    meaning: 'Nobody approved the order in time.',
    data: z.object({}),
    dataOf: () => ({}),
  },
  'code.sent': {
    version: 1,
    meaning: 'The customer was sent a one-time code.',
    data: z.object({
      channel: z.enum(['email', 'sms']),
      number: z.int().min(1).describe('which one of the codes of this order it is, from 1'),
    }),
    dataOf: ({ channel, number }) => ({ channel, number }),
  },
  'code.refused': {
    version: 1,
    meaning: 'The customer sent a code that is not the right one, or is too old.',
    data: z.object({ why: z.enum(['wrong', 'expired']), tries_left: count }),
    dataOf: ({ why, triesLeft }) => ({ why, tries_left: triesLeft }),
  },
  'code.exhausted': {
    version: 1,
    meaning: 'The customer has no tries left.',
    data: z.object({}),
    dataOf: () => ({}),
  },
  'code.verified': {
    version: 1,
    meaning: 'The customer has confirmed the code.',
    data: z.object({}),
    dataOf: () => ({}),
  },
});
