import { z } from 'zod';
import { event } from './definition.js';
import { amount, code, identifier, time } from './members.js';

const payment = { payment_id: identifier.describe("the payment provider's id of the payment") };
const shipment = { shipment_id: identifier.optional().describe('the shipment that it is for') };

export const paymentEvents = {
  'payment.authorized': event("Money is held on the customer's card.", { ...payment, amount }),
  'payment.declined': event("The customer's bank does not hold or give the money.", {
    code: code.describe("the payment provider's reason, or `other`"),
  }),
  'payment.action_required': event('The customer has to confirm the payment to his bank.', {
    ...payment,
    until: time,
  }),
  'payment.action_failed': event('The customer has not confirmed the payment.', {
    ...payment,
    why: code,
  }),
  'payment.method_requested': event('The customer was asked for another payment method.', {
    until: time,
  }),
  'payment.method_changed': event('The order is paid for by another payment method.'),
  'payment.authorization_expired': event(
    'The authorization expired; the money is asked for again.',
    payment,
    { reverses: 'payment.authorized' },
  ),
  'payment.captured': event('Money was taken.', { amount, ...shipment }),
  'payment.voided': event(
    'The authorization was voided.',
    {},
    {
      reverses: 'payment.authorized',
    },
  ),
  'payment.remainder_released': event(
    'The price of a shipment that will not be sent is no longer held.',
    { amount },
    { reverses: 'payment.authorized' },
  ),
  'payment.refunded': event(
    'Money was given back.',
    {
      amount,
      ...shipment,
      return_id: identifier.optional().describe('the return that it is for'),
      payment_id: payment.payment_id.optional(),
    },
    { reverses: 'payment.captured' },
  ),
  'payment.disputed': event('The customer demands the money back through the bank.', {
    dispute_id: identifier.describe("the payment provider's id of the dispute"),
    amount,
  }),
  'payment.late': event(
    'Money came after the order had given up on it, and was returned at once.',
    {
      ...payment,
      settled: z.enum(['voided', 'refunded', 'nothing_to_undo']),
    },
  ),
};
