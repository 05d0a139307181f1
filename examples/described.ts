import type { Expected, Standing } from './player/expectation.js';
import { exampleOrder } from '../src/up/demo.js';

/** What the order of the README costs, and the points that it gives. */
export const usual = { amount: '17.80 EUR', points: 17 } as const;

/** What the large order of `largeLines` costs, and the points that it gives. */
export const large = { amount: '1008.00 EUR', points: 1008 } as const;

export const reserved = 'inventory.reserved';

export const confirmed = (amount: string): readonly string[] => [
  `payment.authorized ${amount}`,
  'order.confirmed',
];

export const packed = (amount: string): readonly string[] => [
  'shipment.created',
  `payment.captured ${amount}`,
];

export const arrived = ['shipment.handed_over', 'shipment.delivered', 'order.delivered'] as const;

/** From the stock to the customer, with nothing in between. */
export const allTheWay = (amount: string): readonly string[] => [
  reserved,
  ...confirmed(amount),
  ...packed(amount),
  ...arrived,
];

export const placed = `order.placed ${usual.amount}`;

export const placedMail = 'mail.sent order_placed';

/** Notifications and bookings about a confirmed order. */
export const announced = (points: number): readonly string[] => [
  'confirmation.sent',
  'seller.notified',
  'delivery_partner.assigned dp_city',
  `points.awarded ${points}`,
];

export const takenAlong = ['shipment.scanned in_transit', 'mail.sent shipped'] as const;

/** Scans and mails of a parcel that arrives by itself. */
export const brought = [
  ...takenAlong,
  'shipment.scanned out_for_delivery',
  'shipment.scanned delivered',
  'mail.sent delivered',
] as const;

const besideTheUsual = (points: number): readonly string[] => [
  placedMail,
  ...announced(points),
  ...brought,
];

/** The carrier refuses the address, and the customer gives another one. */
export const correctedAddress = [
  'shipment.refused ADDRESS.VERIFY.FAILURE',
  'address.fix_requested',
  'address.changed',
] as const;

const delivered: Standing = {
  status: 'delivered',
  payment_status: 'captured',
  fulfillment_status: 'delivered',
};

export const charged = (amount: string): readonly string[] => [
  `authorize ${amount}`,
  `capture ${amount}`,
];

export const chargedAndRefunded = (amount: string): readonly string[] => [
  ...charged(amount),
  `refund ${amount}`,
];

/** An order that is delivered and paid once; what is not given is as in the order of the README. */
export const deliveredOrder = ({
  amount = usual.amount,
  points = usual.points,
  alsoBeside = [],
  ...expected
}: Partial<Expected> & {
  readonly amount?: string;
  readonly points?: number;
  readonly alsoBeside?: readonly string[];
} = {}): Expected => ({
  ...delivered,
  line: [placed, ...allTheWay(amount)],
  beside: [...besideTheUsual(points), ...alsoBeside],
  payments: charged(amount),
  ...expected,
});

/** An order that ends before any money moves. */
export const rejectedUnpaid: Standing & Pick<Expected, 'payments'> = {
  status: 'rejected',
  payment_status: 'none',
  fulfillment_status: 'none',
  payments: [],
};

/** An order of which nothing arrived, and which was paid back. */
export const failedAndRefunded = (fulfillment: 'lost' | 'returned'): Standing => ({
  status: 'failed',
  payment_status: 'refunded',
  fulfillment_status: fulfillment,
});

/** What is out of the ordinary in an order; the rest is the order of the README. */
export type OrderChanges = Readonly<Record<string, unknown>>;

/** Where the example order goes, but for what is said here. */
export const address = (changes: Readonly<Record<string, string>>): OrderChanges => ({
  shipping_address: { ...exampleOrder.shipping_address, ...changes },
});

/** Above the limit from which on a person has to approve, all from one warehouse. */
export const largeLines = { lines: [{ sku: 'POT-900', quantity: 24 }] };

/** Its goods lie in two warehouses, so that it is sent in two parcels. */
export const twoWarehouses = {
  lines: [
    { sku: 'TEA-100', quantity: 2 },
    { sku: 'JAR-300', quantity: 1 },
  ],
};

/** The same in two parcels of 798.00 EUR each, from two warehouses. */
export const equalParcels = {
  lines: [
    { sku: 'POT-900', quantity: 19 },
    { sku: 'JAR-300', quantity: 42 },
  ],
};

/** Parcels to there move by hand only. */
export const silentHarbor = address({ city: 'Silent Harbor' });

/** No workflow leads it. */
export const choreographed = { coordination: 'choreographed' };

/** The carrier does not know this place. */
export const nowhere = address({ city: 'Nowhere' });

/** The address of the README, as a change of another one. */
export const homeAddress = {
  shipping_address: exampleOrder.shipping_address,
  by: 'customer',
};

export const approval = { reason: 'known customer', by: 'ops-7' };
