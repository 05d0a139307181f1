import type { Express } from 'express';
import type { ApiDependencies } from './dependencies.js';
import { endpoint } from './endpoint.js';
import { answering } from './reply.js';
import { getEvent, getEvents, streamEvents } from './routes/read-events.js';

/** The feed of all events, and the stream of one order's. */
export function eventEndpoints(app: Express, api: ApiDependencies): void {
  endpoint(app, '/v1/events', { get: [answering(getEvents(api))] });
  endpoint(app, '/v1/events/:id', { get: [answering(getEvent(api))] });
  endpoint(app, '/v1/orders/:id/events', { get: [streamEvents(api)] });
}
