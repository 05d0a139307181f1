import {
  allTheWay,
  announced,
  arrived,
  besideTheUsual,
  charged,
  chargedAndRefunded,
  confirmed,
  delivered,
  failedAndRefunded,
  packed,
  placed,
  placedMail,
  reserved,
  takenAlong,
  usual,
} from './described.js';
import type { Example } from './player/example.js';
import { address, silentHarbor } from './requests.js';

const readyToGo = [placed, reserved, ...confirmed(usual.amount), ...packed(usual.amount)];
const toldBefore = [placedMail, ...announced(usual.points)];
const nothingArrived = ['points.revoked', 'order.failed delivery'];
const lostAndRefunded = ['shipment.lost', `payment.refunded ${usual.amount}`, ...nothingArrived];

export const deliveryExamples: readonly Example[] = [
  {
    name: 'plain',
    summary: 'an order from placed to delivered',
    story:
      'Nothing goes wrong: stock, payment, label, capture, hand-over, delivery. Beside the main line everybody who must know is told.',
    play: (shop) => shop.place(),
    expected: {
      ...delivered,
      line: [placed, ...allTheWay(usual.amount)],
      beside: besideTheUsual(usual.points),
      payments: charged(usual.amount),
    },
  },
  {
    name: 'late-parcel',
    summary: 'the carrier does not get the parcel: the buyer is told, then the warehouse',
    story:
      'Two packets wait for the carrier. After 3 seconds (48 hours in the standard level) the buyer is told, after 6 a person in the warehouse is asked. Then the carrier has it after all, and the item closes by itself.',
    play: async (shop) => {
      const order = await shop.place({ ...silentHarbor, service_level: 'demo' });
      await order.fact('attention.raised');
      await order.scan('in_transit');
      await order.fact('shipment.handed_over');
      await order.scan('delivered');
      return order;
    },
    expected: {
      ...delivered,
      line: [
        ...readyToGo,
        'shipment.delayed',
        'attention.raised not_handed_over',
        'attention.resolved not_handed_over',
        ...arrived,
      ],
      beside: [
        ...toldBefore,
        'mail.sent delayed',
        ...takenAlong,
        'shipment.scanned delivered',
        'mail.sent delivered',
      ],
      payments: charged(usual.amount),
    },
  },
  {
    name: 'silent-parcel',
    summary: 'the carrier has the parcel and says nothing: after 20 seconds it counts as lost',
    story:
      'The carrier takes the parcel and is never heard of again. The buyer is told, a person is asked, nobody does anything, and in the end the parcel counts as lost and is paid back. A person could have chosen otherwise: `wait`, `refund` or `reship`.',
    play: async (shop) => {
      const order = await shop.place({ ...silentHarbor, service_level: 'demo' });
      await order.fact('payment.captured');
      await order.scan('in_transit');
      return order;
    },
    expected: {
      ...failedAndRefunded('lost'),
      line: [
        ...readyToGo,
        'shipment.handed_over',
        'shipment.delayed',
        'attention.raised not_delivered',
        'attention.resolved not_delivered',
        ...lostAndRefunded,
      ],
      beside: [...toldBefore, ...takenAlong, 'mail.sent delayed', 'mail.sent parcel_lost'],
      payments: chargedAndRefunded(usual.amount),
    },
  },
  {
    name: 'lost-parcel-refunded',
    summary: 'a parcel gets lost, and its money goes back',
    story:
      'The carrier says that the parcel is lost. The order has the policy `refund`, so the money goes back at once, and so do the points. Nothing arrived: the order has failed.',
    play: (shop) => shop.place(address({ city: 'Lost Valley' })),
    expected: {
      ...failedAndRefunded('lost'),
      line: [...readyToGo, 'shipment.handed_over', ...lostAndRefunded],
      beside: [...toldBefore, ...takenAlong, 'shipment.scanned failure', 'mail.sent parcel_lost'],
      payments: chargedAndRefunded(usual.amount),
    },
  },
  {
    name: 'lost-parcel-reshipped',
    summary: 'a parcel gets lost, and the goods are sent once more',
    story:
      'The order has the policy `reship`: goods are set aside once more and sent under a second label, at the cost of the shop. The customer pays once.',
    play: async (shop) => {
      const order = await shop.place({ ...silentHarbor, lost_parcel_policy: 'reship' });
      await order.fact('payment.captured');
      await order.scan('in_transit');
      await order.fact('shipment.handed_over');
      await order.scan('lost');
      await order.fact('shipment.replaced');
      await order.scan('in_transit', 1);
      await order.fact('shipment.handed_over', 2);
      await order.scan('delivered', 1);
      return order;
    },
    expected: {
      ...delivered,
      line: [
        ...readyToGo,
        'shipment.handed_over',
        'shipment.lost',
        'shipment.created',
        'shipment.replaced',
        ...arrived,
      ],
      beside: [
        ...toldBefore,
        ...takenAlong,
        'shipment.scanned failure',
        'mail.sent parcel_lost',
        ...takenAlong,
        'shipment.scanned delivered',
        'mail.sent delivered',
      ],
      payments: charged(usual.amount),
    },
  },
  {
    name: 'returned-to-sender',
    summary: 'a parcel comes back, and a person looks at the goods and pays back',
    story:
      'The parcel could not be brought and comes back. Only a person can say what the goods are worth now; this one puts them on sale again and pays back.',
    play: async (shop) => {
      const order = await shop.place(address({ city: 'Return Bay' }));
      await order.resolve('parcel_returned', 'restock_and_refund');
      return order;
    },
    expected: {
      ...failedAndRefunded('returned'),
      line: [
        ...readyToGo,
        'shipment.handed_over',
        'shipment.returned_to_sender',
        'attention.raised parcel_returned',
        'attention.resolved parcel_returned restock_and_refund',
        'inventory.restocked',
        `payment.refunded ${usual.amount}`,
        ...nothingArrived,
      ],
      beside: [
        ...toldBefore,
        ...takenAlong,
        'shipment.scanned return_to_sender',
        'mail.sent refunded',
      ],
      payments: chargedAndRefunded(usual.amount),
    },
  },
];
