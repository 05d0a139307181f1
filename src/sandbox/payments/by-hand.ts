import { commit, type Context } from '../context.js';
import { newId, type Change } from '../store.js';
import { changeOf, disputeEvent } from './effects.js';
import { approve, decline } from './intents.js';
import {
  capturable,
  chargeIdOf,
  orderIdOf,
  paymentIn,
  paymentIntent,
  type Payment,
} from './payment.js';
import { authenticationRequired } from './test-cards.js';

type Shown = Record<string, unknown>;

/**
 * Plays the customer who is asked by the bank.
 * @returns the PaymentIntent, or undefined when none with this id waits for the customer.
 */
export const authenticate = (
  context: Context,
  id: string,
  outcome: 'succeed' | 'fail',
): Promise<Shown | undefined> =>
  change(context, id, (payment) => {
    if (payment.status !== 'requires_action') return undefined;
    const { change: made = {} } =
      outcome === 'succeed'
        ? approve(payment, undefined)
        : decline(payment, authenticationRequired, undefined);
    return made;
  });

/**
 * Expires the authorization: what is left of it is released, and what was captured stays.
 * @returns the PaymentIntent, or undefined when none with this id is authorized.
 */
export const expire = (context: Context, id: string): Promise<Shown | undefined> =>
  change(context, id, (payment) => {
    const amount = capturable(payment);
    if (amount === 0) return undefined;
    const isUsed = payment.amountCaptured > 0;
    return changeOf({
      payment: isUsed ? { ...payment, status: 'succeeded' } : canceled(payment),
      key: undefined,
      bookings: [{ kind: 'void', amount }],
      event: isUsed ? 'payment_intent.succeeded' : 'payment_intent.canceled',
    });
  });

const canceled = (payment: Payment): Payment => ({
  ...payment,
  status: 'canceled',
  canceledAt: Math.floor(Date.now() / 1_000),
  cancellationReason: 'expired',
});

/**
 * Plays the cardholder who disputes the charge at the bank.
 * @param amount in minor units; all that was captured when it is not given
 * @returns the Dispute, or undefined when nothing was captured of a payment with this id.
 */
export async function dispute(
  context: Context,
  id: string,
  amount?: number,
): Promise<Shown | undefined> {
  const payment = await find(context, id);
  if (payment === undefined || payment.amountCaptured === 0) return undefined;
  const object = disputeOf(payment, amount ?? payment.amountCaptured);
  await commit(context, {
    objects: [
      {
        id: object.id,
        kind: 'dispute',
        orderId: orderIdOf(payment),
        parentId: payment.id,
        createdMs: object.created * 1_000,
        body: object,
      },
    ],
    events: [disputeEvent(payment, object)],
  });
  return object;
}

/** As at Stripe, it names the payment and has none of its metadata. */
const disputeOf = (payment: Payment, amount: number) => ({
  id: newId('du'),
  object: 'dispute',
  amount,
  charge: chargeIdOf(payment),
  created: Math.floor(Date.now() / 1_000),
  currency: payment.currency,
  livemode: false,
  metadata: {},
  payment_intent: payment.id,
  reason: 'fraudulent',
  status: 'needs_response',
});

/** @param decide undefined when the payment is not in a state for it */
const change = (
  context: Context,
  id: string,
  decide: (payment: Payment) => Change | undefined,
): Promise<Shown | undefined> =>
  context.locks.exclusive([id], async () => {
    const payment = await find(context, id);
    const decided = payment === undefined ? undefined : decide(payment);
    if (decided === undefined) return undefined;
    await commit(context, decided);
    const after = await find(context, id);
    return after === undefined ? undefined : paymentIntent(after);
  });

async function find(context: Context, id: string): Promise<Payment | undefined> {
  const { objects } = await context.store.load('payments', undefined, [id]);
  return paymentIn(objects);
}
