import type { Authorization } from '../../activities/ports.js';
import { formatMoney, sum, type Money } from '../../domain/money.js';
import type { Parcel } from '../../domain/parcels.js';
import { rejected, type Journey, type Stop } from '../journey.js';

/** A customer who was declined this often has no card that works. */
const mostAuthorizations = 5;

export function undoAuthorizePayment(journey: Journey): void {
  const { life, undos } = journey;
  undos.register({
    name: 'voidAuthorization',
    exposure: journey.total,
    run: () => {
      const { total: amount, payment } = journey;
      const payload = { amount, number: payment.number };
      return life.perform('voidAuthorization', payload, `Void ${formatMoney(amount)}`);
    },
  });
}

/** Has the money set aside on the customer's card; a declined card gets a second chance. */
export async function authorizePayment(journey: Journey): Promise<Stop | undefined> {
  undoAuthorizePayment(journey);
  for (;;) {
    const authorization = await authorize(journey);
    if (authorization.kind === 'authorized') return undefined;
    if (authorization.kind === 'requires_action') return rejected('payment_not_confirmed');
    if (!(await anotherMethod(journey))) {
      journey.undos.forget('voidAuthorization');
      return rejected('payment_declined');
    }
  }
}

/** @returns `requires_action` when the customer did not answer his bank in time */
async function authorize(journey: Journey, { isRenewal = false } = {}): Promise<Authorization> {
  const { life, parcels, payment } = journey;
  const { confirmMs } = life.input.serviceLevel.payment;
  const { number } = payment;
  const amount = isRenewal ? stillToTake(journey) : journey.total;
  const inParts = parcels.length > 1;
  const summary = `Authorize ${formatMoney(amount)}`;
  const authorization = await life.perform(
    'authorizePayment',
    { amount, number, inParts, ...(isRenewal ? { isRenewal } : { confirmMs }) },
    summary,
  );
  const settled =
    authorization.kind === 'requires_action'
      ? await customerConfirms(journey, authorization.paymentId)
      : authorization;
  if (settled.kind === 'authorized') journey.payment = { number, paymentId: settled.paymentId };
  return settled;
}

/** The bank asks the customer. Its report says only that there is news: what it is, we look up. */
async function customerConfirms(journey: Journey, paymentId: string): Promise<Authorization> {
  const { life, deadlines, customer, sideSteps, total: amount } = journey;
  const endMs = Date.now() + life.input.serviceLevel.payment.confirmMs;
  const data = { until: new Date(endMs).toISOString(), amount };
  sideSteps.mail('payment_confirmation_needed', { sequence: paymentId, data });
  life.publish();
  for (let known = 0, look = 1; ; look += 1) {
    const isNews = () => customer.eventsOf(paymentId) > known;
    const isInTime = await deadlines.until(isNews, endMs - Date.now());
    // Counted before the look: what is told meanwhile is news.
    known = customer.eventsOf(paymentId);
    const payload = { amount, paymentId, number: look };
    const answer = await life.perform(
      'confirmPayment',
      payload,
      'See what the customer told his bank',
    );
    if (answer.kind !== 'requires_action' || !isInTime) return answer;
  }
}

/** @returns false when no other method was named in time */
async function anotherMethod(journey: Journey): Promise<boolean> {
  const { life, deadlines, customer, sideSteps, payment, total: amount } = journey;
  const { retryMs } = life.input.serviceLevel.payment;
  const { number } = payment;
  if (retryMs === 0 || number >= mostAuthorizations) return false;
  const until = new Date(Date.now() + retryMs).toISOString();
  await life.record(`payment-method:${number}`, [{ type: 'payment.method_requested', until }]);
  sideSteps.mail('payment_method_needed', { sequence: String(number), data: { until, amount } });
  life.publish();
  await deadlines.until(() => customer.paymentMethod !== undefined, retryMs);
  const change = customer.paymentMethod;
  if (change === undefined) return false;
  await life.perform('changePaymentMethod', { ...change }, 'Pay with another method');
  customer.paymentMethod = undefined;
  journey.payment = { number: number + 1 };
  return true;
}

function undoCapturePayment(journey: Journey, { shipmentId, amount }: Parcel): void {
  journey.undos.register({
    name: 'refundPayment',
    subject: shipmentId,
    exposure: amount,
    run: () => refundParcel(journey, { shipmentId, amount }),
  });
}

/** Gives back what one parcel cost. */
function refundParcel(
  { life, payment, captured, parcels }: Journey,
  { shipmentId, amount }: Pick<Parcel, 'shipmentId' | 'amount'>,
): Promise<unknown> {
  const { paymentId = '', number } = captured.get(shipmentId) ?? payment;
  const scope = parcels.length > 1 || life.state.stage === 'delivery' ? 'part' : 'order';
  const payload = { amount, paymentId, number, shipmentId, scope } as const;
  return life.perform('refundPayment', payload, `Refund ${formatMoney(amount)}`);
}

/** Takes the money for one parcel. @returns false when there is no authorization to take it from */
export async function capturePayment(journey: Journey, parcel: Parcel): Promise<boolean> {
  undoCapturePayment(journey, parcel);
  if (await taken(journey, parcel)) return true;
  journey.undos.forget('refundPayment', parcel.shipmentId);
  if (journey.parcels.length === 1) journey.undos.forget('voidAuthorization');
  return false;
}

async function taken(journey: Journey, parcel: Parcel): Promise<boolean> {
  if (!(await isAuthorized(journey))) return false;
  const { number } = journey.payment;
  if (await capture(journey, parcel)) return true;
  return (await renewed(journey, number)) && capture(journey, parcel);
}

/** While an authorization takes the place of one that ran out, there is none to take money from. */
const isAuthorized = async ({ payment, renewal }: Journey): Promise<boolean> =>
  payment.paymentId !== undefined || (await renewal) === true;

async function capture(journey: Journey, { shipmentId, amount }: Parcel): Promise<boolean> {
  const { life, undos, parcels, payment, total } = journey;
  const { number, paymentId = '' } = payment;
  const isPart = parcels.length > 1;
  journey.captured.set(shipmentId, payment);
  const payload = { amount, number, paymentId, shipmentId, isPart, isRenewable: true };
  const captured = await life.perform('capturePayment', payload, `Capture ${formatMoney(amount)}`);
  if (captured.kind === 'authorization_lost') return false;
  journey.taken.add(shipmentId);
  // Captured in whole: the authorization is used up.
  if (life.state.tally.capturedMinor >= total.amountMinor) undos.forget('voidAuthorization');
  return true;
}

/**
 * A new authorization in place of one that ran out before its parcel was ready: one, also when
 * several parcels find that out at once.
 * @param number the authorization that ran out
 */
function renewed(journey: Journey, number: number): Promise<boolean> {
  if (journey.payment.number === number) journey.renewal = renewAuthorization(journey);
  return journey.renewal ?? Promise.resolve(false);
}

async function renewAuthorization(journey: Journey): Promise<boolean> {
  journey.payment = { number: journey.payment.number + 1 };
  const authorization = await authorize(journey, { isRenewal: true });
  return authorization.kind === 'authorized';
}

function stillToTake({ parcels, taken: done, total }: Journey): Money {
  const waiting = parcels.filter(({ shipmentId }) => !done.has(shipmentId));
  return sum(
    waiting.map(({ amount }) => amount),
    total.currency,
  );
}
