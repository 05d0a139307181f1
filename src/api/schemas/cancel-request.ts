import { z } from 'zod';
import { actor } from './actor.js';
import { text } from './text.js';

/** The body of `POST /v1/orders/{id}/cancel`. It becomes part of the order's history. */
export const cancelRequest = z.strictObject({
  reason: text(200),
  requested_by: actor.default('customer'),
});
