import { allTheWay, deliveredOrder, placedMail, rejectedUnpaid, reserved } from './described.js';
import type { Example } from './player/example.js';
import type { StackClient } from './player/stack-client.js';

/** Comes into the catalogue without stock. */
const scarceSku = 'CUP-080';

/** One more than there is, so that an earlier run that was broken off does no harm. */
const tooMany = async (stack: StackClient) => ({
  sku: scarceSku,
  quantity: (await stack.freeStock(scarceSku)) + 1,
});

const teaAndCup = async (stack: StackClient) => ({
  lines: [{ sku: 'TEA-100', quantity: 2 }, await tooMany(stack)],
});

const shortTeaAndCup = ['order.placed 22.80 EUR', 'inventory.short'];
const [, ...afterTheStock] = allTheWay();
const withoutTheCup = [reserved, 'order.reduced 17.80 EUR', ...afterTheStock];

export const stockExamples: readonly Example[] = [
  {
    name: 'shortage-cancel',
    summary: 'goods are missing, and the order ends before any money moves',
    story:
      '`CUP-080` is sold and never in stock. The order has the policy `cancel`, so it ends at once.',
    order: async (stack) => ({ lines: [await tooMany(stack)] }),
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
    order: async (stack) => ({ ...(await teaAndCup(stack)), shortage_policy: 'ship_available' }),
    expected: deliveredOrder({
      line: [...shortTeaAndCup, ...withoutTheCup],
      alsoBeside: ['mail.sent order_reduced'],
    }),
  },
  {
    name: 'shortage-question',
    summary: 'goods are missing, and the customer decides',
    story:
      'The order has the policy `ask`. The customer gets a mail, a reminder after 2 seconds (24 hours in the standard level), and then decides `ship_available`. Without an answer the order would be cancelled.',
    order: async (stack) => ({
      ...(await teaAndCup(stack)),
      shortage_policy: 'ask',
      service_level: 'demo',
    }),
    until: ['shortage.reminded'],
    steps: (order) => order.send('decide', { decision: 'ship_available', by: 'customer' }),
    expected: deliveredOrder({
      line: [
        ...shortTeaAndCup,
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
    order: async (stack) => ({ lines: [await tooMany(stack)], shortage_policy: 'wait' }),
    until: ['inventory.backordered'],
    steps: ({ stack }) => stack.receive(scarceSku, 1),
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
