import { exampleOrder } from '../src/up/demo.js';
import type { Expected, Standing } from './player/expectation.js';

type Labels = readonly string[];

/** What the order of the README costs, and the points that it gives. */
const usual = { amount: '17.80 EUR', points: 17 };

/** What the large order of `largeLines` costs, and the points that it gives. */
export const large = { amount: '1008.00 EUR', points: 1008 };

export const placed = `order.placed ${usual.amount}`;
export const placedMail = 'mail.sent order_placed';
export const reserved = 'inventory.reserved';
export const refunded = `payment.refunded ${usual.amount}`;

export const confirmed = (amount = usual.amount): Labels => [
  `payment.authorized ${amount}`,
  'order.confirmed',
];

export const packed = (amount = usual.amount): Labels => [
  'shipment.created',
  `payment.captured ${amount}`,
];

export const arrived: Labels = ['shipment.handed_over', 'shipment.delivered', 'order.delivered'];

/** Paid and labelled, and not with the carrier yet. */
export const readyToShip: Labels = [placed, reserved, ...confirmed(), ...packed()];

/** From the stock to the customer, with nothing in between. */
export const allTheWay = (amount = usual.amount): Labels => [
  reserved,
  ...confirmed(amount),
  ...packed(amount),
  ...arrived,
];

/** Notifications and bookings about a confirmed order. */
export const announced = (
  points = usual.points,
  partner: Labels = ['delivery_partner.assigned dp_city'],
): Labels => [
  placedMail,
  'confirmation.sent',
  'seller.notified',
  ...partner,
  `points.awarded ${points}`,
];

export const takenAlong: Labels = ['shipment.scanned in_transit', 'mail.sent shipped'];
export const scannedDelivered: Labels = ['shipment.scanned delivered', 'mail.sent delivered'];

/** Scans and mails of a parcel that arrives by itself. */
export const brought: Labels = [
  ...takenAlong,
  'shipment.scanned out_for_delivery',
  ...scannedDelivered,
];

/** The carrier refuses the address, and the customer gives another one. */
export const correctedAddress: Labels = [
  'shipment.refused ADDRESS.VERIFY.FAILURE',
  'address.fix_requested',
  'address.changed',
];

export const charged = (amount = usual.amount): Labels => [
  `authorize ${amount}`,
  `capture ${amount}`,
];
export const chargedAndRefunded: Labels = [...charged(), `refund ${usual.amount}`];
/** An order that is delivered and paid once; what is not given is as in the order of the README. */
export const deliveredOrder = ({
  amount = usual.amount,
  points = usual.points,
  alsoBeside = [],
  ...expected
}: Partial<Expected> & {
  readonly amount?: string;
  readonly points?: number;
  readonly alsoBeside?: Labels;
} = {}): Expected => ({
  status: 'delivered',
  payment_status: 'captured',
  fulfillment_status: 'delivered',
  line: [placed, ...allTheWay(amount)],
  beside: [...announced(points), ...brought, ...alsoBeside],
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

/** What is out of the ordinary in an order; the rest is the order of the README. */
export type OrderChanges = Readonly<Record<string, unknown>>;

/** Where the example order goes, but for what is said here. */
export const address = (changes: Readonly<Record<string, string>>): OrderChanges => ({
  shipping_address: { ...exampleOrder.shipping_address, ...changes },
});

/** Above the limit from which on a person has to approve, all from one warehouse. */
export const largeLines = { lines: [{ sku: 'POT-900', quantity: 24 }] };

/** Large, and in two parcels of 798.00 EUR each, from two warehouses. */
export const equalParcels = {
  lines: [
    { sku: 'POT-900', quantity: 19 },
    { sku: 'JAR-300', quantity: 42 },
  ],
};
export const equalParcelsPaid: Labels = [
  'order.placed 1596.00 EUR',
  'approval.requested large_amount',
  'order.approved ops-7',
  reserved,
  ...confirmed('1596.00 EUR'),
];

/** Parcels to there move by hand only. */
export const silentHarbor = address({ city: 'Silent Harbor' });

/** The carrier does not know this place. */
export const nowhere = address({ city: 'Nowhere' });

/** The address of the README, as a change of another one. */
export const homeAddress = { shipping_address: exampleOrder.shipping_address, by: 'customer' };

export const approval = { reason: 'known customer', by: 'ops-7' };
