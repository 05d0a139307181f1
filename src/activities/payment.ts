import type { Fact } from '../domain/facts.js';
import type { Money } from '../domain/money.js';
import { retryable, alwaysRetryable } from './error-classification.js';
import type { Authorization, Ports, VoidedPayment } from './ports.js';
import {
  idempotencyKey,
  numbered,
  recordOutcome,
  compensationFacts,
  type Step,
  type StepResult,
} from './step.js';

/** The authorization that is meant: an order that may try another card has several, from 1. */
interface Numbered {
  readonly number: number;
}

export interface AuthorizePayment extends Step, Numbered {
  readonly amount: Money;
  /** Whether the customer can be asked by his bank, and how long we wait for the answer. */
  readonly confirmMs?: number;
  /** Whether it is captured shipment by shipment. */
  readonly inParts: boolean;
  /** The order was confirmed before; its authorization ran out. */
  readonly isRenewal?: boolean;
}

export interface ConfirmPayment extends Step {
  readonly amount: Money;
  readonly paymentId: string;
  /** Counts the looks at this payment, from 1. */
  readonly number: number;
}

export interface VoidAuthorization extends Step, Numbered {
  readonly amount: Money;
}

const authorizationKey = ({ orderId, number }: VoidAuthorization) =>
  idempotencyKey(orderId, numbered('authorizePayment', number));

export const paymentActivities = ({ payments, orders, journal }: Ports) => ({
  authorizePayment: retryable(async (step: AuthorizePayment) => {
    const { paymentMethod } = await orders.find(step.orderId);
    const authorization = await payments.authorize({
      orderId: step.orderId,
      amount: step.amount,
      paymentMethod,
      idempotencyKey: authorizationKey(step),
      interactive: step.confirmMs !== undefined,
      inParts: step.inParts,
    });
    const key = numbered('authorizePayment', step.number);
    const facts = authorizationFacts(authorization, step);
    return recordOutcome(journal, step, key, authorization, facts);
  }),

  /** Looks at a payment whose bank asked the customer; quiet while he has not answered. */
  confirmPayment: retryable(async (step: ConfirmPayment): Promise<StepResult<Authorization>> => {
    const { paymentId, number } = step;
    const authorization = await payments.find(paymentId);
    const key = `confirmPayment:${paymentId}:${number}`;
    const facts =
      authorization.kind === 'requires_action' ? [] : authorizationFacts(authorization, step);
    return recordOutcome(journal, step, key, authorization, facts);
  }),

  voidAuthorization: alwaysRetryable(async (step: VoidAuthorization) => {
    const voided = await payments.voidAuthorization({
      orderId: step.orderId,
      amount: step.amount,
      authorizationKey: authorizationKey(step),
      idempotencyKey: idempotencyKey(step.orderId, numbered('voidAuthorization', step.number)),
    });
    return recordOutcome(journal, step, 'voidAuthorization', voided, voidedFacts(voided));
  }),

  /** The customer named another card; the order uses it from now on. */
  changePaymentMethod: retryable(
    async (step: Step & { readonly changeId: string; readonly by: string }) => {
      await orders.changePaymentMethod(step.orderId, step.changeId);
      const key = `changePaymentMethod:${step.changeId}`;
      return recordOutcome(journal, step, key, null, [
        { type: 'payment.method_changed', by: step.by },
      ]);
    },
  ),
});

function authorizationFacts(
  authorization: Authorization,
  { amount, confirmMs = 0, isRenewal = false }: Partial<AuthorizePayment> & { amount: Money },
): readonly Fact[] {
  switch (authorization.kind) {
    case 'authorized': {
      const { paymentId } = authorization;
      const authorized: Fact = { type: 'payment.authorized', paymentId, amount };
      return isRenewal ? [authorized] : [authorized, { type: 'order.confirmed' }];
    }
    case 'requires_action': {
      const until = new Date(Date.now() + confirmMs).toISOString();
      return [{ type: 'payment.action_required', paymentId: authorization.paymentId, until }];
    }
    case 'declined':
      return [{ type: 'payment.declined', code: authorization.code }];
  }
}

const voidedFacts = (voided: VoidedPayment): readonly Fact[] =>
  voided.kind === 'refunded'
    ? [{ type: 'payment.refunded', amount: voided.amount }]
    : compensationFacts(voided, 'voidAuthorization', { type: 'payment.voided' });
