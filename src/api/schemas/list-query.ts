import { z } from 'zod';
import { attentionOwners, attentionReasons } from '../../domain/attention.js';
import { isAttentionId, isOfferId, type AttentionId } from '../../domain/ids.js';
import { orderStatuses } from '../../domain/order-state.js';
import { digits, flag, id, limit, limitUpTo, orderId, text } from './fields.js';

/** The query of `GET /v1/attention`. */
export const attentionListQuery = z.strictObject({
  limit,
  starting_after: id<AttentionId>(isAttentionId, 'an attention item').optional(),
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

/** The query of `GET /v1/delivery-partners/{id}/offers`. */
export const offerListQuery = z.strictObject({
  limit,
  starting_after: id(isOfferId, 'an offer').optional(),
  state: z.enum(['offered', 'accepted', 'declined', 'silent', 'released']).optional(),
});

/** The query of `GET /v1/reconciliations`. */
export const reconciliationListQuery = z.strictObject({
  limit,
  starting_after: digits(15, 'must be the id of a reconciliation').optional(),
});

/** The query of `GET /v1/stock`. */
export const stockListQuery = z.strictObject({ limit, starting_after: text(64).default('') });

/** The query of `GET /v1/orders/{id}/timeline`; a timeline usually fits on one page. */
export const timelineQuery = z.strictObject({
  limit: limitUpTo(1_000).default(1_000),
  starting_after: digits(9, 'must be a sequence number').default(0),
});

/** The query of `GET /v1/members/{id}/points`. */
export const pointsListQuery = z.strictObject({
  limit,
  starting_after: digits(15, 'must be a sequence number').optional(),
});
