import {
  announced,
  besideTheUsual,
  charged,
  chargedAndRefunded,
  confirmed,
  delivered,
  packed,
  placed,
  placedMail,
  reserved,
  usual,
} from './described.js';
import { changedMind, isReady } from './cancelling.js';
import type { Example } from './player/example.js';
import { choreographed, silentHarbor } from './requests.js';

const paid = [placed, reserved, ...confirmed(usual.amount)];

export const choreographedExamples: readonly Example[] = [
  {
    name: 'choreographed',
    summary: 'the plain order without a workflow: services hear of events and do their part',
    story:
      'The same facts, mails and payments as in `plain`. Nobody leads: shipping buys the label when it hears that the order is confirmed, payment takes the money when it hears of the label, whether the carrier has the parcel by then or not.',
    play: (shop) => shop.place(choreographed),
    expected: {
      ...delivered,
      line: [
        ...paid,
        'shipment.created',
        {
          sideBySide: [
            [`payment.captured ${usual.amount}`],
            ['shipment.handed_over', 'shipment.delivered', 'order.delivered'],
          ],
        },
      ],
      beside: besideTheUsual(usual.points),
      payments: charged(usual.amount),
    },
  },
  {
    name: 'choreographed-cancelled',
    summary: 'a paid order without a workflow is cancelled, and each service takes its part back',
    story:
      'The cancel is an event. Shipping, which knows where the parcel is, takes the label back and says that the order goes back; then each service undoes its own part, the goods go back after the money, and the order ends when everybody is through.',
    play: async (shop) => {
      const order = await shop.place({ ...silentHarbor, ...choreographed });
      await isReady(order);
      await order.tell('cancel', changedMind);
      return order;
    },
    expected: {
      status: 'cancelled',
      payment_status: 'refunded',
      fulfillment_status: 'none',
      line: [
        ...paid,
        ...packed(usual.amount),
        'order.cancel_requested customer',
        'label.voided',
        'compensation.started cancelled',
        {
          sideBySide: [
            [`payment.refunded ${usual.amount}`, 'inventory.released'],
            ['points.revoked'],
            ['delivery_partner.released'],
          ],
        },
        'order.cancelled customer',
      ],
      beside: [placedMail, ...announced(usual.points), 'cancellation.sent'],
      payments: chargedAndRefunded(usual.amount),
    },
  },
];
