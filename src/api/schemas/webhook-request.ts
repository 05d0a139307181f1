import { z } from 'zod';
import { eventTypes } from '../../events/catalogue/catalogue.js';
import { maxUrlLength } from '../../events/webhooks/address.js';
import { isWebhookDeliveryId, isWebhookEndpointId } from '../../domain/ids.js';
import { id, limit, text } from './fields.js';

const url = z.string().max(maxUrlLength);

/** A type, or all below one: a mistake in it would otherwise match nothing, unnoticed. */
const isTypeFilter = (filter: string): boolean =>
  filter.endsWith('.*')
    ? eventTypes.some((type) => type.startsWith(filter.slice(0, -1)))
    : eventTypes.some((type) => type === filter);

const types = z
  .array(z.string().max(100).refine(isTypeFilter, 'must be a type of event, or such as order.*'))
  .max(100);

/** The body of `POST /v1/webhook-endpoints`. */
export const endpointRequest = z.strictObject({
  url,
  description: text(200).nullable().default(null),
  types: types.default([]),
});

/** The body of `POST /v1/webhook-endpoints/{id}`: what is left out stays as it is. */
export const endpointChange = z.strictObject({
  url: url.optional(),
  description: text(200).nullable().optional(),
  types: types.optional(),
  state: z.enum(['enabled', 'disabled']).optional(),
});

/** The query of `GET /v1/webhook-endpoints`. */
export const endpointListQuery = z.strictObject({
  limit,
  starting_after: id(isWebhookEndpointId, 'a webhook endpoint').optional(),
});

/** The query of `GET /v1/webhook-endpoints/{id}/deliveries`. */
export const deliveryListQuery = z.strictObject({
  limit,
  starting_after: id(isWebhookDeliveryId, 'a webhook delivery').optional(),
  state: z.enum(['waiting', 'delivered', 'dead', 'discarded']).optional(),
});
