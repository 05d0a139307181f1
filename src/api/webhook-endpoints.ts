import type { Express } from 'express';
import type { ApiDependencies } from './dependencies.js';
import { endpoint, jsonBody } from './endpoint.js';
import { answering } from './reply.js';
import { getDeliveries, postResend } from './routes/webhook-deliveries.js';
import {
  getEndpoint,
  getEndpoints,
  postEndpoint,
  postEndpointChange,
  postRotation,
  removeEndpoint,
} from './routes/webhook-endpoints.js';

/** Who gets events over HTTP, and what became of each. */
export function webhookEndpoints(app: Express, api: ApiDependencies): void {
  endpoint(app, '/v1/webhook-endpoints', {
    get: [answering(getEndpoints(api))],
    post: [...jsonBody, answering(postEndpoint(api))],
  });
  endpoint(app, '/v1/webhook-endpoints/:id', {
    get: [answering(getEndpoint(api))],
    post: [...jsonBody, answering(postEndpointChange(api))],
    delete: [answering(removeEndpoint(api))],
  });
  endpoint(app, '/v1/webhook-endpoints/:id/rotate-secret', {
    post: [answering(postRotation(api))],
  });
  endpoint(app, '/v1/webhook-endpoints/:id/deliveries', { get: [answering(getDeliveries(api))] });
  endpoint(app, '/v1/webhook-deliveries/:id/resend', { post: [answering(postResend(api))] });
}
