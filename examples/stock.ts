import {
  allTheWay,
  besideTheUsual,
  charged,
  delivered,
  placedMail,
  rejectedUnpaid,
  reserved,
  usual,
} from './described.js';
import type { Example } from './player/example.js';
import type { Shop } from './player/shop.js';

/** Comes into the catalogue without stock. */
const scarceSku = 'CUP-080';

/** One more than there is, so that an earlier run that was broken off does no harm. */
const tooMany = async (shop: Shop) => ({
  sku: scarceSku,
  quantity: (await shop.freeStock(scarceSku)) + 1,
});

const [, ...afterTheStock] = allTheWay(usual.amount);
const withoutTheCup = [reserved, `order.reduced ${usual.amount}`, ...afterTheStock];

export const stockExamples: readonly Example[] = [
  {
    name: 'shortage-cancel',
    summary: 'goods are missing, and the order ends before any money moves',
    story:
      '`CUP-080` is sold and never in stock. The order has the policy `cancel`, so it ends at once.',
    play: async (shop) => shop.place({ lines: [await tooMany(shop)] }),
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
    play: async (shop) =>
      shop.place({
        lines: [{ sku: 'TEA-100', quantity: 2 }, await tooMany(shop)],
        shortage_policy: 'ship_available',
      }),
    expected: {
      ...delivered,
      line: ['order.placed 22.80 EUR', 'inventory.short', ...withoutTheCup],
      beside: [...besideTheUsual(usual.points), 'mail.sent order_reduced'],
      payments: charged(usual.amount),
    },
  },
  {
    name: 'shortage-question',
    summary: 'goods are missing, and the customer decides',
    story:
      'The order has the policy `ask`. The customer gets a mail, a reminder after 2 seconds (24 hours in the standard level), and then decides `ship_available`. Without an answer the order would be cancelled.',
    play: async (shop) => {
      const order = await shop.place({
        lines: [{ sku: 'TEA-100', quantity: 2 }, await tooMany(shop)],
        shortage_policy: 'ask',
        service_level: 'demo',
      });
      await order.fact('shortage.reminded');
      await order.tell('decide', { decision: 'ship_available', by: 'customer' });
      return order;
    },
    expected: {
      ...delivered,
      line: [
        'order.placed 22.80 EUR',
        'inventory.short',
        'shortage.asked',
        'shortage.reminded',
        'shortage.decided ship_available',
        ...withoutTheCup,
      ],
      beside: [
        ...besideTheUsual(usual.points),
        'mail.sent shortage_question',
        'mail.sent shortage_reminder',
        'mail.sent order_reduced',
      ],
      payments: charged(usual.amount),
    },
  },
  {
    name: 'backorder',
    summary: 'goods are missing, the order waits, and goods that come in wake it',
    story:
      'The order has the policy `wait`. Goods that come in go to the orders that wait, in the order in which they came; this one is woken and goes on.',
    play: async (shop) => {
      const order = await shop.place({ lines: [await tooMany(shop)], shortage_policy: 'wait' });
      await order.fact('inventory.backordered');
      await shop.receive(scarceSku, 1);
      return order;
    },
    expected: {
      ...delivered,
      line: [
        'order.placed 5.00 EUR',
        'inventory.short',
        'inventory.backordered',
        ...allTheWay('5.00 EUR'),
      ],
      beside: [...besideTheUsual(5), 'mail.sent backordered'],
      payments: charged('5.00 EUR'),
    },
  },
];
