import { z } from 'zod';
import { bare, define, until } from './definition.js';
import { amount, amountOf, code, codeOf, identifier, time } from './members.js';

const paymentId = identifier.describe("the payment provider's id of the payment");
const shipmentId = identifier.optional().describe('the shipment that it is for');

export const paymentEvents = define({
  'payment.authorized': {
    meaning: "Money is held on the customer's card.",
    data: z.object({ payment_id: paymentId, amount }),
    dataOf: (fact) => ({ payment_id: fact.paymentId, amount: amountOf(fact.amount) }),
  },
  'payment.declined': {
    meaning: "The customer's bank does not hold or give the money.",
    data: z.object({ code: code.describe("the payment provider's reason, or `other`") }),
    dataOf: (fact) => ({ code: codeOf(fact.code) }),
  },
  'payment.action_required': {
    meaning: 'The customer has to confirm the payment to his bank.',
    data: z.object({ payment_id: paymentId, until: time }),
    dataOf: (fact) => ({ payment_id: fact.paymentId, until: fact.until }),
  },
  'payment.action_failed': {
    meaning: 'The customer has not confirmed the payment.',
    data: z.object({ payment_id: paymentId, why: code }),
    dataOf: (fact) => ({ payment_id: fact.paymentId, why: codeOf(fact.why) }),
  },
  'payment.method_requested': until('The customer was asked for another payment method.'),
  'payment.method_changed': bare('The order is paid for by another payment method.'),
  'payment.authorization_expired': {
    meaning: 'The money was held for too long and is held no more; it is asked for again.',
    reverses: 'payment.authorized',
    data: z.object({ payment_id: paymentId }),
    dataOf: (fact) => ({ payment_id: fact.paymentId }),
  },
  'payment.captured': {
    meaning: 'Money was taken.',
    data: z.object({ amount, shipment_id: shipmentId }),
    dataOf: (fact) => ({ amount: amountOf(fact.amount), shipment_id: fact.shipmentId }),
  },
  'payment.voided': bare('No money is held any more.', 'payment.authorized'),
  'payment.remainder_released': {
    meaning: 'What a shipment that will not go would have cost is held no more.',
    reverses: 'payment.authorized',
    data: z.object({ amount }),
    dataOf: (fact) => ({ amount: amountOf(fact.amount) }),
  },
  'payment.refunded': {
    meaning: 'Money was given back.',
    reverses: 'payment.captured',
    data: z.object({
      amount,
      shipment_id: shipmentId,
      return_id: identifier.optional().describe('the return that it is for'),
      payment_id: paymentId.optional(),
    }),
    dataOf: (fact) => ({
      amount: amountOf(fact.amount),
      shipment_id: fact.shipmentId,
      return_id: fact.returnId,
      payment_id: fact.paymentId,
    }),
  },
  'payment.disputed': {
    meaning: 'The customer wants his money back by way of his bank.',
    data: z.object({
      dispute_id: identifier.describe("the payment provider's id of the dispute"),
      amount,
    }),
    dataOf: (fact) => ({ dispute_id: fact.disputeId, amount: amountOf(fact.amount) }),
  },
  'payment.late': {
    meaning: 'Money came after the order had given up on it, and went back at once.',
    data: z.object({
      payment_id: paymentId,
      settled: z.enum(['voided', 'refunded', 'nothing_to_undo']),
    }),
    dataOf: (fact) => ({ payment_id: fact.paymentId, settled: fact.settled }),
  },
});
