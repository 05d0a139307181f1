import { notificationActivities, type SendMail } from '../activities/notification.js';
import { evolveAll } from '../domain/evolve.js';
import type { FactType, RejectionReason } from '../domain/facts.js';
import type { ShipmentId } from '../domain/ids.js';
import { placedWith, type PaymentStatus } from '../domain/order-state.js';
import { stepOf, type Service, type Situation } from './service.js';

const moneyFacts = [
  'payment.authorized',
  'payment.declined',
  'payment.captured',
  'payment.voided',
  'payment.refunded',
] as const satisfies readonly FactType[];
const money: ReadonlySet<FactType> = new Set(moneyFacts);

/** Tells the buyer; and the sellers when their goods are not needed after all. */
export const notification: Service = {
  name: 'notification',
  partitions: 2,
  remembers: [
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
    'order.placed': (situation) => mail(situation, { template: 'order_placed' }),
    'order.confirmed': confirm,
    'shipment.handed_over': (situation) =>
      mailOfParcel(situation, 'shipped', situation.story.told('shipment.handed_over').shipmentId),
    'shipment.delivered': (situation) =>
      mailOfParcel(situation, 'delivered', situation.story.told('shipment.delivered').shipmentId),
    'shipment.lost': (situation) =>
      mailOfParcel(situation, 'parcel_lost', situation.story.told('shipment.lost').shipmentId),
    'shipment.returned_to_sender': (situation) =>
      mailOfParcel(
        situation,
        'refunded',
        situation.story.told('shipment.returned_to_sender').shipmentId,
      ),
    'order.cancelled': (situation) => tellTheEnd(situation, 'cancelled'),
    'order.rejected': (situation) =>
      tellTheEnd(situation, 'rejected', situation.story.told('order.rejected').reason),
    'order.failed': async (situation) => {
      if (situation.story.isGoingBack) await tellTheEnd(situation, 'rejected');
    },
  },
};

async function confirm(situation: Situation): Promise<void> {
  const { story, ports } = situation;
  if (!story.isGoingBack)
    await notificationActivities(ports).sendOrderConfirmation(stepOf(situation));
}

async function mail(
  { orderId, ports }: Situation,
  letter: Omit<SendMail, 'orderId'>,
): Promise<void> {
  await notificationActivities(ports).sendMail({ orderId, ...letter });
}

async function mailOfParcel(
  situation: Situation,
  template: 'shipped' | 'delivered' | 'parcel_lost' | 'refunded',
  shipmentId: ShipmentId,
): Promise<void> {
  const { story, ports } = situation;
  const { lines, amount } = story.parcel(shipmentId);
  const label = story.all('shipment.created').find((fact) => fact.shipmentId === shipmentId);
  const trackingUrl = await ports.row.trackingUrlOf(shipmentId);
  const data = {
    shipmentId,
    lines,
    carrier: label?.carrier,
    trackingNumber: label?.trackingNumber,
    trackingUrl,
    ...(template !== 'delivered' && { amount }),
  };
  await mail(situation, { template, sequence: shipmentId, data });
}

async function tellTheEnd(
  situation: Situation,
  ending: 'cancelled' | 'rejected',
  reason?: RejectionReason,
): Promise<void> {
  const { story, ports } = situation;
  await notificationActivities(ports).sendCancellation({
    ...stepOf(situation),
    before: { ...stepOf(situation).before, paymentStatus: paymentStatusIn(situation) },
    ending,
    tellSellers: story.has('order.confirmed'),
    ...(reason !== undefined && { reason }),
  });
}

function paymentStatusIn({ story }: Situation): PaymentStatus {
  const facts = story.facts.filter(({ type }) => money.has(type));
  return evolveAll(placedWith(story.placed.total), facts).paymentStatus;
}
