import {
  allTheWay,
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
import type { Example } from './example.js';
import type { PlacedOrder } from './placed-order.js';
import { silentHarbor } from './requests.js';

export const changedMind = { reason: 'changed my mind', requested_by: 'customer' };

/** Paid and labelled, everybody told; only the carrier has not got it. */
export async function isReady(order: PlacedOrder): Promise<void> {
  await order.fact('payment.captured');
  await order.fact('mail.sent');
  await order.fact('points.awarded');
  await order.fact('delivery_partner.assigned');
  await order.fact('confirmation.sent');
  await order.fact('seller.notified');
}

const paidFor = [
  placed,
  reserved,
  ...confirmed(usual.amount),
  ...packed(usual.amount),
  'order.cancel_requested customer',
  'compensation.started cancelled',
];
const undoneBehindTheRefund = [
  'label.voided',
  'points.revoked',
  'delivery_partner.released',
  'inventory.released',
];
const ended = 'order.cancelled customer';
const toldAll = [placedMail, ...announced(usual.points), 'cancellation.sent'];

export const cancellingExamples: readonly Example[] = [
  {
    name: 'cancelled',
    summary: 'a paid order is cancelled before the carrier has it, and everything is undone',
    story:
      'The cancel answers when everything is undone: last done, first undone. The money goes back, the label is void, points and partner are taken back, the goods are free.',
    play: async (shop) => {
      const order = await shop.place(silentHarbor);
      await isReady(order);
      await order.tell('cancel', changedMind);
      return order;
    },
    expected: {
      status: 'cancelled',
      payment_status: 'refunded',
      fulfillment_status: 'none',
      line: [...paidFor, `payment.refunded ${usual.amount}`, ...undoneBehindTheRefund, ended],
      beside: toldAll,
      payments: chargedAndRefunded(usual.amount),
    },
  },
  {
    name: 'cancelled-too-late',
    summary: 'the carrier has the parcel: the cancel is refused with the reason',
    story:
      'From the hand-over on there is no undo; a return is what is left. The refusal says where the order stands and what else is possible. The order itself goes on as if nothing had been asked.',
    play: async (shop) => {
      const order = await shop.place();
      await order.fact('shipment.handed_over');
      await order.isRefused('cancel', changedMind, 'order_not_cancellable');
      return order;
    },
    expected: {
      ...delivered,
      line: [placed, ...allTheWay(usual.amount)],
      beside: besideTheUsual(usual.points),
      payments: charged(usual.amount),
    },
  },
  {
    name: 'stuck-refund',
    summary:
      'a refund fails and fails; all else is undone around it, and a person pays back by hand',
    story:
      'The provider answers every refund with an error. After 4 seconds (15 minutes in the standard level) it becomes an attention item. The undos behind it go on, so that the parcel stays and its goods are for sale again. The order stays open until a person settles the refund: here by a bank transfer, so that the choice is `mark_done`. The provider never made a refund, and its book says so.',
    play: async (shop) => {
      const order = await shop.place({ ...silentHarbor, service_level: 'demo' });
      await isReady(order);
      const fault = { service: 'payments', operation: 'refund', kind: 'error_500' };
      await shop.fault({ ...fault, order_id: order.id, for_ms: 120_000 });
      await order.tell('cancel', changedMind);
      await order.fact('inventory.released');
      await order.resolve('undo_stuck', 'mark_done');
      return order;
    },
    expected: {
      status: 'cancelled',
      payment_status: 'captured',
      fulfillment_status: 'none',
      line: [
        ...paidFor,
        'attention.raised undo_stuck',
        ...undoneBehindTheRefund,
        'attention.resolved undo_stuck mark_done',
        'undo.settled refundPayment marked_done',
        ended,
      ],
      beside: toldAll,
      payments: charged(usual.amount),
    },
  },
];
