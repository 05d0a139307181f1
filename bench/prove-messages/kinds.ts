import { z } from 'zod';
import {
  address,
  approval,
  homeAddress,
  largeLines,
  nowhere,
  silentHarbor,
  type OrderChanges,
} from '../../examples/described.js';
import type { PlacedOrder } from '../../examples/player/placed-order.js';
import { bodyOf } from '../../src/up/json-client.js';

/** A request that sends the message: of a client to the API, or of a provider whom the sandbox plays. */
export interface Sending {
  readonly to: 'api' | 'sandbox';
  readonly path: string;
  readonly body: object;
}

/** One kind of message, and an order that waits for it. */
export interface MessageKind {
  readonly order: OrderChanges;
  /** What has happened when the order waits for it. */
  readonly until: readonly string[];
  /** Brings it to where the message can be sent, if that is not enough. */
  readonly sending: (order: PlacedOrder) => Sending | Promise<Sending>;
  /** The fact that shows that the order has taken it; it happens once. */
  readonly effect: string;
}

const action = (name: string, body: object) => (order: PlacedOrder) => ask(order, name, body);

const ask = ({ id }: PlacedOrder, name: string, body: object): Sending => ({
  to: 'api',
  path: `/v1/orders/${id}/${name}`,
  body,
});

const play = (path: string, body: object): Sending => ({ to: 'sandbox', path, body });

/** Comes into the catalogue without stock. */
const cup = { sku: 'CUP-080', quantity: 1 };
/** Of the cup's seller: nobody has to be told of goods that are not sent. */
const mug = { sku: 'MUG-200', quantity: 1 };
const tea = { sku: 'TEA-100', quantity: 1 };
const identified = z.object({ id: z.string() });
const labelled = ['payment.captured', 'shipment.created', 'order.confirmed'];
const delivered = ['order.delivered', 'confirmation.sent'];

async function returnOf({ id, stack }: PlacedOrder, reason: string): Promise<string> {
  const body = { order_id: id, kind: 'refund', lines: [{ ...tea, reason }] };
  return identified.parse(bodyOf(await stack.postKeyed('/v1/returns', body))).id;
}

async function trackingNumber(order: PlacedOrder): Promise<string> {
  const { shipments } = await order.view();
  return shipments[0]?.tracking_number ?? 'none';
}

/** By the name of the workflow's update or signal. */
export const messageKinds = {
  cancelOrder: {
    order: silentHarbor,
    until: labelled,
    sending: action('cancel', { reason: 'changed my mind', requested_by: 'customer' }),
    effect: 'order.cancelled',
  },
  approveOrder: {
    order: largeLines,
    until: ['approval.requested'],
    sending: action('approve', approval),
    effect: 'order.approved',
  },
  verifyCode: {
    order: { billing_country: 'FR' },
    until: ['code.sent'],
    sending: async (order) => ask(order, 'verify', { code: await order.code() }),
    effect: 'code.verified',
  },
  decideShortage: {
    order: { lines: [mug, cup], shortage_policy: 'ask' },
    until: ['shortage.asked'],
    sending: action('decide', { decision: 'ship_available', by: 'customer' }),
    effect: 'shortage.decided',
  },
  changeAddress: {
    order: nowhere,
    until: ['address.fix_requested'],
    sending: action('change-address', homeAddress),
    effect: 'address.changed',
  },
  retryPayment: {
    order: { payment_method: 'pm_card_visa_chargeDeclined' },
    until: ['payment.method_requested'],
    sending: action('retry-payment', { payment_method: 'pm_card_mastercard', by: 'customer' }),
    effect: 'payment.method_changed',
  },
  resolveAttention: {
    order: silentHarbor,
    until: labelled,
    sending: async (order) => {
      await order.scan('in_transit');
      await order.fact('shipment.handed_over');
      await order.scan('failure');
      await order.fact('attention.raised');
      const { attention } = await order.view();
      const path = `/v1/attention/${attention[0]?.id ?? ''}/resolve`;
      return { to: 'api', path, body: { choice: 'wait', by: 'ops-7', note: 'it is on its way' } };
    },
    effect: 'attention.resolved',
  },
  partnerAnswer: {
    order: address({ postal_code: '20457' }),
    until: ['delivery_partner.offered'],
    sending: async (order) => {
      const { offer_id: id } = await order.fact('delivery_partner.offered');
      return { to: 'api', path: `/v1/delivery-offers/${String(id)}/accept`, body: {} };
    },
    effect: 'delivery_partner.assigned',
  },
  carrierEvent: {
    order: silentHarbor,
    until: labelled,
    sending: async (order) =>
      play(`/carrier/${await trackingNumber(order)}/events`, { status: 'in_transit' }),
    effect: 'shipment.handed_over',
  },
  paymentEvent: {
    order: { payment_method: 'pm_card_authenticationRequired' },
    until: ['payment.action_required'],
    sending: async (order) => {
      const { payment_id: id } = await order.fact('payment.action_required');
      return play(`/payments/${String(id)}/authenticate`, { outcome: 'succeed' });
    },
    effect: 'payment.authorized',
  },
  stockArrived: {
    order: { lines: [cup], shortage_policy: 'wait' },
    until: ['inventory.backordered'],
    sending: () => {
      const body = { quantity: 1, warehouse_id: 'wh_hamburg' };
      return { to: 'api', path: `/v1/stock/${cup.sku}/receipts`, body };
    },
    effect: 'inventory.reserved',
  },
  approveReturn: {
    order: {},
    until: delivered,
    sending: async (order) => {
      const path = `/v1/returns/${await returnOf(order, 'damaged')}/reject`;
      return { to: 'api', path, body: { reason: 'has no picture', by: 'ops-7' } };
    },
    effect: 'return.refused',
  },
  inspectReturn: {
    order: {},
    until: delivered,
    sending: async (order) => {
      const path = `/v1/returns/${await returnOf(order, 'changed_mind')}/inspection`;
      await order.fact('return.label_created');
      const body = { by: 'warehouse-7', lines: [{ ...tea, verdict: 'refuse' }] };
      return { to: 'api', path, body };
    },
    effect: 'return.received',
  },
} as const satisfies Readonly<Record<string, MessageKind>>;

export type MessageName = keyof typeof messageKinds;
export const messageNames = Object.keys(messageKinds) as readonly MessageName[];
