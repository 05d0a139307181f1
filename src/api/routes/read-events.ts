import type { Request, RequestHandler } from 'express';
import { orderExists } from '../../db/orders.js';
import { findEvent, readHistory } from '../../events/log.js';
import type { ApiDependencies } from '../dependencies.js';
import { eventBody } from '../event-body.js';
import { problem, type Problem } from '../problem.js';
import { content, send, type Reply } from '../reply.js';
import {
  eventListQuery,
  eventStreamQuery,
  feedCursor,
  lastSequence,
} from '../schemas/event-query.js';
import { parseQuery, type Parsed } from '../schemas/parse.js';
import { isOrderIdParameter, orderNotFound } from './read-orders.js';

/** `GET /v1/events`: the events of all orders, from the first one. */
export const getEvents =
  ({ database }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const query = parseQuery(eventListQuery, request.query);
    if (query.kind === 'invalid') return query.problem;
    const { after, limit, type, order_id: orderId } = query.value;
    const page = await readHistory(database, after, limit, { type, orderId });
    return content(200, {
      object: 'list',
      data: page.events.map(({ event }) => eventBody(event)),
      has_more: page.hasMore,
      next_cursor: feedCursor(page.position),
    });
  };

const eventIdPattern = /^evt_[0-9a-z]{26}_\d{1,9}$/;

/** `GET /v1/events/{id}` */
export const getEvent =
  ({ database }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const eventId = request.params['id'];
    const isPossible = typeof eventId === 'string' && eventIdPattern.test(eventId);
    const event = isPossible ? await findEvent(database, eventId) : undefined;
    return event === undefined
      ? problem('event_not_found')
      : content(200, eventBody(event), { orderId: event.subject });
  };

/** `GET /v1/orders/{id}/events`: server-sent events, what was and what comes. */
export const streamEvents =
  ({ database, streams }: ApiDependencies): RequestHandler =>
  async (request, response) => {
    const orderId = request.params['id'];
    const after = sequenceAsked(request);
    if (!isOrderIdParameter(orderId) || !(await orderExists(database, orderId))) {
      send(response, orderNotFound);
    } else if (after.kind === 'invalid') {
      send(response, after.problem);
    } else if (!URL.canParse(`http://${request.get('host') ?? ''}`)) {
      // The session takes the address apart.
      send(response, problem('malformed_request'));
    } else if (!streams.hasRoom()) {
      send(response, problem('too_many_streams'));
    } else if (request.method === 'HEAD') {
      response.set('Content-Type', 'text/event-stream').end();
    } else {
      response.locals['orderId'] = orderId;
      await streams.open({ request, response }, orderId, after.value);
    }
  };

/** A browser that comes again says by a header what it had; its first time it can use the query. */
function sequenceAsked(request: Request): Parsed<number> {
  const query = parseQuery(eventStreamQuery, request.query);
  if (query.kind === 'invalid') return query;
  const header = request.get('last-event-id');
  if (header === undefined) return { kind: 'valid', value: query.value.last_event_id ?? 0 };
  const sequence = lastSequence.safeParse(header);
  return sequence.success
    ? { kind: 'valid', value: sequence.data }
    : { kind: 'invalid', problem: badHeader };
}

const badHeader: Problem = problem('invalid_header', {
  errors: [
    {
      parameter: 'Last-Event-ID',
      code: 'invalid_format',
      detail: 'must be the id of an event of this stream',
    },
  ],
});
