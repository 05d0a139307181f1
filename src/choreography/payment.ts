import { paymentActivities } from '../activities/payment.js';
import { settlementActivities } from '../activities/settlement.js';
import type { ShipmentId } from '../domain/ids.js';
import { stepOf, type Service, type ReactionContext } from './service.js';
import { startCompensation, compensableFacts } from './compensation.js';

/** Authorizes when the goods are reserved, captures parcel by parcel, and refunds. */
export const payment: Service = {
  name: 'payment',
  partitions: 4,
  requiredFacts: [...compensableFacts, 'payment.declined', 'payment.captured'],
  reactions: {
    'inventory.reserved': authorize,
    'shipment.created': capture,
    'compensation.started': voidPayment,
    'shipment.lost': (context) =>
      refund(context, context.history.current('shipment.lost').shipmentId),
    'shipment.returned_to_sender': (context) =>
      refund(context, context.history.current('shipment.returned_to_sender').shipmentId),
  },
};

async function authorize(context: ReactionContext): Promise<void> {
  const { history, ports } = context;
  if (history.isCompensating) return;
  const { outcome } = await paymentActivities(ports).authorizePayment({
    ...stepOf(context),
    amount: history.placed.total,
    number: 1,
    inParts: history.parcels.length > 1,
  });
  // Without a coordinator nothing waits for the customer: "requires action" counts as declined.
  if (outcome.kind !== 'authorized') await startCompensation(context, 'rejected');
}

async function capture(context: ReactionContext): Promise<void> {
  const { history, ports } = context;
  if (history.isCompensating) return;
  const { shipmentId, amount } = history.parcel(history.current('shipment.created').shipmentId);
  const { outcome } = await settlementActivities(ports).capturePayment({
    ...stepOf(context),
    amount,
    number: 1,
    shipmentId,
    paymentId: paymentIdIn(context),
    isRenewable: false,
    isPart: history.parcels.length > 1,
  });
  if (outcome.kind === 'authorization_lost') await startCompensation(context, 'rejected');
}

/** Also without a known authorization: the answer may have been lost. */
async function voidPayment(context: ReactionContext): Promise<void> {
  const { history, ports } = context;
  if (history.has('payment.declined') && !history.has('payment.authorized')) return;
  const amount = history.placed.total;
  await paymentActivities(ports).voidAuthorization({
    ...stepOf(context),
    amount,
    number: 1,
  });
}

async function refund(context: ReactionContext, shipmentId: ShipmentId): Promise<void> {
  const { history, ports } = context;
  const { amount } = history.parcel(shipmentId);
  const paymentId = paymentIdIn(context);
  await settlementActivities(ports).refundPayment({
    ...stepOf(context),
    amount,
    number: 1,
    shipmentId,
    paymentId,
    scope: 'part',
  });
}

function paymentIdIn({ orderId, history }: ReactionContext): string {
  const [authorized] = history.all('payment.authorized');
  if (authorized === undefined) throw new TypeError(`${orderId} was never paid for`);
  return authorized.paymentId;
}
