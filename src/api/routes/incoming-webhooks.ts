import type { Request } from 'express';
import { storeDispute } from '../../db/disputes.js';
import { storeMessage, type NewMessage } from '../../db/messages.js';
import { sendMessage } from '../../temporal/messages.js';
import { carrierEventSignal, paymentEventSignal } from '../../workflows/messages.js';
import type { ApiDependencies } from '../dependencies.js';
import { problem } from '../problem.js';
import { content, type Handler, type Reply } from '../reply.js';
import { parseCarrierEvent, parsePaymentEvent } from '../incoming-webhooks/events.js';
import { isEasypostSignature, isStripeSignature } from '../incoming-webhooks/signatures.js';

const forged = problem('signature_invalid');
const unreadable = problem('malformed_request', { detail: 'The event has not the expected form.' });

const received = (isDuplicate: boolean): Reply =>
  content(200, { received: true, duplicate: isDuplicate });

/** `POST /webhooks/payments`: stored once; reports go to their order, disputes to a person. */
export const receivePaymentEvent: Handler = async (request, api) => {
  const { database, settings } = api;
  const body = rawBody(request);
  const signature = request.get('Stripe-Signature') ?? '';
  const now = Math.floor(Date.now() / 1_000);
  if (!isStripeSignature(signature, body, settings.paymentWebhookSecret, now)) return forged;
  const event = parsePaymentEvent(body);
  switch (event.kind) {
    case 'unreadable':
      return unreadable;
    case 'other': {
      const { eventId, orderId } = event;
      return take(api, { id: `payment:${eventId}`, kind: 'notice', orderId, body: {} });
    }
    case 'dispute':
      return received(!(await storeDispute(database, event.dispute)));
    case 'report': {
      const { orderId, happenedAt, ...body } = event.report;
      const id = `payment:${body.eventId}`;
      const kind = paymentEventSignal.name;
      return take(api, { id, kind, orderId, body, content: { happenedAt }, expiresAt: expiry() });
    }
  }
};

/** `POST /webhooks/carrier`: stored once, shown in the timeline; milestones go to the workflow. */
export const receiveCarrierEvent: Handler = async (request, api) => {
  const body = rawBody(request);
  const signature = request.get('X-Hmac-Signature') ?? '';
  if (!isEasypostSignature(signature, body, api.settings.carrierWebhookSecret)) return forged;
  const event = parseCarrierEvent(body);
  if (event.kind === 'unreadable') return unreadable;
  if (event.kind === 'other') return received(false);
  const { eventId, ...scan } = event.scan;
  const message = { id: `scan:${eventId}`, kind: carrierEventSignal.name, orderId: null };
  const { milestone } = event;
  return take(api, {
    ...{ ...message, body: { eventId, milestone }, content: scan, expiresAt: expiry() },
  });
};

/** After this time nobody waits for a report that found no order, or had no effect on it. */
const expiryMs = 3 * 24 * 60 * 60 * 1_000;
const expiry = (): Date => new Date(Date.now() + expiryMs);

/** Stores a report once, and sends it to the workflow that waits for it, if there is one. */
async function take({ database, workflows }: ApiDependencies, message: NewMessage): Promise<Reply> {
  const stored = await storeMessage(database, message);
  if (stored.isNew) await sendMessage(database, workflows, stored);
  return received(!stored.isNew);
}

const rawBody = (request: Request): Buffer =>
  Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
