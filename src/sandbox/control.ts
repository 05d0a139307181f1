import express, { Router, type Response } from 'express';
import { z } from 'zod';

import { trackerStatuses } from './carrier/tracker.js';
import { scan, stop } from './carrier/tracking.js';
import type { Context } from './context.js';
import { faultRequest, type Fault } from './faults.js';
import { authenticate, dispute, expire } from './payments/by-hand.js';
import { countWebhooks } from './webhooks/deliveries.js';

const ledgerQuery = z.object({
  order_id: z.string().min(1).optional(),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});

const callsQuery = z.object({ order_id: z.string().min(1) });

/** What EasyPost calls a failure with a detail has a short name here. */
const mishaps = ['lost', 'damaged', 'refused'] as const;
const scanRequest = z.strictObject({
  status: z.enum([...trackerStatuses, ...mishaps]),
  status_detail: z.string().optional(),
});
const authentication = z.strictObject({ outcome: z.enum(['succeed', 'fail']) });
const disputeRequest = z.strictObject({ amount: z.int().min(1).optional() });

/** The control API: ledger, faults, and events by hand. Bad input throws. */
export function controlRoutes(context: Context): Router {
  const router = Router();
  router.use(express.json({ limit: '16kb' }));
  addFaults(router, context);
  router.get('/ledger', async (request, response) => {
    const { order_id: orderId, after, limit } = ledgerQuery.parse(request.query);
    response.json(await context.store.ledger({ orderId, after, limit }));
  });
  router.get('/calls', (request, response) => {
    response.json({ calls: context.calls.of(callsQuery.parse(request.query).order_id) });
  });
  router.get('/webhooks', async (_request, response) => {
    response.json(await countWebhooks(context.store.pool));
  });
  router.post('/carrier/:number/events', async (request, response) => {
    const report = scanOf(scanRequest.parse(request.body));
    const tracker = await scan(context, request.params.number, report);
    answer(response, tracker, 'There is no such tracking number.');
  });
  router.post('/carrier/:number/stop', async (request, response) => {
    const tracker = await stop(context, request.params.number);
    answer(response, tracker, 'There is no such tracking number.');
  });
  addPayments(router, context);
  return router;
}

function addPayments(router: Router, context: Context): void {
  router.post('/payments/:id/authenticate', async (request, response) => {
    const { outcome } = authentication.parse(request.body);
    const payment = await authenticate(context, request.params.id, outcome);
    answer(response, payment, 'There is no such payment that waits for authentication.');
  });
  router.post('/payments/:id/expire', async (request, response) => {
    const payment = await expire(context, request.params.id);
    answer(response, payment, 'There is no such payment that is authorized.');
  });
  router.post('/payments/:id/dispute', async (request, response) => {
    const { amount } = disputeRequest.parse(request.body ?? {});
    const opened = await dispute(context, request.params.id, amount);
    answer(response, opened, 'There is no such payment of which anything was captured.');
  });
}

function addFaults(router: Router, context: Context): void {
  const { faults } = context;
  router.post('/faults', async (request, response) => {
    const fault = await faults.add(faultRequest.parse(request.body));
    response.status(201).json(shownFault(fault));
  });
  router.get('/faults', (_request, response) => {
    response.json({ data: faults.list().map(shownFault) });
  });
  router.delete('/faults', async (_request, response) => {
    await faults.clear();
    response.status(204).end();
  });
  router.delete('/faults/:id', async (request, response) => {
    const removed = await faults.remove(request.params.id);
    response.status(removed ? 204 : 404).end();
  });
}

const shownFault = ({ expiresMs, ...fault }: Fault) => ({
  ...fault,
  expires_at: expiresMs === null ? null : new Date(expiresMs).toISOString(),
});

function scanOf({ status, status_detail: detail }: z.infer<typeof scanRequest>) {
  if (status === 'lost' || status === 'damaged' || status === 'refused') {
    return { status: 'failure' as const, detail: detail ?? status };
  }
  return { status, detail };
}

function answer(response: Response, found: unknown, otherwise: string): void {
  if (found === undefined) response.status(404).json({ error: { message: otherwise } });
  else response.json(found);
}
