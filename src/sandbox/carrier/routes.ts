import express, { Router, type Request, type Response } from 'express';
import { z } from 'zod';

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
import { carrierProtocol, failure, notFound } from './errors.js';
import { buy, quote, refund } from './labels.js';
import { lookups } from './lookups.js';
import { orderIdOf, shipmentIn, trackerIn, type Shipment } from './shipment.js';
import type { Tracker } from './tracker.js';

const fields = z.record(z.string(), z.unknown());
const creationBody = z.object({
  shipment: z.object({
    reference: z.string().nullish(),
    to_address: fields,
    from_address: fields,
    parcel: fields,
    options: fields.nullish(),
    is_return: z.boolean().nullish(),
  }),
});
const purchaseBody = z.object({ rate: z.object({ id: z.string() }) });

/** The carrier: EasyPost's paths, shapes and rules below `/easypost/v2`. */
export function carrierRoutes(context: Context): Router {
  const router = Router();
  router.use(requireKey(carrierProtocol), express.json({ limit: '100kb' }));
  const run = (request: Request, response: Response, mutation: Mutation) =>
    mutate(context, carrierProtocol, { request, response, mutation });

  router.post('/shipments', (request, response) => run(request, response, creation(request)));
  router.post('/shipments/:id/buy', (request, response) => {
    const rateId = purchaseBody.safeParse(request.body).data?.rate.id;
    const { pace } = context;
    const key = request.get('idempotency-key');
    const mutation = onShipment(request.params.id, 'buy_label', ({ shipment }, forced) =>
      buy(shipment, { rateId, key, forced, pace, siteUrl: siteUrlOf(request) }),
    );
    return run(request, response, mutation);
  });
  router.post('/shipments/:id/refund', (request, response) => {
    const key = request.get('idempotency-key');
    const mutation = onShipment(request.params.id, 'void_label', ({ shipment, tracker }, forced) =>
      refund(shipment, tracker, { key, forced }),
    );
    return run(request, response, mutation);
  });
  addReads(router, context, carrierProtocol, lookups);
  return router;
}

const siteUrlOf = (request: Request): string =>
  `${request.protocol}://${request.get('host') ?? ''}`;

function creation(request: Request): Mutation {
  const parsed = creationBody.safeParse(request.body);
  const reference = parsed.data?.shipment.reference ?? null;
  return {
    operation: 'create',
    rootId: undefined,
    orderIdOf: () => orderIdOf(reference),
    decide: () => (parsed.success ? quoteOf(parsed.data.shipment) : invalid(parsed.error)),
  };
}

function quoteOf(shipment: z.infer<typeof creationBody>['shipment']): Outcome {
  const to = shipment.to_address;
  return quote({
    reference: shipment.reference ?? null,
    to,
    from: shipment.from_address,
    parcel: shipment.parcel,
    options: shipment.options ?? {},
    hasService: (to['zip'] ?? to['postal_code']) !== '99999',
    isReturn: shipment.is_return ?? false,
  });
}

const onShipment = (
  rootId: string,
  operation: Operation,
  decide: (
    found: { readonly shipment: Shipment; readonly tracker: Tracker | undefined },
    forced: Forced,
  ) => Outcome,
): Mutation => ({
  operation,
  rootId,
  orderIdOf: (objects) => objects[0]?.orderId ?? null,
  decide: (objects, forced) => {
    const shipment = shipmentIn(objects);
    if (shipment === undefined) return { answer: notFound, stored: false };
    return decide({ shipment, tracker: trackerIn(objects) }, forced);
  },
});

const invalid = (error: z.ZodError): Outcome => ({
  answer: failure(
    422,
    'PARAMETER.INVALID',
    'Parameters were invalid.',
    error.issues.map(({ path, message }) => ({ field: path.join('.'), message })),
  ),
  stored: false,
});
