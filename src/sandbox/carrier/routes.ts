import express, { type Request, type Router } from 'express';
import { z } from 'zod';

import type { Context } from '../context.js';
import type { Operation } from '../faults.js';
import { providerRouter, type Call, type Mutation, type Outcome } from '../provider-call.js';
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
export const carrierRoutes = (context: Context): Router =>
  providerRouter(context, carrierProtocol, express.json({ limit: '100kb' }), {
    writes,
    reads: lookups,
  });

const writes = {
  '/shipments': creation,
  '/shipments/:id/buy': (request: Request, { pace }: Context) =>
    onShipment(request, 'buy_label', (shipment, _tracker, call) => {
      const rateId = purchaseBody.safeParse(request.body).data?.rate.id;
      const siteUrl = `${request.protocol}://${request.get('host') ?? ''}`;
      return buy(shipment, { ...call, rateId, pace, siteUrl });
    }),
  '/shipments/:id/refund': (request: Request) => onShipment(request, 'void_label', refund),
};

function creation(request: Request): Mutation {
  const { data, error } = creationBody.safeParse(request.body);
  if (data === undefined) {
    return { operation: 'create', rootId: undefined, decide: () => invalid(error) };
  }
  const { reference, to_address: to, from_address: from, parcel, ...more } = data.shipment;
  const quoted = {
    reference: reference ?? null,
    to,
    from,
    parcel,
    options: more.options ?? {},
    hasService: (to['zip'] ?? to['postal_code']) !== '99999',
    isReturn: more.is_return ?? false,
  };
  const orderId = orderIdOf(quoted.reference);
  return { operation: 'create', rootId: undefined, orderId, decide: () => quote(quoted) };
}

function onShipment(
  request: Request,
  operation: Operation,
  decide: (shipment: Shipment, tracker: Tracker | undefined, call: Call) => Outcome,
): Mutation {
  return {
    operation,
    rootId: String(request.params['id']),
    decide: (objects, call) => {
      const shipment = shipmentIn(objects);
      if (shipment === undefined) return { answer: notFound, stored: false };
      return decide(shipment, trackerIn(objects), call);
    },
  };
}

const invalid = (error: z.ZodError): Outcome => ({
  answer: failure(
    422,
    'PARAMETER.INVALID',
    'Parameters were invalid.',
    error.issues.map(({ path, message }) => ({ field: path.join('.'), message })),
  ),
  stored: false,
});
