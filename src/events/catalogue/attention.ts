import { z } from 'zod';
import { attentionOwners, attentionReasons } from '../../domain/attention.js';
import { event } from './definition.js';
import { amount, identifier, optionalCode } from './members.js';

const choice = z.enum([
  'retry',
  'mark_done',
  'waive',
  'wait',
  'refund',
  'reship',
  'restock_and_refund',
]);

const item = {
  reason: z.enum(attentionReasons),
  subject: optionalCode.describe('what of the order it is about'),
};

export const attentionEvents = {
  'attention.raised': event('The order needs a person.', {
    ...item,
    attention_id: identifier.optional(),
    owner: z.enum(attentionOwners).optional().describe('whose work it is'),
    exposure: amount.optional().describe('the money that is at stake'),
    choices: z.array(choice).optional().describe('what the person can do'),
  }),
  'attention.resolved': event('A person has resolved it, or no person is needed any more.', {
    ...item,
    choice: choice.optional().describe('what the person did; absent when nobody was needed'),
  }),
};
