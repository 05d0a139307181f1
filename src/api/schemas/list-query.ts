import { z } from 'zod';
import { attentionOwners, attentionReasons } from '../../domain/attention.js';
import { isAttentionId, isOfferId, type AttentionId } from '../../domain/ids.js';
import { flag, id, limit } from './fields.js';

/** The query of `GET /v1/attention`. */
export const attentionListQuery = z.strictObject({
  limit,
  starting_after: id<AttentionId>(isAttentionId, 'an attention item').optional(),
  owner: z.enum(attentionOwners).optional(),
  reason: z.enum(attentionReasons).optional(),
  open: flag.default(true),
});

/** The query of `GET /v1/delivery-partners/{id}/offers`. */
export const offerListQuery = z.strictObject({
  limit,
  starting_after: id(isOfferId, 'an offer').optional(),
  state: z.enum(['offered', 'accepted', 'declined', 'silent', 'released']).optional(),
});
