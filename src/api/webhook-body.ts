import type { WebhookAttempt, WebhookDelivery } from '../events/webhooks/deliveries.js';
import type { WebhookEndpoint, WithSecret } from '../events/webhooks/endpoints.js';

export const webhookEndpointBody = (endpoint: WebhookEndpoint) => ({
  id: endpoint.id,
  object: 'webhook_endpoint' as const,
  url: endpoint.url,
  description: endpoint.description,
  types: endpoint.types,
  state: endpoint.state,
  state_reason: endpoint.stateReason,
  since: endpoint.stateSince.toISOString(),
  created_at: endpoint.createdAt.toISOString(),
  circuit: endpoint.circuit,
  consecutive_failures: endpoint.consecutiveFailures,
  failing_since: endpoint.failingSince?.toISOString() ?? null,
  quiet_until: endpoint.quietUntil?.toISOString() ?? null,
  previous_secret_until: endpoint.previousSecretUntil?.toISOString() ?? null,
  links: {
    self: `/v1/webhook-endpoints/${endpoint.id}`,
    deliveries: `/v1/webhook-endpoints/${endpoint.id}/deliveries`,
  },
});

/** The only bodies with a secret in them. */
export const withSecretBody = ({ endpoint, secret }: WithSecret) => ({
  ...webhookEndpointBody(endpoint),
  secret,
});

export const webhookDeliveryBody = (delivery: WebhookDelivery) => ({
  id: delivery.id,
  object: 'webhook_delivery' as const,
  endpoint_id: delivery.endpointId,
  event: {
    id: delivery.eventId,
    type: delivery.type,
    order_id: delivery.orderId,
    sequence: delivery.sequence,
  },
  state: delivery.state,
  created_at: delivery.createdAt.toISOString(),
  settled_at: delivery.settledAt?.toISOString() ?? null,
  next_attempt_at: delivery.nextAttemptAt?.toISOString() ?? null,
  attempt_count: delivery.attempts,
  attempts: delivery.tries.map(attemptBody),
});

const attemptBody = ({ number, at, durationMs, statusCode, error }: WebhookAttempt) => ({
  number,
  at: new Date(at).toISOString(),
  duration_ms: durationMs,
  status_code: statusCode,
  error,
});
