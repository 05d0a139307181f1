import { z } from 'zod';
import { isOrderId, type OrderId } from '../../domain/ids.js';
import { orderStatuses } from '../../domain/order-state.js';
import { text } from './text.js';

const limit = z
  .string()
  .regex(/^\d{1,3}$/, 'must be a whole number')
  .transform(Number)
  .pipe(z.number().min(1).max(100))
  .default(25);

const orderId = z.custom<OrderId>(
  (value) => typeof value === 'string' && isOrderId(value),
  'must be the id of an order',
);

/** The query of `GET /v1/orders`. */
export const orderListQuery = z.strictObject({
  limit,
  starting_after: orderId.optional(),
  status: z.enum(orderStatuses).optional(),
  customer_id: text(64).optional(),
  needs_attention: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
});

/** The query of `GET /v1/stock`. */
export const stockListQuery = z.strictObject({ limit, starting_after: text(64).default('') });

/** The query of `GET /v1/orders/{id}/timeline`; a timeline usually fits on one page. */
export const timelineQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(1_000))
    .default(1_000),
  starting_after: z
    .string()
    .regex(/^\d{1,9}$/, 'must be a sequence number')
    .transform(Number)
    .default(0),
});
