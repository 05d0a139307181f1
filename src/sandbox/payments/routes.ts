import express, { Router, type Request, type Response } from 'express';
import type { z } from 'zod';

import type { Context } from '../context.js';
import type { Operation } from '../faults.js';
import {
  addReads,
  mutate,
  requireKey,
  type Forced,
  type Mutation,
  type Outcome,
} from '../provider-call.js';
import { missingOutcome, paymentProtocol, rejected } from './errors.js';
import { cancel, capture, confirm, open, update, type Call } from './intents.js';
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
  type CreateParameters,
} from './parameters.js';
import { newPayment, orderIdOf, paymentIdOf, paymentIn, type Payment } from './payment.js';
import { refund } from './refunds.js';

/** The payment provider: Stripe's paths, shapes and rules below `/v1`. */
export function paymentRoutes(context: Context): Router {
  const router = Router();
  router.use(requireKey(paymentProtocol), express.urlencoded({ extended: true, limit: '100kb' }));
  const run = (request: Request, response: Response, mutation: Mutation) =>
    mutate(context, paymentProtocol, { request, response, mutation });

  router.post('/payment_intents', (request, response) => run(request, response, creation(request)));
  for (const [path, { operation, parameters, decide }] of Object.entries(actions)) {
    router.post(`/payment_intents/:id${path}`, (request: Request<{ id: string }>, response) => {
      const mutation = onPayment(request.params.id, operation, (payment, forced) => {
        const call = { key: request.get('idempotency-key'), forced };
        return withParameters(request, parameters, (values) => decide(payment, values, call));
      });
      return run(request, response, mutation);
    });
  }
  router.post('/refunds', (request, response) => run(request, response, refunding(request)));
  addReads(router, context, paymentProtocol, lookups);
  return router;
}

interface Action {
  readonly operation: Operation;
  readonly parameters: z.ZodType;
  readonly decide: (payment: Payment, values: never, call: Call) => Outcome;
}

const action = <Schema extends z.ZodType>(
  operation: Operation,
  parameters: Schema,
  decide: (payment: Payment, values: z.infer<Schema>, call: Call) => Outcome,
): Action => ({ operation, parameters, decide });

const actions: Readonly<Record<string, Action>> = {
  '': action('create', updateParameters, (payment, values, call) =>
    update(payment, values.metadata, call.key),
  ),
  '/confirm': action('authorize', confirmParameters, (payment, values, call) =>
    confirm(payment, {
      ...call,
      paymentMethod: values.payment_method,
      unattended: isUnattended(values),
    }),
  ),
  '/capture': action('capture', captureParameters, (payment, values, call) =>
    capture(payment, {
      ...call,
      amount: values.amount_to_capture,
      isFinal: values.final_capture,
      metadata: values.metadata,
    }),
  ),
  '/cancel': action('void', cancelParameters, (payment, values, call) =>
    cancel(payment, { ...call, reason: values.cancellation_reason }),
  ),
};

function creation(request: Request): Mutation {
  const parsed = createParameters.safeParse(request.body ?? {});
  const values = parsed.data;
  const key = request.get('idempotency-key');
  return {
    operation: values?.confirm === true ? 'authorize' : 'create',
    rootId: undefined,
    orderIdOf: () => (values === undefined ? null : orderIdOf(values)),
    decide: (_, forced) =>
      parsed.success ? create(parsed.data, { key, forced }) : badParameter(parsed.error),
  };
}

function create(values: CreateParameters, call: Call): Outcome {
  const payment = newPayment(values);
  if (!values.confirm) return open(payment, call.key);
  const unattended = isUnattended(values);
  return confirm(payment, { ...call, paymentMethod: values.payment_method, unattended });
}

function refunding(request: Request): Mutation {
  const parsed = refundParameters.safeParse(request.body ?? {});
  const { payment_intent: paymentId, charge } = parsed.data ?? {};
  const rootId = paymentId ?? (charge === undefined ? undefined : paymentIdOf(charge));
  if (!parsed.success || rootId === undefined) {
    const outcome = parsed.success ? noTarget : badParameter(parsed.error);
    return { operation: 'refund', rootId: undefined, orderIdOf: () => null, decide: () => outcome };
  }
  const { amount, reason, metadata } = parsed.data;
  const key = request.get('idempotency-key');
  return onPayment(rootId, 'refund', (payment, forced) =>
    refund(payment, { key, forced, amount, reason, metadata }),
  );
}

const noTarget = rejected({
  code: 'parameter_missing',
  message: 'Either payment_intent or charge must be given.',
});

const onPayment = (
  rootId: string,
  operation: Operation,
  decide: (payment: Payment, forced: Forced) => Outcome,
): Mutation => ({
  operation,
  rootId,
  orderIdOf: (objects) => objects[0]?.orderId ?? null,
  decide: (objects, forced) => {
    const payment = paymentIn(objects);
    return payment === undefined
      ? missingOutcome('payment_intent', rootId)
      : decide(payment, forced);
  },
});

function withParameters(
  request: Request,
  schema: z.ZodType,
  decide: (values: never) => Outcome,
): Outcome {
  const parsed = schema.safeParse(request.body ?? {});
  return parsed.success ? decide(parsed.data as never) : badParameter(parsed.error);
}
