import { z } from 'zod';
import { digits, limitUpTo, orderId } from './fields.js';

/** A place in the feed. Readers get it as it is and give it back; what it says is our own. */
export const feedCursor = (position: number): string =>
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

/** The query of `GET /v1/events`. */
export const eventListQuery = z.strictObject({
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
export const lastSequence = digits(9, 'must be the id of an event of this stream');

/** The query of `GET /v1/orders/{id}/events`. */
export const eventStreamQuery = z.strictObject({ last_event_id: lastSequence.optional() });
