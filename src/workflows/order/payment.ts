import type { Authorization as Answer } from '../../activities/ports.js';
import { formatMoney } from '../../domain/money.js';
import { throwIfCancelled } from '../kit/deadlines.js';
import type { Stop } from '../../domain/stop.js';
import type { Compensation } from '../kit/saga.js';
import type { OrderContext } from './context.js';
import { sendMail } from './notification.js';
import type { Authorization, Shipment } from '../../domain/shipment.js';

/** A customer who was declined this often has no card that works. */
const mostAuthorizations = 5;

/** The money of an order, as far as it is not a shipment's. */
export class Payment {
  /** The authorization in force. */
  authorization: Authorization = { number: 1 };
  /** The authorization that takes the place of one that ran out. */
  renewal: Promise<boolean> | undefined;
  isRemainderReleased = false;
}

/** Has the money set aside on the customer's card; a declined card gets a second chance. */
export async function authorizePayment(order: OrderContext): Promise<Stop | undefined> {
  for (;;) {
    const answer = await authorize(order);
    if (answer.kind === 'authorized') return undefined;
    if (answer.kind === 'requires_action') {
      return { kind: 'rejected', reason: 'payment_not_confirmed' };
    }
    if (!(await anotherMethod(order))) {
      return { kind: 'rejected', reason: 'payment_declined', isNothingDone: true };
    }
  }
}

export const voidAuthorization = (order: OrderContext): Compensation => ({
  name: 'voidAuthorization',
  exposure: order.goods.total,
  run: () => {
    const { goods, payment, recorder } = order;
    const payload = { amount: goods.total, number: payment.authorization.number };
    return recorder.perform('voidAuthorization', payload, `Void ${formatMoney(goods.total)}`);
  },
});

/** @returns `requires_action` when the customer did not answer his bank in time */
async function authorize(order: OrderContext, { isRenewal = false } = {}): Promise<Answer> {
  const { recorder, payment, shipments, goods } = order;
  const { confirmMs } = order.input.serviceLevel.payment;
  const { number } = payment.authorization;
  const amount = isRenewal ? shipments.leftToCapture : goods.total;
  const inParts = shipments.all.length > 1;
  const payload = { amount, number, inParts, ...(isRenewal ? { isRenewal } : { confirmMs }) };
  const first = await recorder.perform(
    'authorizePayment',
    payload,
    `Authorize ${formatMoney(amount)}`,
  );
  const answer =
    first.kind === 'requires_action' ? await customerConfirms(order, first.paymentId) : first;
  if (answer.kind === 'authorized') {
    payment.authorization = { number, paymentId: answer.paymentId, amount };
  }
  return answer;
}

/** The bank asks the customer. Its report says only that there is news: what it is, we look up. */
async function customerConfirms(order: OrderContext, paymentId: string): Promise<Answer> {
  const { recorder, deadlines, inbox, goods } = order;
  const amount = goods.total;
  const endMs = Date.now() + order.input.serviceLevel.payment.confirmMs;
  const data = { until: new Date(endMs).toISOString(), amount };
  sendMail(order, 'payment_confirmation_needed', { sequence: paymentId, data });
  recorder.publish();
  for (let known = 0, look = 1; ; look += 1) {
    const isNews = () => inbox.eventsOf(paymentId) > known;
    const awaited = 'the customer confirms the payment to the bank';
    const isInTime = await deadlines.waitFor(isNews, { awaited, limitMs: endMs - Date.now() });
    // Counted before the look: what is reported meanwhile is news.
    known = inbox.eventsOf(paymentId);
    const payload = { amount, paymentId, number: look };
    const summary = 'See what the customer answered the bank';
    const answer = await recorder.perform('confirmPayment', payload, summary);
    if (answer.kind !== 'requires_action' || !isInTime) return answer;
  }
}

/** @returns false when no other method was named in time */
async function anotherMethod(order: OrderContext): Promise<boolean> {
  const { recorder, deadlines, inbox, payment, goods } = order;
  const { retryMs } = order.input.serviceLevel.payment;
  const { number } = payment.authorization;
  if (retryMs === 0 || number >= mostAuthorizations) return false;
  const until = new Date(Date.now() + retryMs).toISOString();
  const data = { until, amount: goods.total };
  await recorder.record(`payment-method:${number}`, [{ type: 'payment.method_requested', until }]);
  sendMail(order, 'payment_method_needed', { sequence: String(number), data });
  recorder.publish();
  const awaited = 'the customer names another payment method';
  await deadlines.waitFor(() => inbox.answers.paymentMethod !== undefined, {
    awaited,
    limitMs: retryMs,
  });
  const change = inbox.answers.paymentMethod;
  if (change === undefined) return false;
  await recorder.perform('changePaymentMethod', { ...change }, 'Pay with another method');
  inbox.confirm(change);
  inbox.answers.paymentMethod = undefined;
  payment.authorization = { number: number + 1 };
  return true;
}

