import {
  allTheWay,
  announced,
  arrived,
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
import type { Example } from './player/example.js';
import type { PlacedOrder } from './player/placed-order.js';
import { approval, equalParcels, silentHarbor } from './requests.js';
import type { Shop } from './player/shop.js';

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

/** The carrier takes the first parcel, and its message about that gets lost. */
async function leavesUnseen(shop: Shop, order: PlacedOrder): Promise<void> {
  const fault = { service: 'carrier', operation: 'webhook', kind: 'lost', times: 1 };
  await shop.fault({ ...fault, order_id: order.id });
  await order.scan('in_transit');
}

/** Scans and mails of a parcel whose first scan got lost. */
const broughtUnseen = ['mail.sent shipped', 'shipment.scanned delivered', 'mail.sent delivered'];

/** The carrier gives the parcel back before anything else is taken back. */
const recalled = [
  placed,
  reserved,
  ...confirmed(usual.amount),
  ...packed(usual.amount),
  'order.cancel_requested customer',
  'label.voided',
  'compensation.started cancelled',
];
const takenBackBehindTheRefund = [
  'points.revoked',
  'delivery_partner.released',
  'inventory.released',
];
const ended = 'order.cancelled customer';
const toldAll = [placedMail, ...announced(usual.points), 'cancellation.sent'];

export const cancellingExamples: readonly Example[] = [
  {
    name: 'cancelled',
    summary: 'a paid order is cancelled before the carrier has it, and everything is taken back',
    story:
      'The carrier is asked first, and voids the label. Only then the order compensates, the last step first: the money is refunded, points and partner are taken back, the goods are free. The cancel answers when all of this is done.',
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
      line: [...recalled, `payment.refunded ${usual.amount}`, ...takenBackBehindTheRefund, ended],
      beside: toldAll,
      payments: chargedAndRefunded(usual.amount),
    },
  },
  {
    name: 'cancelled-too-late',
    summary: 'the carrier has the parcel: the cancel is refused with the reason',
    story:
      'From the hand-over on nothing is taken back; a return is what is left. The refusal says where the order stands and what else is possible. The order itself goes on as if nothing had been asked.',
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
    name: 'cancelled-parcel-left',
    summary: 'the carrier has the parcel and we do not know it: it is asked, and the order goes on',
    story:
      'The parcel was picked up and the message about it got lost. The cancel is taken, and the carrier is asked for the parcel before anything is refunded: it has left. So the cancel is refused with the reason, nothing is taken back, and the order goes on to its delivery.',
    play: async (shop) => {
      const order = await shop.place(silentHarbor);
      await isReady(order);
      await leavesUnseen(shop, order);
      await order.isRefused('cancel', changedMind, 'order_not_cancellable');
      await order.scan('delivered');
      return order;
    },
    expected: {
      ...delivered,
      line: [
        placed,
        reserved,
        ...confirmed(usual.amount),
        ...packed(usual.amount),
        'order.cancel_requested customer',
        'order.cancel_refused parcel_left',
        ...arrived,
      ],
      beside: [placedMail, ...announced(usual.points), ...broughtUnseen],
      payments: charged(usual.amount),
    },
  },
  {
    name: 'cancelled-in-part',
    summary: 'of two parcels one has left: the other is refunded, and the answer says which',
    story:
      'A large order in two parcels of 798.00 EUR, both labelled and paid. One was picked up unseen. The cancel asks the carrier for both: the label of one is void, so its money and its goods go back; the other has left and goes on. The answer is 200 with `cancelled_shipments` and `sent_shipments`.',
    play: async (shop) => {
      const order = await shop.place({ ...silentHarbor, ...equalParcels });
      await order.fact('approval.requested');
      await order.tell('approve', approval);
      await isReady(order);
      await order.fact('payment.captured', 2);
      await leavesUnseen(shop, order);
      await order.tell('cancel', changedMind);
      await order.fact('shipment.abandoned');
      await order.scan('delivered');
      return order;
    },
    expected: {
      ...delivered,
      payment_status: 'partially_refunded',
      line: [
        'order.placed 1596.00 EUR',
        'approval.requested large_amount',
        'order.approved ops-7',
        reserved,
        ...confirmed('1596.00 EUR'),
        { sideBySide: [packed('798.00 EUR'), packed('798.00 EUR')] },
        'order.cancel_requested customer',
        'label.voided',
        'order.cancel_refused parcel_left',
        'payment.refunded 798.00 EUR',
        'inventory.parcel_released',
        'shipment.abandoned 798.00 EUR',
        ...arrived,
      ],
      beside: [placedMail, ...announced(1596), 'mail.sent refunded', ...broughtUnseen],
      payments: [
        'authorize 1596.00 EUR',
        'capture 798.00 EUR',
        'capture 798.00 EUR',
        'refund 798.00 EUR',
      ],
    },
  },
  {
    name: 'stuck-refund',
    summary:
      'a refund keeps failing; all else is taken back around it, and a person pays back by hand',
    story:
      'The label is void, so the parcel stays. The provider answers every refund with an error. After 4 seconds (15 minutes in the standard level) it becomes an attention item. The compensations behind it go on, so that the goods are for sale again. The order stays open until a person has refunded: here by a bank transfer, so that the choice is `mark_done`. The provider never made a refund, and its book says so.',
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
        ...recalled,
        'attention.raised undo_stuck',
        ...takenBackBehindTheRefund,
        'attention.resolved undo_stuck mark_done',
        'undo.settled refundPayment marked_done',
        ended,
      ],
      beside: toldAll,
      payments: charged(usual.amount),
    },
  },
];
