import type { Request } from 'express';
import type { Database } from '../../db/database.js';
import {
  storeDispute,
  storeOtherPaymentEvent,
  storePaymentReport,
  type PaymentReport,
} from '../../db/incoming-webhooks/payments.js';
import { storeCarrierScan } from '../../db/incoming-webhooks/carrier.js';
import type { OrderWorkflows } from '../../temporal/order-workflows.js';
import { problem } from '../problem.js';
import { content, type Handler, type Reply } from '../reply.js';
import { parseCarrierEvent, parsePaymentEvent } from '../incoming-webhooks/events.js';
import { signalCarrierEvent, deliverPaymentReport } from '../../temporal/incoming-webhooks.js';
import { isEasypostSignature, isStripeSignature } from '../incoming-webhooks/signatures.js';

const forged = problem('signature_invalid');
const unreadable = problem('malformed_request', { detail: 'The event has not the expected form.' });

const received = (isDuplicate: boolean): Reply =>
  content(200, { received: true, duplicate: isDuplicate });

/** `POST /webhooks/payments`: stored once; reports go to their order, disputes to a person. */
export const receivePaymentEvent: Handler = async (request, { database, workflows, settings }) => {
  const body = rawBody(request);
  const signature = request.get('Stripe-Signature') ?? '';
  const now = Math.floor(Date.now() / 1_000);
  if (!isStripeSignature(signature, body, settings.paymentWebhookSecret, now)) return forged;
  const event = parsePaymentEvent(body);
  switch (event.kind) {
    case 'unreadable':
      return unreadable;
    case 'other':
      return received(!(await storeOtherPaymentEvent(database, event)));
    case 'dispute':
      return received(!(await storeDispute(database, event.dispute)));
    case 'report':
      return received(!(await storeReport(database, workflows, event.report)));
  }
};

/** @returns false when the report was stored before */
async function storeReport(
  database: Database,
  workflows: OrderWorkflows,
  report: PaymentReport,
): Promise<boolean> {
  const stored = await storePaymentReport(database, report);
  if (stored.kind === 'to_deliver') await deliverPaymentReport(database, workflows, stored.report);
  return stored.kind !== 'duplicate';
}

/** `POST /webhooks/carrier`: stored once, shown in the timeline; milestones go to the workflow. */
export const receiveCarrierEvent: Handler = async (request, { database, workflows, settings }) => {
  const body = rawBody(request);
  const signature = request.get('X-Hmac-Signature') ?? '';
  if (!isEasypostSignature(signature, body, settings.carrierWebhookSecret)) return forged;
  const event = parseCarrierEvent(body);
  if (event.kind === 'unreadable') return unreadable;
  if (event.kind === 'other') return received(false);
  const stored = await storeCarrierScan(database, event.scan, event.milestone);
  if (stored.kind === 'to_signal') await signalCarrierEvent(database, workflows, stored.scan);
  return received(stored.kind === 'duplicate');
};

const rawBody = (request: Request): Buffer =>
  Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