/** Takes the money for one shipment. An authorization that ran out is renewed once. */
export async function capturePayment(
  order: OrderContext,
  shipment: Shipment,
): Promise<Stop | undefined> {
  if (shipment.isCaptured) return undefined;
  if (!(await isPaid(order, shipment))) {
    shipment.capturedFrom = undefined;
    if (order.shipments.all.length === 1) voidIsNeedless(order);
    return { kind: 'rejected', reason: 'payment_declined' };
  }
  shipment.isCaptured = true;
  // Captured in whole: the authorization is used up.
  const { tally } = order.recorder.state;
  if (tally.capturedMinor >= order.goods.total.amountMinor) voidIsNeedless(order);
  await releaseRemainder(order);
  return undefined;
}

async function isPaid(order: OrderContext, shipment: Shipment): Promise<boolean> {
  if (!(await isAuthorized(order.payment))) return false;
  const { number } = order.payment.authorization;
  if (await capture(order, shipment)) return true;
  return (await renewed(order, number)) && capture(order, shipment);
}

/** While an authorization takes the place of one that ran out, there is none to take money from. */
const isAuthorized = async ({ authorization, renewal }: Payment): Promise<boolean> =>
  authorization.paymentId !== undefined || (await renewal) === true;

async function capture(
  { recorder, shipments, payment }: OrderContext,
  shipment: Shipment,
): Promise<boolean> {
  const { id: shipmentId, amount } = shipment;
  const { number, paymentId = '' } = payment.authorization;
  const isPart = shipments.all.length > 1;
  throwIfCancelled();
  // Before the call: its answer may be lost, and then the money has to be refunded as well.
  shipment.capturedFrom = payment.authorization;
  const payload = { amount, number, paymentId, shipmentId, isPart, isRenewable: true };
  const summary = `Capture ${formatMoney(amount)}`;
  const captured = await recorder.perform('capturePayment', payload, summary);
  return captured.kind === 'captured';
}

/**
 * A new authorization in place of one that ran out before its shipment was ready: one, also when
 * several shipments find that out at once.
 * @param number the authorization that ran out
 */
function renewed(order: OrderContext, number: number): Promise<boolean> {
  const { payment } = order;
  if (payment.authorization.number === number) payment.renewal = renewAuthorization(order);
  return payment.renewal ?? Promise.resolve(false);
}

async function renewAuthorization(order: OrderContext): Promise<boolean> {
  const { payment } = order;
  payment.authorization = { number: payment.authorization.number + 1 };
  return (await authorize(order, { isRenewal: true })).kind === 'authorized';
}

/** Gives back what one shipment cost, as far as anything was tried to be taken. */
export const refundPayment = (
  { recorder, payment, shipments }: OrderContext,
  { id: shipmentId, amount, capturedFrom }: Shipment,
): Compensation => ({
  name: 'refundPayment',
  subject: shipmentId,
  exposure: amount,
  run: () => {
    const { paymentId = '', number } = capturedFrom ?? payment.authorization;
    const isPart = shipments.all.length > 1 || recorder.state.stage === 'delivery';
    const scope = isPart ? 'part' : 'order';
    const payload = { amount, paymentId, number, shipmentId, scope } as const;
    return recorder.perform('refundPayment', payload, `Refund ${formatMoney(amount)}`);
  },
});

/** Releases what is held on the card and will not be captured, as soon as that is certain. */
export async function releaseRemainder(order: OrderContext): Promise<void> {
  const { recorder, payment } = order;
  const { paymentId } = payment.authorization;
  const amount = order.shipments.needlesslyHeld(payment.authorization);
  if (amount === undefined || payment.isRemainderReleased || paymentId === undefined) return;
  payment.isRemainderReleased = true;
  await recorder.perform('releaseRemainder', { amount, paymentId }, 'Release what is not needed');
  voidIsNeedless(order);
}

const voidIsNeedless = ({ saga }: OrderContext): void => {
  saga.compensations.cancel({ name: 'voidAuthorization' });
};
