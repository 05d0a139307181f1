import { z } from 'zod';
import { rejectionReasons } from '../../domain/rejection.js';
import { undoNames } from '../../domain/saga.js';
import { event } from './definition.js';
import {
  amount,
  code,
  count,
  fitLines,
  fits,
  goods,
  identifier,
  isCode,
  leftOut,
  linesOf,
  optionalCode,
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

export const orderEvents = {
  'order.placed': event(
    'An order was accepted; nothing has been set aside or paid for yet.',
    { customer_id: identifier, is_member: z.boolean(), total: amount, ...linesOf(placedLine) },
    { fit: fitPlaced },
  ),
  'order.confirmed': event('The goods are set aside and the money is held: the order is on.'),
  'order.reduced': event(
    'The order goes on with fewer goods, and costs less.',
    {
      dropped: z.array(goods),
      dropped_left_out: leftOut,
      total: amount.describe('what is left to pay'),
    },
    {
      fit: (data) => {
        const { items, leftOut: rest } = whatFits(data.dropped);
        return { ...data, dropped: items, dropped_left_out: rest };
      },
    },
  ),
  'order.repriced': event('The order costs something else, because it goes to another address.', {
    total: amount,
  }),
  'order.delivered': event('Everything that was still on its way has arrived.'),
  'order.returned': event(
    'Everything that was delivered has come back.',
    {},
    {
      reverses: 'order.delivered',
    },
  ),
  'order.cancel_requested': event('Somebody asked to cancel the order, in time.'),
  'order.cancel_refused': event('Somebody asked to cancel the order, too late.', {
    status: code.describe('of the order, which was in the way'),
  }),
  'compensation.started': event('The order starts to undo its steps.', {
    cause: code.describe('`cancelled`, `rejected` or `failed`'),
    undos: z
      .array(z.string())
      .transform((undos) => undos.filter(isCode))
      .optional()
      .describe('what is due, in its order'),
  }),
  'undo.settled': event('An undo was not needed, or a person has resolved it.', {
    undo: z.enum(undoNames),
    result: z.enum(['nothing_to_undo', 'marked_done', 'waived']),
    subject: optionalCode.describe('the shipment that it is about'),
  }),
  'order.cancelled': event(
    'The order was cancelled on request, and all its steps are undone.',
    {},
    { reverses: 'order.placed' },
  ),
  'order.rejected': event(
    'The order was refused for a business reason, and all its steps are undone.',
    {
      reason: z.enum(rejectionReasons),
    },
    { reverses: 'order.placed' },
  ),
  'order.failed': event(
    'The order could not be completed.',
    { step: code.describe('where it ended') },
    { reverses: 'order.placed' },
  ),
};

/** Of a long order the amounts go first: who gets the goods ready needs each line. */
function fitPlaced<Data extends { readonly lines: readonly z.output<typeof placedLine>[] }>(
  data: Data,
) {
  if (fits(data.lines)) return data;
  return fitLines({ ...data, lines: data.lines.map((line) => ({ ...line, amount: undefined })) });
}
