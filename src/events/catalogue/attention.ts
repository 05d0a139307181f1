import { z } from 'zod';
import { attentionOwners, attentionReasons } from '../../domain/attention.js';
import { define } from './definition.js';
import { amount, amountOf, codeOrNone, identifier } from './members.js';

const choice = z.enum([
  'retry',
  'mark_done',
  'waive',
  'wait',
  'refund',
  'reship',
  'restock_and_refund',
]);

const item = z.object({
  reason: z.enum(attentionReasons),
  subject: identifier.optional().describe('what of the order it is about'),
});

export const attentionEvents = define({
  'attention.raised': {
    meaning: 'The order needs a person.',
    data: item.extend({
      attention_id: identifier.optional(),
      owner: z.enum(attentionOwners).optional().describe('whose work it is'),
      exposure: amount.optional().describe('the money that is at stake'),
      choices: z.array(choice).optional().describe('what the person can do'),
    }),
    dataOf: ({ reason, subject, id, owner, exposure, choices }) => ({
      reason,
      subject: codeOrNone(subject),
      attention_id: id,
      owner,
      exposure: exposure && amountOf(exposure),
      choices: [...choices],
    }),
  },
  'attention.resolved': {
    meaning: 'A person has seen to it, or it needs nobody any more.',
    data: item.extend({
      choice: choice.optional().describe('what the person did; absent when nobody was needed'),
    }),
    dataOf: ({ reason, subject, choice: chosen }) => ({
      reason,
      subject: codeOrNone(subject),
      choice: chosen,
    }),
  },
});
