import { z } from 'zod';
import { sourceOf } from '../dead-letter-sources.js';
import { actor, limit, orderId, text } from './fields.js';

const consumer = text(100);

/** The query of `GET /v1/dead-letters`. */
export const deadLetterListQuery = z.strictObject({
  limit,
  starting_after: z
    .string()
    .refine((text) => sourceOf(text) !== undefined, 'must be the id of a dead letter')
    .optional(),
  consumer: consumer.optional(),
  order_id: orderId.optional(),
});

/** The body of `POST /v1/dead-letters/{id}/replay`. */
export const replayRequest = z.strictObject({ by: actor.default('operator') });

/** The body of `POST /v1/dead-letters/replay`: without a consumer, those of all consumers. */
export const replayAllRequest = z.strictObject({
  by: actor.default('operator'),
  consumer: consumer.optional(),
});

/** The body of `POST /v1/dead-letters/{id}/discard`. */
export const discardRequest = z.strictObject({ by: actor.default('operator'), reason: text(500) });
