import { z } from 'zod';
import { isOrderId, type OrderId } from '../../domain/ids.js';
import { sourceOf } from '../dead-letter-sources.js';
import { actor } from './actor.js';
import { text } from './text.js';

const consumer = text(100);

/** The query of `GET /v1/dead-letters`. */
export const deadLetterListQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(100))
    .default(25),
  starting_after: z
    .string()
    .refine((id) => sourceOf(id) !== undefined, 'must be the id of a dead letter')
    .optional(),
  consumer: consumer.optional(),
  order_id: z
    .custom<OrderId>(
      (value) => typeof value === 'string' && isOrderId(value),
      'must be the id of an order',
    )
    .optional(),
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
