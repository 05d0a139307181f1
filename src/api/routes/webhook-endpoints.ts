import type { Request } from 'express';
import { isWebhookEndpointId } from '../../domain/ids.js';
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  findEndpoint,
  listEndpoints,
  maxEndpoints,
  rotateSecret,
} from '../../events/webhooks/endpoints.js';
import { resolveHost } from '../../events/webhooks/resolve.js';
import type { WebhookRules } from '../../events/webhooks/settings.js';
import { checkUrl } from '../../events/webhooks/url.js';
import type { ApiDependencies } from '../dependencies.js';
import { problem, type Problem } from '../problem.js';
import { content, type Reply } from '../reply.js';
import { listBody } from '../representation.js';
import { parseBody, parseQuery } from '../schemas/parse.js';
import { endpointChange, endpointListQuery, endpointRequest } from '../schemas/webhook-request.js';
import { webhookEndpointBody, withSecretBody } from '../webhook-body.js';

/** `POST /v1/webhook-endpoints`: the answer shows the secret, this once. */
export const postEndpoint =
  ({ database, settings: { webhooks } }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const body = parseBody(endpointRequest, request.body);
    if (body.kind === 'invalid') return body.problem;
    const refusal = await refusalOf(body.value.url, webhooks);
    if (refusal !== undefined) return refusal;
    const made = await createEndpoint(database, webhooks.vault, body.value);
    if (made === undefined) {
      return problem('too_many_webhook_endpoints', { detail: `There may be ${maxEndpoints}.` });
    }
    const answer = withSecretBody(made);
    return content(201, answer, { headers: { Location: answer.links.self } });
  };

/** `GET /v1/webhook-endpoints`, newest first. */
export const getEndpoints =
  ({ database }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const query = parseQuery(endpointListQuery, request.query);
    if (query.kind === 'invalid') return query.problem;
    const { limit, starting_after: after } = query.value;
    const endpoints = await listEndpoints(database, { limit: limit + 1, after });
    return content(
      200,
      listBody(endpoints, limit, webhookEndpointBody, ({ id }) => id),
    );
  };

/** `GET /v1/webhook-endpoints/{id}` */
export const getEndpoint =
  ({ database }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const id = endpointIdOf(request);
    const endpoint = id === undefined ? undefined : await findEndpoint(database, id);
    return endpoint === undefined ? notFound : content(200, webhookEndpointBody(endpoint));
  };

/** `POST /v1/webhook-endpoints/{id}`: changes what is named. */
export const postEndpointChange =
  ({ database, settings: { webhooks } }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const id = endpointIdOf(request);
    if (id === undefined) return notFound;
    const body = parseBody(endpointChange, request.body);
    if (body.kind === 'invalid') return body.problem;
    const { url, description, types, state } = body.value;
    const refusal = url === undefined ? undefined : await refusalOf(url, webhooks);
    if (refusal !== undefined) return refusal;
    const changed = await changeEndpoint(database, id, {
      ...(url !== undefined && { url }),
      ...(description !== undefined && { description }),
      ...(types !== undefined && { types }),
      state,
    });
    return changed === undefined ? notFound : content(200, webhookEndpointBody(changed));
  };

/** `DELETE /v1/webhook-endpoints/{id}`: its deliveries go with it. */
export const removeEndpoint =
  ({ database }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const id = endpointIdOf(request);
    if (id === undefined || !(await deleteEndpoint(database, id))) return notFound;
    return content(200, { id, object: 'webhook_endpoint', deleted: true });
  };

/** `POST /v1/webhook-endpoints/{id}/rotate-secret`: the secret before it signs for a day more. */
export const postRotation =
  ({ database, settings: { webhooks } }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const id = endpointIdOf(request);
    const rotated = id === undefined ? undefined : await rotateSecret(database, webhooks.vault, id);
    return rotated === undefined ? notFound : content(200, withSecretBody(rotated));
  };

export function endpointIdOf(request: Request): string | undefined {
  const id = request.params['id'];
  return typeof id === 'string' && isWebhookEndpointId(id) ? id : undefined;
}

export const notFound = problem('webhook_endpoint_not_found');

async function refusalOf(text: string, webhooks: WebhookRules): Promise<Problem | undefined> {
  const checked = checkUrl(text, webhooks.rules);
  if (checked.kind === 'refused') return wrongUrl('url_refused', checked.reason);
  const resolution = await resolveHost(checked.url, webhooks);
  switch (resolution.kind) {
    case 'allowed':
      return undefined;
    case 'internal':
      return wrongUrl('url_refused', 'must lead to the public internet');
    case 'unknown':
      return wrongUrl('url_unresolved', 'has a name that cannot be resolved');
  }
}

const wrongUrl = (code: string, detail: string): Problem =>
  problem('validation_failed', { errors: [{ pointer: '/url', code, detail }] });
