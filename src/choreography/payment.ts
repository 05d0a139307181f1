import { paymentActivities } from '../activities/payment.js';
import { settlementActivities } from '../activities/settlement.js';
import type { ShipmentId } from '../domain/ids.js';
import { stepOf, type Service, type Situation } from './service.js';
import { beginWayBack, doings } from './way-back.js';

/** Has money set aside once the goods are, takes it parcel by parcel, and gives it back. */
export const payment: Service = {
  name: 'payment',
  partitions: 4,
  remembers: [...doings, 'payment.declined', 'payment.captured'],
  reactions: {
    'inventory.reserved': authorize,
    'shipment.created': capture,
    'compensation.started': giveBack,
    'shipment.lost': (situation) =>
      refund(situation, situation.story.told('shipment.lost').shipmentId),
    'shipment.returned_to_sender': (situation) =>
      refund(situation, situation.story.told('shipment.returned_to_sender').shipmentId),
  },
};

async function authorize(situation: Situation): Promise<void> {
  const { story, ports } = situation;
  if (story.isGoingBack) return;
  const { outcome } = await paymentActivities(ports).authorizePayment({
    ...stepOf(situation),
    amount: story.placed.total,
    number: 1,
    inParts: story.parcels.length > 1,
  });
  // Nobody waits for the customer here, so a bank that asks him has declined.
  if (outcome.kind !== 'authorized') await beginWayBack(situation, 'rejected');
}

async function capture(situation: Situation): Promise<void> {
  const { story, ports } = situation;
  if (story.isGoingBack) return;
  const { shipmentId, amount } = story.parcel(story.told('shipment.created').shipmentId);
  const { outcome } = await settlementActivities(ports).capturePayment({
    ...stepOf(situation),
    amount,
    number: 1,
    shipmentId,
    paymentId: paymentIdIn(situation),
    isRenewable: false,
    isPart: story.parcels.length > 1,
  });
  if (outcome.kind === 'authorization_lost') await beginWayBack(situation, 'rejected');
}

/** Also where nothing is known to be authorized: an answer may have been lost. */
async function giveBack(situation: Situation): Promise<void> {
  const { story, ports } = situation;
  if (story.has('payment.declined') && !story.has('payment.authorized')) return;
  const amount = story.placed.total;
  await paymentActivities(ports).voidAuthorization({
    ...stepOf(situation),
    amount,
    number: 1,
  });
}

async function refund(situation: Situation, shipmentId: ShipmentId): Promise<void> {
  const { story, ports } = situation;
  const { amount } = story.parcel(shipmentId);
  const paymentId = paymentIdIn(situation);
  await settlementActivities(ports).refundPayment({
    ...stepOf(situation),
    amount,
    number: 1,
    shipmentId,
    paymentId,
    scope: 'part',
  });
}

function paymentIdIn({ orderId, story }: Situation): string {
  const [authorized] = story.all('payment.authorized');
  if (authorized === undefined) throw new TypeError(`${orderId} was never paid for`);
  return authorized.paymentId;
}
