import { notificationActivities, type SendMail } from '../activities/notification.js';
import { evolveAll } from '../domain/evolve.js';
import type { FactType, RejectionReason } from '../domain/facts.js';
import type { ShipmentId } from '../domain/ids.js';
import { placedWith, type PaymentStatus } from '../domain/order-state.js';
import { stepOf, type Service, type ReactionContext } from './service.js';

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
    'order.placed': (context) => mail(context, { template: 'order_placed' }),
    'order.confirmed': confirm,
    'shipment.handed_over': (context) =>
      mailOfParcel(context, 'shipped', context.history.current('shipment.handed_over').shipmentId),
    'shipment.delivered': (context) =>
      mailOfParcel(context, 'delivered', context.history.current('shipment.delivered').shipmentId),
    'shipment.lost': (context) =>
      mailOfParcel(context, 'parcel_lost', context.history.current('shipment.lost').shipmentId),
    'shipment.returned_to_sender': (context) =>
      mailOfParcel(
        context,
        'refunded',
        context.history.current('shipment.returned_to_sender').shipmentId,
      ),
    'order.cancelled': (context) => sendEnding(context, 'cancelled'),
    'order.rejected': (context) =>
      sendEnding(context, 'rejected', context.history.current('order.rejected').reason),
    'order.failed': async (context) => {
      if (context.history.isCompensating) await sendEnding(context, 'rejected');
    },
  },
};

async function confirm(context: ReactionContext): Promise<void> {
  const { history, ports } = context;
  if (!history.isCompensating)
    await notificationActivities(ports).sendOrderConfirmation(stepOf(context));
}

async function mail(
  { orderId, ports }: ReactionContext,
  message: Omit<SendMail, 'orderId'>,
): Promise<void> {
  await notificationActivities(ports).sendMail({ orderId, ...message });
}

async function mailOfParcel(
  context: ReactionContext,
  template: 'shipped' | 'delivered' | 'parcel_lost' | 'refunded',
  shipmentId: ShipmentId,
): Promise<void> {
  const { history, ports } = context;
  const { lines, amount } = history.parcel(shipmentId);
  const label = history.all('shipment.created').find((fact) => fact.shipmentId === shipmentId);
  const trackingUrl = await ports.row.trackingUrlOf(shipmentId);
  const data = {
    shipmentId,
    lines,
    carrier: label?.carrier,
    trackingNumber: label?.trackingNumber,
    trackingUrl,
    ...(template !== 'delivered' && { amount }),
  };
  await mail(context, { template, sequence: shipmentId, data });
}

async function sendEnding(
  context: ReactionContext,
  ending: 'cancelled' | 'rejected',
  reason?: RejectionReason,
): Promise<void> {
  const { history, ports } = context;
  await notificationActivities(ports).sendCancellation({
    ...stepOf(context),
    before: { ...stepOf(context).before, paymentStatus: paymentStatusIn(context) },
    ending,
    tellSellers: history.has('order.confirmed'),
    ...(reason !== undefined && { reason }),
  });
}

function paymentStatusIn({ history }: ReactionContext): PaymentStatus {
  const facts = history.facts.filter(({ type }) => money.has(type));
  return evolveAll(placedWith(history.placed.total), facts).paymentStatus;
}
