import {
  address,
  allTheWay,
  announced,
  approval,
  arrived,
  brought,
  charged,
  confirmed,
  correctedAddress,
  deliveredOrder,
  equalParcels,
  equalParcelsPaid,
  homeAddress,
  largeLines,
  nowhere,
  packed,
  placed,
  reserved,
} from './described.js';
import type { Example } from './player/example.js';

const twoWarehouses = {
  lines: [
    { sku: 'TEA-100', quantity: 2 },
    { sku: 'JAR-300', quantity: 1 },
  ],
};

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
      'The tea lies in Hamburg and the jar in Rotterdam. One authorization, then a label, a capture and a delivery of its own for each parcel. The order is delivered when both are.',
    order: twoWarehouses,
    expected: deliveredOrder({
      line: [
        'order.placed 36.80 EUR',
        reserved,
        ...confirmed('36.80 EUR'),
        { sideBySide: [parcelOf('17.80 EUR'), parcelOf('19.00 EUR')] },
        'order.delivered',
      ],
      beside: [...announced(36), ...brought, ...brought],
      payments: ['authorize 36.80 EUR', 'capture 17.80 EUR', 'capture 19.00 EUR'],
    }),
  },
  {
    name: 'one-shipment-fails',
    summary: 'one of two parcels cannot be sent: its money is released, the other arrives',
    story:
      'A large order in two parcels. While it waits for approval the carrier is told to refuse one label for good. By the policy `refund_shipment` that parcel alone is abandoned: its stock is released and its money is never captured.',
    order: equalParcels,
    until: ['approval.requested'],
    steps: async (order) => {
      await order.fault('carrier', 'buy_label', 'refuse');
      await order.send('approve', approval);
    },
    expected: deliveredOrder({
      points: 1596,
      line: [
        ...equalParcelsPaid,
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
      alsoBeside: ['mail.sent refunded'],
      payments: ['authorize 1596.00 EUR', 'capture 798.00 EUR', 'void 798.00 EUR'],
    }),
  },
  {
    name: 'address-change',
    summary: 'the order is sent elsewhere before its label, and costs another shipping fee',
    story:
      'While the order waits for approval it is sent to France in place of Germany: the shipping fee becomes part of the total before any money moves. Once there is a label, another address is refused with the reason.',
    order: largeLines,
    until: ['approval.requested'],
    steps: async (order) => {
      const { shipping_address } = address({
        line1: '3 Rue de la Gare',
        city: 'Lyon',
        postal_code: '69002',
        country: 'FR',
      });
      await order.send('change-address', { shipping_address, by: 'customer' });
      await order.send('approve', approval);
      await order.fact('shipment.handed_over');
      await order.expectRefusal('change-address', homeAddress, 'order_in_wrong_state');
    },
    expected: deliveredOrder({
      line: [
        'order.placed 1008.00 EUR',
        'approval.requested large_amount',
        'address.changed',
        'order.repriced 1013.90 EUR',
        'order.approved ops-7',
        ...allTheWay('1013.90 EUR'),
      ],
      beside: [...announced(1013, ['delivery_partner.unavailable']), ...brought],
      payments: charged('1013.90 EUR'),
    }),
  },
  {
    name: 'bad-address',
    summary: 'the carrier refuses the address, and the customer corrects it',
    story:
      'The order waits, paid and reserved, for an address that the carrier accepts. Without one it would be compensated after a day.',
    order: nowhere,
    until: ['address.fix_requested'],
    steps: (order) => order.send('change-address', homeAddress),
    expected: deliveredOrder({
      line: [placed, reserved, ...confirmed(), ...correctedAddress, ...packed(), ...arrived],
      alsoBeside: ['mail.sent address_needed'],
    }),
  },
  {
    name: 'partner-declines',
    summary: 'a delivery partner declines, and the next one accepts',
    story:
      'Two partners serve Hamburg by hand. The first one declines, the next one accepts. Had both said no, the partner for the whole country would carry it. The parcel does not wait for any of them.',
    order: address({ city: 'Hamburg', postal_code: '20457' }),
    steps: async (order) => {
      const first = await order.fact('delivery_partner.offered');
      await order.ask(`/v1/delivery-offers/${String(first['offer_id'])}/decline`, {});
      const second = await order.fact('delivery_partner.offered', 2);
      await order.ask(`/v1/delivery-offers/${String(second['offer_id'])}/accept`, {});
    },
    expected: deliveredOrder({
      beside: [
        ...announced(17, [
          'delivery_partner.offered dp_harbor',
          'delivery_partner.declined dp_harbor declined',
          'delivery_partner.offered dp_north',
          'delivery_partner.assigned dp_north',
        ]),
        ...brought,
      ],
    }),
  },
];
