import {
  address,
  announced,
  arrived,
  chargedAndRefunded,
  deliveredOrder,
  readyToShip,
  refunded,
  scannedDelivered,
  silentHarbor,
  takenAlong,
} from './described.js';
import type { Example } from './player/example.js';

const nothingArrived = ['points.revoked', 'order.failed delivery'];
const lostAndRefunded = ['shipment.lost', refunded, ...nothingArrived];

/** An order of which nothing arrived, and which was paid back. */
const failedAndRefunded = (fulfillment: 'lost' | 'returned') => ({
  status: 'failed',
  payment_status: 'refunded',
  fulfillment_status: fulfillment,
  payments: chargedAndRefunded,
});

export const deliveryExamples: readonly Example[] = [
  {
    name: 'plain',
    summary: 'an order from placed to delivered',
    story:
      'Nothing goes wrong: stock, payment, label, capture, hand-over, delivery. Notifications are sent beside the main line.',
    expected: deliveredOrder(),
  },
  {
    name: 'late-parcel',
    summary:
      'the carrier does not get the parcel: the buyer gets a mail, then the warehouse is asked',
    story:
      'Two packets wait for the carrier. After 3 seconds (48 hours in the standard level) the buyer gets a mail, after 6 a person in the warehouse is asked. Then the carrier has it after all, and the item closes by itself.',
    order: { ...silentHarbor, service_level: 'demo' },
    until: ['attention.raised'],
    steps: async (order) => {
      await order.scan('in_transit');
      await order.fact('shipment.handed_over');
      await order.scan('delivered');
    },
    expected: deliveredOrder({
      line: [
        ...readyToShip,
        'shipment.delayed',
        'attention.raised not_handed_over',
        'attention.resolved not_handed_over',
        ...arrived,
      ],
      beside: [...announced(), 'mail.sent delayed', ...takenAlong, ...scannedDelivered],
    }),
  },
  {
    name: 'silent-parcel',
    summary: 'the carrier has the parcel and says nothing: after 20 seconds it counts as lost',
    story:
      'The carrier takes the parcel and reports nothing more. The buyer gets a mail, a person is asked, nobody decides, and in the end the parcel counts as lost and is refunded. A person could have chosen otherwise: `wait`, `refund` or `reship`.',
    order: { ...silentHarbor, service_level: 'demo' },
    until: ['payment.captured'],
    steps: (order) => order.scan('in_transit'),
    expected: {
      ...failedAndRefunded('lost'),
      line: [
        ...readyToShip,
        'shipment.handed_over',
        'shipment.delayed',
        'attention.raised not_delivered',
        'attention.resolved not_delivered',
        ...lostAndRefunded,
      ],
      beside: [...announced(), ...takenAlong, 'mail.sent delayed', 'mail.sent parcel_lost'],
    },
  },
  {
    name: 'lost-parcel-refunded',
    summary: 'a parcel gets lost, and its money is refunded',
    story:
      'The carrier says that the parcel is lost. The order has the policy `refund`, so the money is refunded and the points are revoked at once. Nothing arrived: the order has failed.',
    order: address({ city: 'Lost Valley' }),
    expected: {
      ...failedAndRefunded('lost'),
      line: [...readyToShip, 'shipment.handed_over', ...lostAndRefunded],
      beside: [...announced(), ...takenAlong, 'shipment.scanned failure', 'mail.sent parcel_lost'],
    },
  },
  {
    name: 'lost-parcel-reshipped',
    summary: 'a parcel gets lost, and the goods are sent once more',
    story:
      "The order has the policy `reship`: goods are reserved once more and sent under a second label, at the seller's cost. The customer pays once.",
    order: { ...silentHarbor, lost_parcel_policy: 'reship' },
    until: ['payment.captured'],
    steps: async (order) => {
      await order.scan('in_transit');
      await order.fact('shipment.handed_over');
      await order.scan('lost');
      await order.fact('shipment.replaced');
      await order.scan('in_transit', 1);
      await order.fact('shipment.handed_over', 2);
      await order.scan('delivered', 1);
    },
    expected: deliveredOrder({
      line: [
        ...readyToShip,
        'shipment.handed_over',
        'shipment.lost',
        'shipment.created',
        'shipment.replaced',
        ...arrived,
      ],
      beside: [
        ...announced(),
        ...takenAlong,
        'shipment.scanned failure',
        'mail.sent parcel_lost',
        ...takenAlong,
        ...scannedDelivered,
      ],
    }),
  },
  {
    name: 'returned-to-sender',
    summary: 'a parcel comes back, and a person inspects the goods and refunds them',
    story:
      'The parcel could not be delivered and comes back. Only a person can say what the goods are worth now; this one puts them on sale again and refunds the order.',
    order: address({ city: 'Return Bay' }),
    steps: (order) => order.resolve('parcel_returned', 'restock_and_refund'),
    expected: {
      ...failedAndRefunded('returned'),
      line: [
        ...readyToShip,
        'shipment.handed_over',
        'shipment.returned_to_sender',
        'attention.raised parcel_returned',
        'attention.resolved parcel_returned restock_and_refund',
        'inventory.restocked',
        refunded,
        ...nothingArrived,
      ],
      beside: [
        ...announced(),
        ...takenAlong,
        'shipment.scanned return_to_sender',
        'mail.sent refunded',
      ],
    },
  },
];
