import type { Express } from 'express';
import { endpoint } from './endpoint.js';
import { answering } from './reply.js';
import { getEventSchema } from './routes/event-schemas.js';

/** What the data of an event of one type and version looks like. */
export function eventSchemaEndpoints(app: Express): void {
  endpoint(app, '/v1/event-schemas/:type/:version', { get: [answering(getEventSchema)] });
}
