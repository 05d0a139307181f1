import {
  announced,
  arrived,
  charged,
  chargedAndRefunded,
  confirmed,
  deliveredOrder,
  packed,
  placed,
  placedMail,
  reserved,
  usual,
  approval,
  equalParcels,
  silentHarbor,
} from './described.js';
import type { Example } from './player/example.js';
import type { PlacedOrder } from './player/placed-order.js';
import type { StackClient } from './player/stack-client.js';

export const changedMind = { reason: 'changed my mind', requested_by: 'customer' };

/** Paid, labelled and announced, and not with the carrier yet. */
export const untilReady = [
  'payment.captured',
  'mail.sent',
  'points.awarded',
  'delivery_partner.assigned',
  'confirmation.sent',
  'seller.notified',
] as const;

/** The carrier takes the first parcel, and its message about that gets lost. */
async function leaveUnseen(stack: StackClient, order: PlacedOrder): Promise<void> {
  const fault = { service: 'carrier', operation: 'webhook', kind: 'lost', times: 1 };
  await stack.fault({ ...fault, order_id: order.id });
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
const compensatedAfterRefund = [
  'points.revoked',
  'delivery_partner.released',
  'inventory.released',
];
const ended = 'order.cancelled customer';
const notifications = [placedMail, ...announced(usual.points), 'cancellation.sent'];

export const cancellingExamples: readonly Example[] = [
  {
    name: 'cancelled',
    summary: 'a paid order is cancelled before the carrier has it, and everything is compensated',
    story:
      'The carrier is asked first, and voids the label. Only then the order compensates, the last step first: the money is refunded, points are revoked, the partner is released, the goods are for sale again. The cancel answers when all of this is done.',
    play: async (stack) => {
      const order = await stack.place(silentHarbor, ...untilReady);
      await order.send('cancel', changedMind);
      return order;
    },
    expected: {
      status: 'cancelled',
      payment_status: 'refunded',
      fulfillment_status: 'none',
      line: [...recalled, `payment.refunded ${usual.amount}`, ...compensatedAfterRefund, ended],
      beside: notifications,
      payments: chargedAndRefunded(usual.amount),
    },
  },
  {
    name: 'cancelled-too-late',
    summary: 'the carrier has the parcel: the cancel is refused with the reason',
    story:
      'After the hand-over an order cannot be cancelled, only returned. The refusal names the status of the order and the alternatives. The order itself is delivered as usual.',
    play: async (stack) => {
      const order = await stack.place({}, 'shipment.handed_over');
      await order.expectRefusal('cancel', changedMind, 'order_not_cancellable');
      return order;
    },
    expected: deliveredOrder(),
  },
  {
    name: 'cancelled-parcel-left',
    summary:
      'the carrier has the parcel and we do not know it: it is asked, and the order is delivered',
    story:
      'The parcel was picked up and the message about it got lost. The cancel is accepted, and the carrier is asked for the parcel before anything is refunded: it has left. So the cancel is refused with the reason, nothing is compensated, and the order is delivered.',
    play: async (stack) => {
      const order = await stack.place(silentHarbor, ...untilReady);
      await leaveUnseen(stack, order);
      await order.expectRefusal('cancel', changedMind, 'order_not_cancellable');
      await order.scan('delivered');
      return order;
    },
    expected: deliveredOrder({
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
    }),
  },
  {
    name: 'cancelled-in-part',
    summary: 'of two parcels one has left: the other is refunded, and the answer says which',
    story:
      'A large order in two parcels of 798.00 EUR, both labelled and paid. One was picked up unseen. The cancel asks the carrier for both: the label of one is void, so its money is refunded and its goods are released; the other has left and is delivered. The answer is 200 with `cancelled_shipments` and `sent_shipments`.',
    play: async (stack) => {
      const order = await stack.place({ ...silentHarbor, ...equalParcels }, 'approval.requested');
      await order.send('approve', approval);
      for (const fact of untilReady) await order.fact(fact);
      await order.fact('payment.captured', 2);
      await leaveUnseen(stack, order);
      await order.send('cancel', changedMind);
      await order.fact('shipment.abandoned');
      await order.scan('delivered');
      return order;
    },
    expected: deliveredOrder({
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
    }),
  },
  {
    name: 'stuck-refund',
    summary: 'a refund keeps failing; everything else is compensated, and a person refunds by hand',
    story:
      'The label is void, so the parcel stays. The provider answers every refund with an error. After 4 seconds (15 minutes in the standard level) it becomes an attention item. The compensations behind it go on, so that the goods are for sale again. The order stays open until a person has refunded: here by a bank transfer, so that the choice is `mark_done`. The provider never made a refund, and its ledger says so.',
    play: async (stack) => {
      const order = await stack.place({ ...silentHarbor, service_level: 'demo' }, ...untilReady);
      const fault = { service: 'payments', operation: 'refund', kind: 'error_500' };
      await stack.fault({ ...fault, order_id: order.id, for_ms: 120_000 });
      await order.send('cancel', changedMind);
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
        { sideBySide: [['attention.raised undo_stuck'], compensatedAfterRefund] },
        'attention.resolved undo_stuck mark_done',
        'undo.settled refundPayment marked_done',
        ended,
      ],
      beside: notifications,
      payments: charged(usual.amount),
    },
  },
];
