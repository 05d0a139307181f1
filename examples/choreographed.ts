import {
  announced,
  chargedAndRefunded,
  confirmed,
  deliveredOrder,
  packed,
  placed,
  placedMail,
  reserved,
  usual,
  choreographed,
  silentHarbor,
} from './described.js';
import { changedMind, untilReady } from './cancelling.js';
import type { Example } from './player/example.js';

const paid = [placed, reserved, ...confirmed(usual.amount)];

export const choreographedExamples: readonly Example[] = [
  {
    name: 'choreographed',
    summary: 'the plain order without a workflow: services react to events',
    story:
      'The same facts, mails and payments as in `plain`. Nobody leads: shipping buys the label when the order is confirmed, and payment captures the money when the label is bought, whether the carrier has the parcel by then or not.',
    play: (stack) => stack.place(choreographed),
    expected: deliveredOrder({
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
    }),
  },
  {
    name: 'choreographed-cancelled',
    summary: 'a paid order without a workflow is cancelled, and each service compensates its part',
    story:
      'The cancel is an event. Shipping, which knows where the parcel is, voids the label and announces the compensation. Then each service compensates its own part, the goods are released after the refund, and the order ends when all services have finished.',
    play: async (stack) => {
      const order = await stack.place({ ...silentHarbor, ...choreographed }, ...untilReady);
      await order.send('cancel', changedMind);
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
