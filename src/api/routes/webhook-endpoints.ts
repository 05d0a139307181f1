import type { Request } from 'express';
import { isWebhookEndpointId } from '../../domain/ids.js';
import * as endpoints from '../../events/webhooks/endpoints.js';
import { resolveHost, checkUrl } from '../../events/webhooks/address.js';
import type { WebhookRules } from '../../events/webhooks/settings.js';
import type { ApiDependencies } from '../dependencies.js';
import { content, type Handler } from '../reply.js';
import { listReply } from '../representation.js';
import { bodyOf, found, idIn, queryOf, refuse } from '../request.js';
import { endpointChange, endpointListQuery, endpointRequest } from '../schemas/webhook-request.js';
import { webhookEndpointBody, withSecretBody } from '../webhook-body.js';

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
  const { url, description, types, state } = bodyOf(request, endpointChange);
  if (url !== undefined) await assertAllowed(url, webhooks);
  const changed = await endpoints.changeEndpoint(database, id, {
    ...(url !== undefined && { url }),
    ...(description !== undefined && { description }),
    ...(types !== undefined && { types }),
    state,
  });
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

export const endpointIdIn = (request: Request): string =>
  idIn(request, isWebhookEndpointId, notFound);

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
