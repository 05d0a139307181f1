import {
  announced,
  approval,
  arrived,
  charged,
  chargedAndRefunded,
  confirmed,
  deliveredOrder,
  equalParcels,
  equalParcelsPaid,
  packed,
  placed,
  readyToShip,
  refunded,
  reserved,
  scannedDelivered,
  silentHarbor,
} from './described.js';
import type { Example } from './player/example.js';
import type { PlacedOrder } from './player/placed-order.js';

const changedMind = { reason: 'changed my mind', requested_by: 'customer' };
const cancel = (order: PlacedOrder) => order.send('cancel', changedMind);
const cancelTooLate = (order: PlacedOrder) =>
  order.expectRefusal('cancel', changedMind, 'order_not_cancellable');

/** Paid, labelled and announced, and not with the carrier yet. */
const untilReady = [
  'payment.captured',
  'mail.sent',
  'points.awarded',
  'delivery_partner.assigned',
  'confirmation.sent',
  'seller.notified',
];

/** The carrier takes the first parcel, and its message about that gets lost. */
async function leaveUnseen(order: PlacedOrder): Promise<void> {
  await order.fault('carrier', 'webhook', 'lost', { times: 1 });
  await order.scan('in_transit');
}

/** Mails and scans of a parcel whose first scan got lost. */
const broughtUnseen = ['mail.sent shipped', ...scannedDelivered];

/** The carrier gives the parcel back before anything else is compensated. */
const recalled = [
  ...readyToShip,
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
const notifications = [...announced(), 'cancellation.sent'];

const cancelledOrder = {
  status: 'cancelled',
  payment_status: 'refunded',
  fulfillment_status: 'none',
  beside: notifications,
  payments: chargedAndRefunded,
};

export const cancellingExamples: readonly Example[] = [
  {
    name: 'cancelled',
    summary: 'a paid order is cancelled before the carrier has it, and everything is compensated',
    story:
      'The carrier is asked first, and voids the label. Only then the order compensates, the last step first: the money is refunded, points are revoked, the partner is released, the goods are for sale again. The cancel answers when all of this is done.',
    order: silentHarbor,
    until: untilReady,
    steps: cancel,
    expected: {
      ...cancelledOrder,
      line: [...recalled, refunded, ...compensatedAfterRefund, ended],
    },
  },
  {
    name: 'cancelled-too-late',
    summary: 'the carrier has the parcel: the cancel is refused with the reason',
    story:
      'After the hand-over an order cannot be cancelled, only returned. The refusal names the status of the order and the alternatives. The order itself is delivered as usual.',
    until: ['shipment.handed_over'],
    steps: cancelTooLate,
    expected: deliveredOrder(),
  },
  {
    name: 'cancelled-parcel-left',
    summary:
      'the carrier has the parcel and we do not know it: it is asked, and the order is delivered',
    story:
      'The parcel was picked up and the message about it got lost. The cancel is accepted, and the carrier is asked for the parcel before anything is refunded: it has left. So the cancel is refused with the reason, nothing is compensated, and the order is delivered.',
    order: silentHarbor,
    until: untilReady,
    steps: async (order) => {
      await leaveUnseen(order);
      await cancelTooLate(order);
      await order.scan('delivered');
    },
    expected: deliveredOrder({
      line: [
        ...readyToShip,
        'order.cancel_requested customer',
        'order.cancel_refused parcel_left',
        ...arrived,
      ],
      beside: [...announced(), ...broughtUnseen],
    }),
  },
  {
    name: 'cancelled-in-part',
    summary: 'of two parcels one has left: the other is refunded, and the answer says which',
    story:
      'A large order in two parcels of 798.00 EUR, both labelled and paid. One was picked up unseen. The cancel asks the carrier for both: the label of one is void, so its money is refunded and its goods are released; the other has left and is delivered. The answer is 200 with `cancelled_shipments` and `sent_shipments`.',
    order: { ...silentHarbor, ...equalParcels },
    until: ['approval.requested'],
    steps: async (order) => {
      await order.send('approve', approval);
      for (const fact of untilReady) await order.fact(fact);
      await order.fact('payment.captured', 2);
      await leaveUnseen(order);
      await cancel(order);
      await order.fact('shipment.abandoned');
      await order.scan('delivered');
    },
    expected: deliveredOrder({
      payment_status: 'partially_refunded',
      line: [
        ...equalParcelsPaid,
        { sideBySide: [packed('798.00 EUR'), packed('798.00 EUR')] },
        'order.cancel_requested customer',
        'label.voided',
        'order.cancel_refused parcel_left',
        'payment.refunded 798.00 EUR',
        'inventory.parcel_released',
        'shipment.abandoned 798.00 EUR',
        ...arrived,
      ],
      beside: [...announced(1596), 'mail.sent refunded', ...broughtUnseen],
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
    order: { ...silentHarbor, service_level: 'demo' },
    until: untilReady,
    steps: async (order) => {
      await order.fault('payments', 'refund', 'error_500', { for_ms: 120_000 });
      await cancel(order);
      await order.fact('inventory.released');
      await order.resolve('undo_stuck', 'mark_done');
    },
    expected: {
      ...cancelledOrder,
      payment_status: 'captured',
      line: [
        ...recalled,
        { sideBySide: [['attention.raised undo_stuck'], compensatedAfterRefund] },
        'attention.resolved undo_stuck mark_done',
        'undo.settled refundPayment marked_done',
        ended,
      ],
      payments: charged(),
    },
  },
];

const choreographed = { coordination: 'choreographed' };

export const choreographedExamples: readonly Example[] = [
  {
    name: 'choreographed',
    summary: 'the plain order without a workflow: services react to events',
    story:
      'The same facts, mails and payments as in `plain`. Nobody leads: shipping buys the label when the order is confirmed, and payment captures the money when the label is bought, whether the carrier has the parcel by then or not.',
    order: choreographed,
    expected: deliveredOrder({
      line: [
        placed,
        reserved,
        ...confirmed(),
        'shipment.created',
        { sideBySide: [['payment.captured 17.80 EUR'], arrived] },
      ],
    }),
  },
  {
    name: 'choreographed-cancelled',
    summary: 'a paid order without a workflow is cancelled, and each service compensates its part',
    story:
      'The cancel is an event. Shipping, which knows where the parcel is, voids the label and announces the compensation. Then each service compensates its own part, the goods are released after the refund, and the order ends when all services have finished.',
    order: { ...silentHarbor, ...choreographed },
    until: untilReady,
    steps: cancel,
    expected: {
      ...cancelledOrder,
      line: [
        ...recalled,
        {
          sideBySide: [
            [refunded, 'inventory.released'],
            ['points.revoked'],
            ['delivery_partner.released'],
          ],
        },
        ended,
      ],
    },
  },
];
