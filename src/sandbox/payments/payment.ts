import { newId, type StoredObject } from '../store.js';
import type { CreateParameters } from './parameters.js';

export type PaymentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled';

/** A PaymentIntent as the sandbox keeps it. Amounts are minor units, times Unix seconds. */
export type Payment = Readonly<ReturnType<typeof newPayment>>;

/** A payment that nothing has happened to yet. */
export function newPayment(parameters: CreateParameters) {
  const { payment_method, payment_method_options, payment_method_types: olderTypes } = parameters;
  const isManual = parameters.capture_method === 'manual';
  const isWithoutMethod = payment_method === undefined;
  const status = isWithoutMethod ? 'requires_payment_method' : 'requires_confirmation';
  return {
    id: newId('pi'),
    amount: parameters.amount,
    amountCaptured: 0,
    amountRefunded: 0,
    /** Lower case, as Stripe has it. */
    currency: parameters.currency.toLowerCase(),
    captureMethod: isManual ? ('manual' as const) : ('automatic' as const),
    multicapture: payment_method_options?.card?.request_multicapture === 'if_available',
    status: status as PaymentStatus,
    paymentMethod: payment_method ?? null,
    paymentMethodTypes: parameters.allowed_payment_method_types ?? olderTypes ?? ['card'],
    description: parameters.description ?? null,
    metadata: parameters.metadata,
    created: Math.floor(Date.now() / 1_000),
    canceledAt: null as number | null,
    cancellationReason: null as string | null,
    lastError: null as Readonly<Record<string, unknown>> | null,
    /** Whether a charge was made: an authorization succeeded once. */
    charged: false,
  };
}

export const orderIdOf = (payment: Pick<Payment, 'metadata'>): string | null =>
  payment.metadata['order_id'] ?? null;

export const capturable = (payment: Payment): number =>
  payment.status === 'requires_capture' ? payment.amount - payment.amountCaptured : 0;

export const chargeIdOf = (payment: Payment): string => payment.id.replace(/^pi_/, 'ch_');
export const paymentIdOf = (chargeId: string): string => chargeId.replace(/^ch_/, 'pi_');

/** The metadata after a request: an empty value removes its name, the rest stays. */
export const withMetadata = (
  payment: Payment,
  changes: Readonly<Record<string, string>>,
): Payment => ({
  ...payment,
  metadata: Object.fromEntries(
    Object.entries({ ...payment.metadata, ...changes }).filter(([, value]) => value !== ''),
  ),
});

export const stored = (payment: Payment): StoredObject => ({
  id: payment.id,
  kind: 'payment',
  orderId: orderIdOf(payment),
  createdMs: payment.created * 1_000,
  body: payment,
});

/** The payment among the objects that belong to it. */
export function paymentIn(objects: readonly StoredObject[]): Payment | undefined {
  const object = objects.find(({ kind }) => kind === 'payment');
  return object?.body as Payment | undefined;
}

/** A PaymentIntent in Stripe's shape. @param latestCharge the charge itself where it was asked for */
export function paymentIntent(
  payment: Payment,
  latestCharge: unknown = chargeIdOf(payment),
): Record<string, unknown> {
  return {
    id: payment.id,
    object: 'payment_intent',
    amount: payment.amount,
    amount_capturable: capturable(payment),
    amount_received: payment.amountCaptured,
    automatic_payment_methods: null,
    canceled_at: payment.canceledAt,
    cancellation_reason: payment.cancellationReason,
    capture_method: payment.captureMethod,
    client_secret: `${payment.id}_secret_sandbox`,
    confirmation_method: 'automatic',
    created: payment.created,
    currency: payment.currency,
    customer: null,
    description: payment.description,
    last_payment_error: payment.lastError,
    latest_charge: payment.charged ? latestCharge : null,
    livemode: false,
    metadata: payment.metadata,
    next_action: payment.status === 'requires_action' ? askCustomer : null,
    payment_method: payment.paymentMethod,
    payment_method_types: payment.paymentMethodTypes,
    receipt_email: null,
    setup_future_usage: null,
    shipping: null,
    status: payment.status,
  };
}

const askCustomer = {
  type: 'use_stripe_sdk',
  use_stripe_sdk: { type: 'three_d_secure_redirect' },
} as const;

/** The payment's charge in Stripe's shape. */
export function charge(payment: Payment): Record<string, unknown> {
  const { amountCaptured, amountRefunded } = payment;
  return {
    id: chargeIdOf(payment),
    object: 'charge',
    amount: payment.amount,
    amount_captured: amountCaptured,
    amount_refunded: amountRefunded,
    captured: amountCaptured > 0,
    created: payment.created,
    currency: payment.currency,
    livemode: false,
    metadata: payment.metadata,
    paid: true,
    payment_intent: payment.id,
    payment_method: payment.paymentMethod,
    refunded: amountCaptured > 0 && amountRefunded === amountCaptured,
    status: 'succeeded',
  };
}
