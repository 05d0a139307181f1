import { z } from 'zod';
import type { Request, RequestHandler } from 'express';
import { digits, limitUpTo, orderId } from '../schemas/fields.js';
import { orderExists } from '../../db/orders.js';
import { findSchema } from '../../events/catalogue/json-schema.js';
import { findEvent, readHistory } from '../../events/log.js';
import type { ApiDependencies } from '../dependencies.js';
import { eventBody } from '../representation.js';
import { content, type Handler } from '../reply.js';
import { found, idIn, orderIdIn, queryOf, refuse } from '../request.js';

/** A place in the feed. Readers get it as it is and give it back; what it says is our own. */
const feedCursor = (position: number): string =>
  Buffer.from(`log:${position}`).toString('base64url');

const cursor = z
  .string()
  .max(64)
  .transform((text, context) => {
    const plain = Buffer.from(text, 'base64url').toString('latin1');
    const position = /^log:(\d{1,15})$/.exec(plain)?.[1];
    if (position !== undefined && feedCursor(Number(position)) === text) return Number(position);
    context.addIssue({ code: 'custom', message: 'must be a next_cursor of this feed' });
    return z.NEVER;
  });

const eventListQuery = z.strictObject({
  after: cursor.default(0),
  limit: limitUpTo(500).default(100),
  type: z
    .string()
    .regex(/^[a-z0-9_]+(\.[a-z0-9_]+)+$/, 'must be the type of an event')
    .max(64)
    .optional(),
  order_id: orderId.optional(),
});

/** What a reader of one order's events had last; 0 before the first one. */
const notAnEvent = 'must be the id of an event of this stream';
const lastSequence = digits(9, notAnEvent);

const eventStreamQuery = z.strictObject({ last_event_id: lastSequence.optional() });

/** `GET /v1/events`: the events of all orders, from the first one. */
export const getEvents: Handler = async (request, { database }) => {
  const { after, limit, type, order_id: orderId } = queryOf(request, eventListQuery);
  const page = await readHistory(database, after, limit, { type, orderId });
  return content(200, {
    object: 'list',
    data: page.events.map(({ event }) => eventBody(event)),
    has_more: page.hasMore,
    next_cursor: feedCursor(page.position),
  });
};

const isEventId = (text: string): boolean => /^evt_[0-9a-z]{26}_\d{1,9}$/.test(text);

/** `GET /v1/events/{id}` */
export const getEvent: Handler = async (request, { database }) => {
  const eventId = idIn(request, isEventId, 'event_not_found');
  const event = found(await findEvent(database, eventId), 'event_not_found');
  return content(200, eventBody(event), { orderId: event.subject });
};

/** `GET /v1/event-schemas/{type}/{version}`: a JSON Schema. */
export const getEventSchema: Handler = ({ params: { type, version } }) => {
  const isPossible = typeof type === 'string' && typeof version === 'string';
  const schema =
    isPossible && /^[1-9]\d{0,5}$/.test(version) ? findSchema(type, Number(version)) : undefined;
  return content(200, found(schema, 'event_schema_not_found'));
};

/** `GET /v1/orders/{id}/events`: server-sent events, those that were and those that come. */
export const streamEvents =
  ({ database, streams }: ApiDependencies): RequestHandler =>
  async (request, response) => {
    const orderId = orderIdIn(request);
    if (!(await orderExists(database, orderId))) refuse('order_not_found');
    const after = sequenceAsked(request);
    // The session parses the address.
    if (!URL.canParse(`http://${request.get('host') ?? ''}`)) refuse('malformed_request');
    if (!streams.hasRoom()) refuse('too_many_streams');
    if (request.method === 'HEAD') {
      response.set('Content-Type', 'text/event-stream').end();
    } else {
      response.locals['orderId'] = orderId;
      await streams.open(request, response, orderId, after);
    }
  };

/** A browser that reconnects names its last event in a header; the first time it can use the query. */
function sequenceAsked(request: Request): number {
  const query = queryOf(request, eventStreamQuery);
  const header = request.get('last-event-id');
  if (header === undefined) return query.last_event_id ?? 0;
  return (
    lastSequence.safeParse(header).data ??
    refuse('invalid_header', {
      errors: [{ parameter: 'Last-Event-ID', code: 'invalid_format', detail: notAnEvent }],
    })
  );
}
