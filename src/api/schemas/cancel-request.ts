import { z } from 'zod';
import { text } from './text.js';

/** The body of `POST /v1/orders/{id}/cancel`. It becomes part of the order's history. */
export const cancelRequest = z.strictObject({
  reason: text(200),
  requested_by: z
    .string()
    .regex(/^[A-Za-z0-9._:-]{1,64}$/, 'must be an opaque name of 1 to 64 characters')
    .default('customer'),
});
