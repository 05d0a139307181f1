import type { Fact, FactOf } from '../domain/facts.js';
import type { ShipmentId } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import { asStep, asUndo } from './fate.js';
import type { Authorization, Capture, Ports, Undone, VoidedPayment } from './ports.js';
import { idempotencyKey, tell, undoneFacts, type Step, type Told } from './step.js';

export interface AuthorizePayment extends Step {
  readonly amount: Money;
}

export interface SettlePayment extends AuthorizePayment {
  readonly paymentId: string;
  readonly shipmentId: ShipmentId;
}

const authorizationKey = (step: Step) => idempotencyKey(step.orderId, 'authorizePayment');

export const paymentActivities = ({
  payments,
  orders,
  journal,
}: Pick<Ports, 'payments' | 'orders' | 'journal'>) => ({
  authorizePayment: asStep(async (step: AuthorizePayment): Promise<Told<Authorization>> => {
    const { paymentMethod } = await orders.find(step.orderId);
    const authorization = await payments.authorize({
      orderId: step.orderId,
      amount: step.amount,
      paymentMethod,
      idempotencyKey: authorizationKey(step),
    });
    const facts = authorizationFacts(authorization, step.amount);
    return tell(journal, step, 'authorizePayment', authorization, facts);
  }),

  voidAuthorization: asUndo(async (step: AuthorizePayment): Promise<Told<VoidedPayment>> => {
    const voided = await payments.voidAuthorization({
      orderId: step.orderId,
      amount: step.amount,
      authorizationKey: authorizationKey(step),
      idempotencyKey: idempotencyKey(step.orderId, 'voidAuthorization'),
    });
    const facts = voidedFacts(voided, step.amount);
    return tell(journal, step, 'voidAuthorization', voided, facts);
  }),

  capturePayment: asStep(async (step: SettlePayment): Promise<Told<Capture>> => {
    const capture = await payments.capture({
      orderId: step.orderId,
      paymentId: step.paymentId,
      amount: step.amount,
      idempotencyKey: idempotencyKey(step.orderId, 'capturePayment', step.shipmentId),
    });
    const fact = captureFact(capture, step.amount);
    return tell(journal, step, `capturePayment:${step.shipmentId}`, capture, [fact]);
  }),

  refundPayment: asUndo(async (step: SettlePayment): Promise<Told<Undone>> => {
    const undone = await payments.refund({
      orderId: step.orderId,
      paymentId: step.paymentId,
      amount: step.amount,
      idempotencyKey: idempotencyKey(step.orderId, 'refundPayment', step.shipmentId),
    });
    const refunded: FactOf<'payment.refunded'> = { type: 'payment.refunded', amount: step.amount };
    const facts = undoneFacts(undone, 'refundPayment', refunded);
    return tell(journal, step, `refundPayment:${step.shipmentId}`, undone, facts);
  }),
});

function authorizationFacts(authorization: Authorization, amount: Money): readonly Fact[] {
  switch (authorization.kind) {
    case 'authorized':
      return [
        { type: 'payment.authorized', paymentId: authorization.paymentId, amount },
        { type: 'order.confirmed' },
      ];
    case 'declined':
      return [{ type: 'payment.declined', code: authorization.code }];
  }
}

const voidedFacts = (voided: VoidedPayment, amount: Money): readonly Fact[] =>
  voided.kind === 'refunded'
    ? [{ type: 'payment.refunded', amount }]
    : undoneFacts(voided, 'voidAuthorization', { type: 'payment.voided' });

function captureFact(capture: Capture, amount: Money): Fact {
  switch (capture.kind) {
    case 'captured':
      return { type: 'payment.captured', amount };
    case 'authorization_lost':
      return { type: 'payment.declined', code: 'authorization_lost' };
  }
}
