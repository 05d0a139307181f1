import { z } from 'zod';
import type { PlacedLine } from '../../domain/facts.js';
import { bare, define } from './definition.js';
import {
  amount,
  amountOf,
  code,
  codeOf,
  codeOrNone,
  count,
  goods,
  goodsOf,
  identifier,
  fits,
  leftOut,
  linesIn,
  linesThatFit,
  whatFits,
} from './members.js';

const placedLine = z.object({
  line_number: z.int().min(1),
  sku: z.string(),
  quantity: count,
  seller_id: identifier,
  amount: amount
    .optional()
    .describe('what the units cost, less their share of the discount; left out of long orders'),
});

export const orderEvents = define({
  'order.placed': {
    meaning: 'An order was accepted; nothing has been set aside or paid for yet.',
    data: z.object({
      customer_id: identifier,
      is_member: z.boolean(),
      total: amount,
      ...linesIn(placedLine),
    }),
    dataOf: (fact) => ({
      customer_id: needed(fact.customerId),
      is_member: needed(fact.isMember),
      total: amountOf(fact.total),
      ...placedLines(needed(fact.lines)),
    }),
  },
  'order.confirmed': bare('The goods are set aside and the money is held: the order is on.'),
  'order.reduced': {
    meaning: 'The order goes on with fewer goods, and costs less.',
    data: z.object({
      dropped: z.array(goods),
      dropped_left_out: leftOut,
      total: amount.describe('what is left to pay'),
    }),
    dataOf: ({ dropped, total }) => {
      const { items, leftOut: rest } = whatFits(dropped.map(goodsOf));
      return { dropped: items, dropped_left_out: rest, total: amountOf(total) };
    },
  },
  'order.repriced': {
    meaning: 'The order costs something else, because it goes to another address.',
    data: z.object({ total: amount }),
    dataOf: ({ total }) => ({ total: amountOf(total) }),
  },
  'order.delivered': bare('Everything that was still on its way has arrived.'),
  'order.returned': bare('Everything that was delivered has come back.', 'order.delivered'),
  'order.cancel_requested': bare('Somebody wants the order taken back, and it still can be.'),
  'order.cancel_refused': {
    meaning: 'Somebody wanted the order taken back, too late.',
    data: z.object({ status: code.describe('of the order, which was in the way') }),
    dataOf: ({ status }) => ({ status: codeOf(status) }),
  },
  'compensation.started': {
    meaning: 'The order takes back what it did.',
    data: z.object({
      cause: code.describe('`cancelled`, `rejected` or `failed`'),
      undos: z.array(z.string()).optional().describe('what is due, in its order'),
    }),
    dataOf: ({ cause, undos }) => ({
      cause: codeOf(cause),
      undos: undos.flatMap((undo) => codeOrNone(undo) ?? []),
    }),
  },
  'undo.settled': {
    meaning: 'Something need not be taken back, or a person has seen to it.',
    data: z.object({
      undo: z.enum([
        'releaseInventory',
        'voidAuthorization',
        'releaseDeliveryPartner',
        'revokePoints',
        'voidLabel',
        'refundPayment',
      ]),
      result: z.enum(['nothing_to_undo', 'marked_done', 'waived']),
      subject: identifier.optional().describe('the shipment that it is about'),
    }),
    dataOf: ({ undo, result, subject }) => ({ undo, result, subject: codeOrNone(subject) }),
  },
  'order.cancelled': bare(
    'The order was taken back because somebody wanted it so; nothing of it is left.',
    'order.placed',
  ),
  'order.rejected': {
    meaning: 'The order cannot be served for a reason of business; nothing of it is left.',
    reverses: 'order.placed',
    data: z.object({
      reason: z.enum([
        'out_of_stock',
        'payment_declined',
        'payment_not_confirmed',
        'not_shippable',
        'not_approved',
        'approval_expired',
        'code_not_confirmed',
      ]),
    }),
    dataOf: ({ reason }) => ({ reason }),
  },
  'order.failed': {
    meaning: 'The order could not be brought to its end, and is over.',
    reverses: 'order.placed',
    data: z.object({ step: code.describe('where it ended') }),
    dataOf: ({ step }) => ({ step: codeOf(step) }),
  },
});

/** Facts of the first releases lack it; the outbox never has one of these. */
function needed<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new TypeError('The fact does not say what was ordered');
  return value;
}

/** Of a long order the amounts go first: who gets the goods ready needs each line. */
function placedLines(lines: readonly PlacedLine[]) {
  const whole = lines.map((line) => ({ ...lineOf(line), amount: amountOf(line.amount) }));
  if (fits(whole)) return { lines: whole };
  return linesThatFit(lines.map(lineOf));
}

const lineOf = ({ lineNumber, sku, quantity, sellerId }: PlacedLine) => ({
  line_number: lineNumber,
  sku,
  quantity,
  seller_id: sellerId,
});
