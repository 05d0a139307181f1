import type { Call, Outcome } from '../provider-call.js';
import { done, changeOf } from './effects.js';
import { failure, refused, rejected, unexpectedState } from './errors.js';
import {
  capturable,
  paymentIntent,
  withMetadata,
  type Payment,
  type PaymentStatus,
} from './payment.js';
import {
  authenticationRequired,
  behaviourOf,
  genericDecline,
  type CardBehaviour,
  type Decline,
} from './test-cards.js';

export interface Confirmation extends Call {
  readonly paymentMethod: string | undefined;
  /** The customer cannot authenticate: a card that asks for it is declined. */
  readonly unattended: boolean;
}

const confirmable: readonly PaymentStatus[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
];
const cancelable: readonly PaymentStatus[] = [...confirmable, 'requires_capture'];

/** Keeps a payment that is to be confirmed later. */
export const open = (payment: Payment, key: string | undefined): Outcome =>
  unknownMethod(payment.paymentMethod) ?? done({ payment, key, bookings: [] });

/** Tries to authorize, and where the payment captures by itself, captures. */
export function confirm(payment: Payment, confirmation: Confirmation): Outcome {
  if (!confirmable.includes(payment.status))
    return unexpectedState(payment, 'confirm', confirmable);
  const paymentMethod = confirmation.paymentMethod ?? payment.paymentMethod;
  if (paymentMethod === null) return noMethod(payment);
  const behaviour = behaviourOf(paymentMethod);
  if (behaviour === undefined) return noSuchMethod(paymentMethod);
  if (confirmation.forced === 'refuse') return incompatible(payment);
  const forced: CardBehaviour | undefined =
    confirmation.forced === 'decline' ? { kind: 'decline', decline: genericDecline } : undefined;
  return charge({ ...payment, paymentMethod }, forced ?? behaviour, confirmation);
}

function charge(payment: Payment, behaviour: CardBehaviour, confirmation: Confirmation): Outcome {
  const { key, unattended } = confirmation;
  switch (behaviour.kind) {
    case 'decline':
      return decline(payment, behaviour.decline, key);
    case 'authenticate':
      if (unattended) return decline(payment, authenticationRequired, key);
      return done({ payment: { ...payment, status: 'requires_action' }, key, bookings: [] });
    case 'approve':
      return approve(payment, key);
    default:
      return behaviour satisfies never;
  }
}

/** Authorizes the payment whatever its card is. */
export function approve(payment: Payment, key: string | undefined): Outcome {
  const authorized = { kind: 'authorize', amount: payment.amount } as const;
  const charged = { ...payment, charged: true, lastError: null };
  if (payment.captureMethod === 'manual') {
    return done({
      payment: { ...charged, status: 'requires_capture' },
      key,
      bookings: [authorized],
      event: 'payment_intent.amount_capturable_updated',
    });
  }
  return done({
    payment: { ...charged, status: 'succeeded', amountCaptured: payment.amount },
    key,
    bookings: [authorized, { kind: 'capture', amount: payment.amount }],
    event: 'payment_intent.succeeded',
  });
}

/** Declines the payment; another payment method may be tried on it. */
export function decline(payment: Payment, reason: Decline, key: string | undefined): Outcome {
  const error = { type: 'card_error' as const, ...reason };
  const declined: Payment = {
    ...payment,
    status: 'requires_payment_method',
    paymentMethod: null,
    lastError: error,
  };
  return {
    answer: failure(402, { ...error, payment_intent: paymentIntent(declined) }),
    change: changeOf({
      payment: declined,
      key,
      bookings: [{ kind: 'decline', amount: payment.amount }],
      event: 'payment_intent.payment_failed',
    }),
    stored: true,
  };
}

export interface CaptureRequest extends Call {
  readonly amount: number | undefined;
  readonly isFinal: boolean;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Takes authorized money. What a final capture leaves is released. */
export function capture(payment: Payment, { key, forced, ...request }: CaptureRequest): Outcome {
  if (payment.cancellationReason === 'expired') return expired(payment);
  if (payment.status !== 'requires_capture') {
    return unexpectedState(payment, 'capture', ['requires_capture']);
  }
  if (forced === 'refuse') return expired(payment);
  if (!request.isFinal && !payment.multicapture) return noMulticapture;
  const amount = request.amount ?? capturable(payment);
  if (amount > capturable(payment)) return tooLarge(amount, capturable(payment));
  const amountCaptured = payment.amountCaptured + amount;
  const isEnd = request.isFinal || amountCaptured === payment.amount;
  const rest = payment.amount - amountCaptured;
  return done({
    payment: {
      ...withMetadata(payment, request.metadata),
      amountCaptured,
      status: isEnd ? 'succeeded' : 'requires_capture',
    },
    key,
    bookings: [
      { kind: 'capture' as const, amount },
      ...(isEnd && rest > 0 ? [{ kind: 'void' as const, amount: rest }] : []),
    ].filter((booking) => booking.amount > 0),
    event: isEnd ? 'payment_intent.succeeded' : 'payment_intent.amount_capturable_updated',
  });
}

/** Changes the metadata of the payment. */
export const update = (
  payment: Payment,
  metadata: Readonly<Record<string, string>>,
  key: string | undefined,
): Outcome => done({ payment: withMetadata(payment, metadata), key, bookings: [] });

/** Voids the authorization, or ends the payment before there is one. */
export function cancel(
  payment: Payment,
  { key, forced, reason }: Call & { readonly reason: string | undefined },
): Outcome {
  const mayCancel = cancelable.includes(payment.status) && forced !== 'refuse';
  if (!mayCancel) return unexpectedState(payment, 'cancel', cancelable);
  const amount = capturable(payment);
  return done({
    payment: {
      ...payment,
      status: 'canceled',
      canceledAt: Math.floor(Date.now() / 1_000),
      cancellationReason: reason ?? null,
    },
    key,
    bookings: amount > 0 ? [{ kind: 'void', amount }] : [],
    event: 'payment_intent.canceled',
  });
}

const unknownMethod = (paymentMethod: string | null): Outcome | undefined =>
  paymentMethod === null || behaviourOf(paymentMethod) !== undefined
    ? undefined
    : noSuchMethod(paymentMethod);

const noSuchMethod = (paymentMethod: string): Outcome =>
  rejected({
    code: 'resource_missing',
    message: `No such PaymentMethod: '${paymentMethod}'`,
    param: 'payment_method',
  });

const noMethod = (payment: Payment): Outcome =>
  refused({
    code: 'payment_intent_unexpected_state',
    message: 'You cannot confirm this PaymentIntent because it is missing a payment method.',
    payment_intent: paymentIntent(payment),
  });

const incompatible = (payment: Payment): Outcome =>
  refused({
    code: 'payment_intent_incompatible_payment_method',
    message: `The payment method cannot be used for this payment in ${payment.currency}.`,
    param: 'payment_method',
  });

const expired = (payment: Payment): Outcome =>
  refused({
    code: 'charge_expired_for_capture',
    message: 'The charge cannot be captured as the authorization has expired.',
    payment_intent: paymentIntent(payment),
  });

const noMulticapture = rejected({
  message: 'This PaymentIntent was not confirmed with request_multicapture.',
  param: 'final_capture',
});

const tooLarge = (amount: number, limit: number): Outcome =>
  refused({
    code: 'amount_too_large',
    message: `The requested capture amount (${amount}) is greater than the authorized amount (${limit}).`,
    param: 'amount_to_capture',
  });
