import type { Request } from 'express';
import { z } from 'zod';
import * as deliveries from '../../events/webhooks/deliveries.js';
import type { WebhookDelivery } from '../../events/webhooks/deliveries.js';
import * as endpoints from '../../events/webhooks/endpoints.js';
import type { WebhookEndpoint, WithSecret } from '../../events/webhooks/endpoints.js';
import { isWebhookEndpointId, isWebhookDeliveryId } from '../../domain/ids.js';
import { eventTypes } from '../../events/catalogue/catalogue.js';
import { checkUrl, maxUrlLength, resolveHost } from '../../events/webhooks/address.js';
import type { WebhookRules } from '../../events/webhooks/settings.js';
import { content, type Handler } from '../reply.js';
import { listReply, wireBody } from '../representation.js';
import { bodyOf, found, idIn, queryOf, refuse } from '../request.js';
import { id, limit, text } from '../schemas/fields.js';

const url = z.string().max(maxUrlLength);

/** A type, or all below one: a mistake in it would otherwise match nothing, unnoticed. */
const isTypeFilter = (filter: string): boolean =>
  filter.endsWith('.*')
    ? eventTypes.some((type) => type.startsWith(filter.slice(0, -1)))
    : eventTypes.some((type) => type === filter);

const types = z
  .array(z.string().max(100).refine(isTypeFilter, 'must be a type of event, or such as order.*'))
  .max(100);

const endpointRequest = z.strictObject({
  url,
  description: text(200).nullable().default(null),
  types: types.default([]),
});

/** The body of `POST /v1/webhook-endpoints/{id}`: what is left out stays as it is. */
const endpointChange = z.strictObject({
  url: url.optional(),
  description: text(200).nullable().optional(),
  types: types.optional(),
  state: z.enum(['enabled', 'disabled']).optional(),
});

const endpointListQuery = z.strictObject({
  limit,
  starting_after: id(isWebhookEndpointId, 'a webhook endpoint').optional(),
});

const deliveryListQuery = z.strictObject({
  limit,
  starting_after: id(isWebhookDeliveryId, 'a webhook delivery').optional(),
  state: z.enum(['waiting', 'delivered', 'dead', 'discarded']).optional(),
});

const webhookEndpointBody = ({ id, stateSince, ...endpoint }: WebhookEndpoint) => ({
  id,
  object: 'webhook_endpoint' as const,
  ...wireBody({ ...endpoint, since: stateSince }),
  links: {
    self: `/v1/webhook-endpoints/${id}`,
    deliveries: `/v1/webhook-endpoints/${id}/deliveries`,
  },
});

/** The only bodies with a secret in them. */
const withSecretBody = ({ endpoint, secret }: WithSecret) => ({
  ...webhookEndpointBody(endpoint),
  secret,
});

const webhookDeliveryBody = (delivery: WebhookDelivery) => {
  const { id, eventId, type, orderId, sequence, attempts, tries, ...rest } = delivery;
  return {
    id,
    object: 'webhook_delivery' as const,
    ...wireBody({ ...rest, event: { id: eventId, type, orderId, sequence } }),
    attempt_count: attempts,
    attempts: tries.map(({ at, ...attempt }) => wireBody({ ...attempt, at: new Date(at) })),
  };
};

/** `POST /v1/webhook-endpoints`: the answer shows the secret, this once. */
export const createEndpoint: Handler = async (request, { database, settings: { webhooks } }) => {
  const body = bodyOf(request, endpointRequest);
  await assertAllowed(body.url, webhooks);
  const created = await endpoints.createEndpoint(database, webhooks.vault, body);
  if (created === undefined) {
    refuse('too_many_webhook_endpoints', { detail: `There may be ${endpoints.maxEndpoints}.` });
  }
  const answer = withSecretBody(created);
  return content(201, answer, { headers: { Location: answer.links.self } });
};

/** `GET /v1/webhook-endpoints`, newest first. */
export const getEndpoints: Handler = async (request, { database }) => {
  const { limit, starting_after: after } = queryOf(request, endpointListQuery);
  const list = await endpoints.listEndpoints(database, { limit: limit + 1, after });
  return listReply(list, limit, webhookEndpointBody, ({ id }) => id);
};

/** `GET /v1/webhook-endpoints/{id}` */
export const getEndpoint: Handler = async (request, { database }) => {
  const endpoint = await endpoints.findEndpoint(database, endpointIdIn(request));
  return content(200, webhookEndpointBody(found(endpoint, notFound)));
};

/** `POST /v1/webhook-endpoints/{id}`: changes what is named. */
export const changeEndpoint: Handler = async (request, { database, settings: { webhooks } }) => {
  const id = endpointIdIn(request);
  const change = bodyOf(request, endpointChange);
  if (change.url !== undefined) await assertAllowed(change.url, webhooks);
  const changed = await endpoints.changeEndpoint(database, id, change);
  return content(200, webhookEndpointBody(found(changed, notFound)));
};

/** `DELETE /v1/webhook-endpoints/{id}`: its deliveries go with it. */
export const deleteEndpoint: Handler = async (request, { database }) => {
  const id = endpointIdIn(request);
  if (!(await endpoints.deleteEndpoint(database, id))) refuse(notFound);
  return content(200, { id, object: 'webhook_endpoint', deleted: true });
};

/** `POST /v1/webhook-endpoints/{id}/rotate-secret`: the old secret signs for one day more. */
export const rotateSecret: Handler = async (request, { database, settings: { webhooks } }) => {
  const id = endpointIdIn(request);
  const rotated = await endpoints.rotateSecret(database, webhooks.vault, id);
  return content(200, withSecretBody(found(rotated, notFound)));
};

const notFound = 'webhook_endpoint_not_found';

const endpointIdIn = (request: Request): string => idIn(request, isWebhookEndpointId, notFound);

/** @throws Refusal when nothing may be sent to the address */
async function assertAllowed(text: string, webhooks: WebhookRules): Promise<void> {
  const checked = checkUrl(text, webhooks.rules);
  if (checked.kind === 'refused') refuseUrl('url_refused', checked.reason);
  const resolution = await resolveHost(checked.url, webhooks);
  switch (resolution.kind) {
    case 'allowed':
      return;
    case 'internal':
      return refuseUrl('url_refused', 'must lead to the public internet');
    case 'unknown':
      return refuseUrl('url_unresolved', 'has a name that cannot be resolved');
  }
}

function refuseUrl(code: string, detail: string): never {
  return refuse('validation_failed', { errors: [{ pointer: '/url', code, detail }] });
}

/** `GET /v1/webhook-endpoints/{id}/deliveries`, newest first, each with its latest tries. */
export const getDeliveries: Handler = async (request, { database }) => {
  const id = endpointIdIn(request);
  const { limit, starting_after: after, state } = queryOf(request, deliveryListQuery);
  found(await endpoints.findEndpoint(database, id), notFound);
  const page = { limit: limit + 1, after, state };
  const list = await deliveries.listDeliveries(database, id, page);
  return listReply(list, limit, webhookDeliveryBody, (delivery) => delivery.id);
};

/** `POST /v1/webhook-deliveries/{id}/resend`: once more, whatever its state. */
export const resendDelivery: Handler = async (request, { database }) => {
  const id = idIn(request, isWebhookDeliveryId, 'webhook_delivery_not_found');
  const resent = await deliveries.resendDelivery(database, id);
  const delivery = found(resent, 'webhook_delivery_not_found');
  return content(202, webhookDeliveryBody(delivery), { orderId: delivery.orderId });
};
