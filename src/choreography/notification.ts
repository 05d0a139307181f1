import { notificationActivities } from '../activities/notification.js';
import { evolveAll } from '../domain/evolve.js';
import type { FactType } from '../domain/facts.js';
import type { RejectionReason } from '../domain/rejection.js';
import type { ShipmentId } from '../domain/ids.js';
import { placedWith, type PaymentStatus } from '../domain/order-state.js';
import { forward, type Service, type ReactionContext } from './service.js';

const moneyFacts = [
  'payment.authorized',
  'payment.declined',
  'payment.captured',
  'payment.voided',
  'payment.refunded',
] as const satisfies readonly FactType[];
const money: ReadonlySet<FactType> = new Set(moneyFacts);

/** Sends mails to the buyer, and to the sellers when an order ends without their goods. */
export const notification: Service = {
  name: 'notification',
  partitions: 2,
  requiredFacts: [
    ...moneyFacts,
    'order.placed',
    'inventory.reserved',
    'order.confirmed',
    'shipment.created',
    'shipment.handed_over',
    'shipment.delivered',
    'shipment.lost',
    'shipment.returned_to_sender',
    'compensation.started',
    'order.rejected',
  ],
  reactions: {
    'order.placed': ({ orderId, ports }) =>
      notificationActivities(ports).sendMail({ orderId, template: 'order_placed' }),
    'order.confirmed': forward(({ ports, step }) =>
      notificationActivities(ports).sendOrderConfirmation(step),
    ),
    'shipment.handed_over': mailOfParcel('shipped'),
    'shipment.delivered': mailOfParcel('delivered'),
    'shipment.lost': mailOfParcel('parcel_lost'),
    'shipment.returned_to_sender': mailOfParcel('refunded'),
    'order.cancelled': (context) => sendEnding(context, 'cancelled'),
    'order.rejected': (context, { reason }) => sendEnding(context, 'rejected', reason),
    'order.failed': async (context) => {
      if (context.history.isCompensating) await sendEnding(context, 'rejected');
    },
  },
};

function mailOfParcel(template: 'shipped' | 'delivered' | 'parcel_lost' | 'refunded') {
  return async (
    { orderId, history, ports }: ReactionContext,
    { shipmentId }: { readonly shipmentId: ShipmentId },
  ): Promise<void> => {
    const { lines, amount } = history.parcel(shipmentId);
    const label = history.all('shipment.created').find((fact) => fact.shipmentId === shipmentId);
    const data = {
      shipmentId,
      lines,
      carrier: label?.carrier,
      trackingNumber: label?.trackingNumber,
      trackingUrl: await ports.row.trackingUrlOf(shipmentId),
      ...(template !== 'delivered' && { amount }),
    };
    const mail = { orderId, template, sequence: shipmentId, data };
    await notificationActivities(ports).sendMail(mail);
  };
}

async function sendEnding(
  context: ReactionContext,
  ending: 'cancelled' | 'rejected',
  reason?: RejectionReason,
): Promise<void> {
  const { history, ports, step } = context;
  await notificationActivities(ports).sendCancellation({
    ...step,
    before: { ...step.before, paymentStatus: paymentStatusIn(context) },
    ending,
    tellSellers: history.has('order.confirmed'),
    ...(reason !== undefined && { reason }),
  });
}

function paymentStatusIn({ history }: ReactionContext): PaymentStatus {
  const facts = history.facts.filter(({ type }) => money.has(type));
  return evolveAll(placedWith(history.placed.total), facts).paymentStatus;
}
