import {
  allTheWay,
  deliveredOrder,
  placedMail,
  rejectedUnpaid,
  reserved,
  usual,
} from './described.js';
import type { Example } from './player/example.js';
import type { StackClient } from './player/stack-client.js';

/** Comes into the catalogue without stock. */
const scarceSku = 'CUP-080';

/** One more than there is, so that an earlier run that was broken off does no harm. */
const tooMany = async (stack: StackClient) => ({
  sku: scarceSku,
  quantity: (await stack.freeStock(scarceSku)) + 1,
});

const [, ...afterTheStock] = allTheWay(usual.amount);
const withoutTheCup = [reserved, `order.reduced ${usual.amount}`, ...afterTheStock];

export const stockExamples: readonly Example[] = [
  {
    name: 'shortage-cancel',
    summary: 'goods are missing, and the order ends before any money moves',
    story:
      '`CUP-080` is sold and never in stock. The order has the policy `cancel`, so it ends at once.',
    play: async (stack) => stack.place({ lines: [await tooMany(stack)] }),
    expected: {
      ...rejectedUnpaid,
      line: ['order.placed 5.00 EUR', 'inventory.short', 'order.rejected out_of_stock'],
      beside: ['cancellation.sent'],
      maybe: [placedMail],
    },
  },
  {
    name: 'shortage-ship-available',
    summary: 'goods are missing, and the rest is sent and paid',
    story:
      'The order has the policy `ship_available`. Tea is there and the cup is not. The cup is dropped, the total goes down before the card is asked, and the tea is sent.',
    play: async (stack) =>
      stack.place({
        lines: [{ sku: 'TEA-100', quantity: 2 }, await tooMany(stack)],
        shortage_policy: 'ship_available',
      }),
    expected: deliveredOrder({
      line: ['order.placed 22.80 EUR', 'inventory.short', ...withoutTheCup],
      alsoBeside: ['mail.sent order_reduced'],
    }),
  },
  {
    name: 'shortage-question',
    summary: 'goods are missing, and the customer decides',
    story:
      'The order has the policy `ask`. The customer gets a mail, a reminder after 2 seconds (24 hours in the standard level), and then decides `ship_available`. Without an answer the order would be cancelled.',
    play: async (stack) => {
      const order = await stack.place(
        {
          lines: [{ sku: 'TEA-100', quantity: 2 }, await tooMany(stack)],
          shortage_policy: 'ask',
          service_level: 'demo',
        },
        'shortage.reminded',
      );
      await order.send('decide', { decision: 'ship_available', by: 'customer' });
      return order;
    },
    expected: deliveredOrder({
      line: [
        'order.placed 22.80 EUR',
        'inventory.short',
        'shortage.asked',
        'shortage.reminded',
        'shortage.decided ship_available',
        ...withoutTheCup,
      ],
      alsoBeside: [
        'mail.sent shortage_question',
        'mail.sent shortage_reminder',
        'mail.sent order_reduced',
      ],
    }),
  },
  {
    name: 'backorder',
    summary: 'goods are missing, the order waits, and continues when goods arrive',
    story:
      'The order has the policy `wait`. Goods that arrive go to the waiting orders, first come first served; this order continues then.',
    play: async (stack) => {
      const order = await stack.place(
        { lines: [await tooMany(stack)], shortage_policy: 'wait' },
        'inventory.backordered',
      );
      await stack.receive(scarceSku, 1);
      return order;
    },
    expected: deliveredOrder({
      amount: '5.00 EUR',
      points: 5,
      line: [
        'order.placed 5.00 EUR',
        'inventory.short',
        'inventory.backordered',
        ...allTheWay('5.00 EUR'),
      ],
      alsoBeside: ['mail.sent backordered'],
    }),
  },
];
