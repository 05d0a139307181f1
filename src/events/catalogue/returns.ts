import { z } from 'zod';
import { verdicts } from '../../domain/returns.js';
import type { ReturnId } from '../../domain/ids.js';
import { define } from './definition.js';
import { code, codeOrNone, goods, goodsOf, identifier } from './members.js';
import { leftOut, whatFits } from './size.js';

const ofReturn = z.object({ return_id: identifier });
const returnOf = ({ returnId }: { readonly returnId: ReturnId }) => ({ return_id: returnId });

export const returnEvents = define({
  'return.requested': {
    version: 1,
    meaning: 'The customer wants to send goods back.',
    data: ofReturn.extend({ lines: z.array(goods), lines_left_out: leftOut }),
    dataOf: (fact) => {
      const { items, leftOut: rest } = whatFits(fact.lines.map(goodsOf));
      return { ...returnOf(fact), lines: items, lines_left_out: rest };
    },
  },
  'return.approved': {
    version: 1,
    meaning: 'The goods may come back.',
    data: ofReturn,
    dataOf: returnOf,
  },
  'return.refused': {
    version: 1,
    meaning: 'The goods may not come back.',
    data: ofReturn,
    dataOf: returnOf,
  },
  'return.label_created': {
    version: 1,
    meaning: 'A label was bought for the way back.',
    data: ofReturn.extend({ carrier: code.optional() }),
    dataOf: (fact) => ({ ...returnOf(fact), carrier: codeOrNone(fact.carrier) }),
  },
  'return.received': {
    version: 1,
    meaning: 'The goods have come back, and somebody has looked at them.',
    data: ofReturn.extend({
      lines: z.array(goods.extend({ verdict: z.enum(verdicts) })),
      lines_left_out: leftOut,
    }),
    dataOf: (fact) => {
      const looked = fact.lines.map((line) => ({ ...goodsOf(line), verdict: line.verdict }));
      const { items, leftOut: rest } = whatFits(looked);
      return { ...returnOf(fact), lines: items, lines_left_out: rest };
    },
  },
  'return.expired': {
    version: 1,
    meaning: 'The goods did not come back in time.',
    data: ofReturn,
    dataOf: returnOf,
  },
  'return.completed': {
    version: 1,
    meaning: 'The return is settled.',
    data: ofReturn,
    dataOf: returnOf,
  },
  'exchange.placed': {
    version: 1,
    meaning: 'Another order was placed for what came back.',
    data: ofReturn.extend({ exchange_order_id: identifier }),
    dataOf: (fact) => ({ ...returnOf(fact), exchange_order_id: fact.exchangeOrderId }),
  },
});
