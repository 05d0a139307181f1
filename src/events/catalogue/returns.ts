import { z } from 'zod';
import { verdicts } from '../../domain/returns.js';
import { event } from './definition.js';
import { code, fitLines, goods, identifier, linesOf, optionalCode } from './members.js';

const itsReturn = { return_id: identifier };
const inspected = goods.extend({ verdict: z.enum(verdicts) });

export const returnEvents = {
  'return.requested': event(
    'The customer wants to send goods back.',
    { ...itsReturn, ...linesOf(goods) },
    { fit: fitLines },
  ),
  'return.approved': event('The goods may come back.', itsReturn),
  'return.refused': event('The goods may not come back.', itsReturn),
  'return.label_created': event('A return label was bought.', {
    ...itsReturn,
    carrier: optionalCode.describe(code.description ?? ''),
  }),
  'return.received': event(
    'The goods have come back, and somebody has looked at them.',
    { ...itsReturn, ...linesOf(inspected) },
    { fit: fitLines },
  ),
  'return.expired': event('The goods did not come back in time.', itsReturn),
  'return.completed': event('The return is complete.', itsReturn),
  'exchange.placed': event('Another order was placed for what came back.', {
    ...itsReturn,
    exchange_order_id: identifier,
  }),
};
