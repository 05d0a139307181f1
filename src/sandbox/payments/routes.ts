import express, { type Request, type Router } from 'express';
import type { z } from 'zod';

import type { Context } from '../context.js';
import type { Operation } from '../faults.js';
import { providerRouter, type Call, type Mutation, type Outcome } from '../provider-call.js';
import { missingOutcome, paymentProtocol, rejected } from './errors.js';
import { cancel, capture, confirm, open, update } from './intents.js';
import { lookups } from './lookups.js';
import {
  badParameter,
  cancelParameters,
  captureParameters,
  confirmParameters,
  createParameters,
  isUnattended,
  refundParameters,
  updateParameters,
} from './parameters.js';
import { newPayment, orderIdOf, paymentIdOf, paymentIn, type Payment } from './payment.js';
import { refund } from './refunds.js';

/** The payment provider: Stripe's paths, shapes and rules below `/v1`. */
export const paymentRoutes = (context: Context): Router =>
  providerRouter(context, paymentProtocol, express.urlencoded({ extended: true, limit: '100kb' }), {
    writes,
    reads: lookups,
  });

const onPayment = (
  rootId: string,
  operation: Operation,
  decide: (payment: Payment, call: Call) => Outcome,
): Mutation => ({
  operation,
  rootId,
  decide: (objects, call) => {
    const payment = paymentIn(objects);
    return payment === undefined ? missingOutcome('payment_intent', rootId) : decide(payment, call);
  },
});

const action =
  <Schema extends z.ZodType>(
    operation: Operation,
    parameters: Schema,
    decide: (payment: Payment, values: z.infer<Schema>, call: Call) => Outcome,
  ) =>
  (request: Request): Mutation =>
    onPayment(String(request.params['id']), operation, (payment, call) => {
      const parsed = parameters.safeParse(request.body ?? {});
      return parsed.success ? decide(payment, parsed.data, call) : badParameter(parsed.error);
    });

const writes = {
  '/payment_intents': creation,
  '/payment_intents/:id': action('create', updateParameters, (payment, { metadata }, { key }) =>
    update(payment, metadata, key),
  ),
  '/payment_intents/:id/confirm': action('authorize', confirmParameters, (payment, values, call) =>
    confirm(payment, {
      ...call,
      paymentMethod: values.payment_method,
      unattended: isUnattended(values),
    }),
  ),
  '/payment_intents/:id/capture': action('capture', captureParameters, (payment, values, call) =>
    capture(payment, {
      ...call,
      amount: values.amount_to_capture,
      isFinal: values.final_capture,
      metadata: values.metadata,
    }),
  ),
  '/payment_intents/:id/cancel': action('void', cancelParameters, (payment, values, call) =>
    cancel(payment, { ...call, reason: values.cancellation_reason }),
  ),
  '/refunds': refunding,
};

function creation(request: Request): Mutation {
  const { data: values, error } = createParameters.safeParse(request.body ?? {});
  if (values === undefined) {
    return { operation: 'create', rootId: undefined, decide: () => badParameter(error) };
  }
  const { confirm: isConfirmed, payment_method: paymentMethod } = values;
  return {
    operation: isConfirmed ? 'authorize' : 'create',
    rootId: undefined,
    orderId: orderIdOf(values),
    decide: (_, call) => {
      const payment = newPayment(values);
      return isConfirmed
        ? confirm(payment, { ...call, paymentMethod, unattended: isUnattended(values) })
        : open(payment, call.key);
    },
  };
}

function refunding(request: Request): Mutation {
  const { data: values, error } = refundParameters.safeParse(request.body ?? {});
  const { payment_intent: paymentId, charge } = values ?? {};
  const rootId = paymentId ?? (charge === undefined ? undefined : paymentIdOf(charge));
  if (values === undefined || rootId === undefined) {
    const outcome = error === undefined ? noTarget : badParameter(error);
    return { operation: 'refund', rootId: undefined, decide: () => outcome };
  }
  const { amount, reason, metadata } = values;
  return onPayment(rootId, 'refund', (payment, call) =>
    refund(payment, { ...call, amount, reason, metadata }),
  );
}

const noTarget = rejected({
  code: 'parameter_missing',
  message: 'Either payment_intent or charge must be given.',
});
