import { z } from 'zod';
import { verdicts } from '../../domain/returns.js';
import type { ReturnId } from '../../domain/ids.js';
import { define, sharing } from './definition.js';
import { code, codeOrNone, goods, goodsOf, identifier, linesIn, linesThatFit } from './members.js';

const itsReturn = z.object({ return_id: identifier });
const returnOf = ({ returnId }: { readonly returnId: ReturnId }) => ({ return_id: returnId });
const ofReturn = sharing(itsReturn, returnOf);

export const returnEvents = define({
  'return.requested': {
    meaning: 'The customer wants to send goods back.',
    data: itsReturn.extend(linesIn(goods)),
    dataOf: (fact) => ({ ...returnOf(fact), ...linesThatFit(fact.lines.map(goodsOf)) }),
  },
  'return.approved': ofReturn('The goods may come back.'),
  'return.refused': ofReturn('The goods may not come back.'),
  'return.label_created': {
    meaning: 'A label was bought for the way back.',
    data: itsReturn.extend({ carrier: code.optional() }),
    dataOf: (fact) => ({ ...returnOf(fact), carrier: codeOrNone(fact.carrier) }),
  },
  'return.received': {
    meaning: 'The goods have come back, and somebody has looked at them.',
    data: itsReturn.extend(linesIn(goods.extend({ verdict: z.enum(verdicts) }))),
    dataOf: (fact) => ({
      ...returnOf(fact),
      ...linesThatFit(fact.lines.map((line) => ({ ...goodsOf(line), verdict: line.verdict }))),
    }),
  },
  'return.expired': ofReturn('The goods did not come back in time.'),
  'return.completed': ofReturn('The return is settled.'),
  'exchange.placed': {
    meaning: 'Another order was placed for what came back.',
    data: itsReturn.extend({ exchange_order_id: identifier }),
    dataOf: (fact) => ({ ...returnOf(fact), exchange_order_id: fact.exchangeOrderId }),
  },
});
