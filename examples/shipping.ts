import {
  allTheWay,
  announced,
  arrived,
  besideTheUsual,
  brought,
  charged,
  confirmed,
  delivered,
  packed,
  mendedAddress,
  placed,
  placedMail,
  reserved,
  usual,
} from './described.js';
import type { Example } from './player/example.js';
import {
  address,
  approval,
  equalParcels,
  homeAddress,
  largeLines,
  nowhere,
  twoWarehouses,
} from './requests.js';

const parcelOf = (amount: string): readonly string[] => [
  ...packed(amount),
  'shipment.handed_over',
  'shipment.delivered',
];

export const shippingExamples: readonly Example[] = [
  {
    name: 'two-shipments',
    summary: 'goods from two warehouses: two parcels, two captures, side by side',
    story:
      'The tea lies in Hamburg and the jar in Rotterdam. One authorization, then a label, a capture and a way of its own for each parcel. The order is delivered when both are.',
    play: (shop) => shop.place(twoWarehouses),
    expected: {
      ...delivered,
      line: [
        'order.placed 36.80 EUR',
        reserved,
        ...confirmed('36.80 EUR'),
        { sideBySide: [parcelOf('17.80 EUR'), parcelOf('19.00 EUR')] },
        'order.delivered',
      ],
      beside: [placedMail, ...announced(36), ...brought, ...brought],
      payments: ['authorize 36.80 EUR', 'capture 17.80 EUR', 'capture 19.00 EUR'],
    },
  },
  {
    name: 'one-shipment-fails',
    summary: 'one of two parcels cannot be sent: its money is let go, the other arrives',
    story:
      'A large order in two parcels. While it waits for approval the carrier is told to refuse one label for good. By the policy `refund_shipment` that parcel alone is given up: its stock goes back and its money is never taken.',
    play: async (shop) => {
      const order = await shop.place(equalParcels);
      await order.fact('approval.requested');
      const fault = { service: 'carrier', operation: 'buy_label', kind: 'refuse' };
      await shop.fault({ ...fault, order_id: order.id });
      await order.tell('approve', approval);
      return order;
    },
    expected: {
      ...delivered,
      line: [
        'order.placed 1596.00 EUR',
        'approval.requested large_amount',
        'order.approved ops-7',
        reserved,
        ...confirmed('1596.00 EUR'),
        {
          sideBySide: [
            parcelOf('798.00 EUR'),
            [
              'shipment.refused SHIPMENT.POSTAGE.FAILURE',
              'inventory.parcel_released',
              'shipment.abandoned 798.00 EUR',
            ],
            ['payment.remainder_released 798.00 EUR'],
          ],
        },
        'order.delivered',
      ],
      beside: [...besideTheUsual(1596), 'mail.sent refunded'],
      payments: ['authorize 1596.00 EUR', 'capture 798.00 EUR', 'void 798.00 EUR'],
    },
  },
  {
    name: 'address-change',
    summary: 'the order is sent elsewhere before its label, and costs another shipping fee',
    story:
      'While the order waits for approval it is sent to France in place of Germany: the shipping fee becomes part of the total before any money moves. Once there is a label, another address is refused with the reason.',
    play: async (shop) => {
      const order = await shop.place(largeLines);
      await order.fact('approval.requested');
      const { shipping_address } = address({
        line1: '3 Rue de la Gare',
        city: 'Lyon',
        postal_code: '69002',
        country: 'FR',
      });
      await order.tell('change-address', { shipping_address, by: 'customer' });
      await order.tell('approve', approval);
      await order.fact('shipment.handed_over');
      await order.isRefused('change-address', homeAddress, 'order_in_wrong_state');
      return order;
    },
    expected: {
      ...delivered,
      line: [
        'order.placed 1008.00 EUR',
        'approval.requested large_amount',
        'address.changed',
        'order.repriced 1013.90 EUR',
        'order.approved ops-7',
        ...allTheWay('1013.90 EUR'),
      ],
      beside: [
        placedMail,
        'confirmation.sent',
        'seller.notified',
        'delivery_partner.unavailable',
        'points.awarded 1013',
        ...brought,
      ],
      payments: charged('1013.90 EUR'),
    },
  },
  {
    name: 'bad-address',
    summary: 'the carrier refuses the address, and the customer mends it',
    story:
      'The order waits, paid and reserved, for an address that the carrier takes. Without one it would be undone after a day.',
    play: async (shop) => {
      const order = await shop.place(nowhere);
      await order.fact('address.fix_requested');
      await order.tell('change-address', homeAddress);
      return order;
    },
    expected: {
      ...delivered,
      line: [
        placed,
        reserved,
        ...confirmed(usual.amount),
        ...mendedAddress,
        ...packed(usual.amount),
        ...arrived,
      ],
      beside: [...besideTheUsual(usual.points), 'mail.sent address_needed'],
      payments: charged(usual.amount),
    },
  },
  {
    name: 'partner-declines',
    summary: 'a delivery partner declines, and the next one accepts',
    story:
      'Two partners serve Hamburg by hand. The first one declines, the next one accepts. Had both said no, the partner for the whole country would carry it. The parcel does not wait for any of them.',
    play: async (shop) => {
      const order = await shop.place(address({ city: 'Hamburg', postal_code: '20457' }));
      const first = await order.fact('delivery_partner.offered');
      await order.ask(`/v1/delivery-offers/${String(first['offer_id'])}/decline`, {});
      const second = await order.fact('delivery_partner.offered', 2);
      await order.ask(`/v1/delivery-offers/${String(second['offer_id'])}/accept`, {});
      return order;
    },
    expected: {
      ...delivered,
      line: [placed, ...allTheWay(usual.amount)],
      beside: [
        placedMail,
        'confirmation.sent',
        'seller.notified',
        'delivery_partner.offered dp_harbor',
        'delivery_partner.declined dp_harbor declined',
        'delivery_partner.offered dp_north',
        'delivery_partner.assigned dp_north',
        `points.awarded ${usual.points}`,
        ...brought,
      ],
      payments: charged(usual.amount),
    },
  },
];
