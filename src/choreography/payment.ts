import { paymentActivities } from '../activities/payment.js';
import { settlementActivities } from '../activities/settlement.js';
import type { ShipmentId } from '../domain/ids.js';
import { forward, type Service, type ReactionContext } from './service.js';
import { startCompensation, compensableFacts } from './compensation.js';

/** Authorizes when the goods are reserved, captures parcel by parcel, and refunds. */
export const payment: Service = {
  name: 'payment',
  partitions: 4,
  requiredFacts: [...compensableFacts, 'payment.declined', 'payment.captured'],
  reactions: {
    'inventory.reserved': forward(authorize),
    'shipment.created': forward((context, { shipmentId }) => capture(context, shipmentId)),
    'compensation.started': voidPayment,
    'shipment.lost': (context, { shipmentId }) => refund(context, shipmentId),
    'shipment.returned_to_sender': (context, { shipmentId }) => refund(context, shipmentId),
  },
};

async function authorize(context: ReactionContext): Promise<void> {
  const { history, ports, step } = context;
  const { outcome } = await paymentActivities(ports).authorizePayment({
    ...step,
    amount: history.placed.total,
    number: 1,
    inParts: history.parcels.length > 1,
  });
  // Without a coordinator nothing waits for the customer: "requires action" counts as declined.
  if (outcome.kind !== 'authorized') await startCompensation(context, 'rejected');
}

/** What capture and refund of a parcel have in common. */
const partOf = ({ orderId, history, step }: ReactionContext, shipmentId: ShipmentId) => {
  const [authorized] = history.all('payment.authorized');
  if (authorized === undefined) throw new TypeError(`${orderId} was never paid for`);
  const { amount } = history.parcel(shipmentId);
  return { ...step, amount, number: 1, shipmentId, paymentId: authorized.paymentId };
};

async function capture(context: ReactionContext, shipmentId: ShipmentId): Promise<void> {
  const { outcome } = await settlementActivities(context.ports).capturePayment({
    ...partOf(context, shipmentId),
    isRenewable: false,
    isPart: context.history.parcels.length > 1,
  });
  if (outcome.kind === 'authorization_lost') await startCompensation(context, 'rejected');
}

const refund = (context: ReactionContext, shipmentId: ShipmentId) =>
  settlementActivities(context.ports).refundPayment({
    ...partOf(context, shipmentId),
    scope: 'part',
  });

/** Also without a known authorization: the answer may have been lost. */
async function voidPayment({ history, ports, step }: ReactionContext): Promise<void> {
  if (history.has('payment.declined') && !history.has('payment.authorized')) return;
  const amount = history.placed.total;
  await paymentActivities(ports).voidAuthorization({ ...step, amount, number: 1 });
}
