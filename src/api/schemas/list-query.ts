import { z } from 'zod';
import { attentionOwners, attentionReasons } from '../../domain/attention.js';
import {
  isAttentionId,
  isOfferId,
  isOrderId,
  type AttentionId,
  type OrderId,
} from '../../domain/ids.js';
import { orderStatuses } from '../../domain/order-state.js';
import { text } from './text.js';

export const limit = z
  .string()
  .regex(/^\d{1,3}$/, 'must be a whole number')
  .transform(Number)
  .pipe(z.number().min(1).max(100))
  .default(25);

const orderId = z.custom<OrderId>(
  (value) => typeof value === 'string' && isOrderId(value),
  'must be the id of an order',
);

const attentionId = z.custom<AttentionId>(
  (value) => typeof value === 'string' && isAttentionId(value),
  'must be the id of an attention item',
);

const flag = z.stringbool({ truthy: ['true'], falsy: ['false'] });

/** The query of `GET /v1/attention`. */
export const attentionListQuery = z.strictObject({
  limit,
  starting_after: attentionId.optional(),
  owner: z.enum(attentionOwners).optional(),
  reason: z.enum(attentionReasons).optional(),
  open: flag.default(true),
});

/** The query of `GET /v1/orders`. */
export const orderListQuery = z.strictObject({
  limit,
  starting_after: orderId.optional(),
  status: z.enum(orderStatuses).optional(),
  customer_id: text(64).optional(),
  needs_attention: flag.optional(),
});

const offerId = z.custom<string>(
  (value) => typeof value === 'string' && isOfferId(value),
  'must be the id of an offer',
);

/** The query of `GET /v1/delivery-partners/{id}/offers`. */
export const offerListQuery = z.strictObject({
  limit,
  starting_after: offerId.optional(),
  state: z.enum(['offered', 'accepted', 'declined', 'silent', 'released']).optional(),
});

/** The query of `GET /v1/reconciliations`. */
export const reconciliationListQuery = z.strictObject({
  limit,
  starting_after: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the id of a reconciliation')
    .transform(Number)
    .optional(),
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

/** The query of `GET /v1/members/{id}/points`. */
export const pointsListQuery = z.strictObject({
  limit,
  starting_after: z
    .string()
    .regex(/^\d{1,15}$/, 'must be a sequence number')
    .transform(Number)
    .optional(),
});
