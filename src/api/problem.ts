/** Every way in which a request can fail. A code is for programs and never changes its meaning. */
const catalogue = {
  malformed_request: { status: 400, title: 'The request cannot be read' },
  invalid_query: { status: 400, title: 'A query parameter is not valid' },
  invalid_header: { status: 400, title: 'A header is not valid' },
  idempotency_key_missing: { status: 400, title: 'The Idempotency-Key header is required' },
  idempotency_key_invalid: { status: 400, title: 'The Idempotency-Key is not valid' },
  signature_invalid: { status: 401, title: 'The signature is not valid' },
  route_not_found: { status: 404, title: 'There is nothing at this address' },
  message_not_found: { status: 404, title: 'There is no such message' },
  order_not_found: { status: 404, title: 'There is no such order' },
  sku_not_found: { status: 404, title: 'There is no such SKU' },
  attention_not_found: { status: 404, title: 'There is no such attention item' },
  delivery_partner_not_found: { status: 404, title: 'There is no such delivery partner' },
  delivery_offer_not_found: { status: 404, title: 'There is no such delivery offer' },
  member_not_found: { status: 404, title: 'There is no such member' },
  event_not_found: { status: 404, title: 'There is no such event' },
  event_schema_not_found: { status: 404, title: 'There is no such schema of an event' },
  dead_letter_not_found: { status: 404, title: 'There is no such dead letter' },
  nothing_known: { status: 404, title: 'Nothing is known about this' },
  return_not_found: { status: 404, title: 'There is no such return' },
  webhook_endpoint_not_found: { status: 404, title: 'There is no such webhook endpoint' },
  webhook_delivery_not_found: { status: 404, title: 'There is no such webhook delivery' },
  method_not_allowed: { status: 405, title: 'This address does not know the method' },
  idempotency_key_in_use: { status: 409, title: 'A request with this key is still running' },
  order_not_cancellable: { status: 409, title: 'The order can no longer be cancelled' },
  order_in_wrong_state: { status: 409, title: 'The order does not take this now' },
  price_would_change: { status: 409, title: 'The new address would change the price' },
  code_expired: { status: 409, title: 'The code has expired' },
  code_exhausted: { status: 409, title: 'The code has no tries left' },
  no_more_codes: { status: 409, title: 'There are no more codes for this order' },
  attention_resolved: { status: 409, title: 'Somebody else has resolved the item' },
  delivery_offer_closed: { status: 409, title: 'The delivery offer is closed' },
  return_not_possible: { status: 409, title: 'The order cannot come back now' },
  return_window_closed: { status: 409, title: 'The time for a return is over' },
  dead_letter_in_wrong_state: { status: 409, title: 'The dead letter does not take this now' },
  return_in_wrong_state: { status: 409, title: 'The return does not take this now' },
  too_many_webhook_endpoints: { status: 409, title: 'There are as many endpoints as there may be' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON, not compressed' },
  validation_failed: { status: 422, title: 'The request is not valid' },
  code_wrong: { status: 422, title: 'The code is wrong' },
  return_quantity: { status: 422, title: 'More than what can come back' },
  idempotency_key_reused: { status: 422, title: 'The key was used with another body' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  database_unavailable: { status: 503, title: 'Orders cannot be read or written now' },
  too_many_streams: { status: 503, title: 'Too many streams are open' },
  timeout: { status: 503, title: 'The answer took too long' },
} as const;

export type ProblemCode = keyof typeof catalogue;

/** What is wrong with one member of the body (`pointer`, RFC 6901) or one parameter or header. */
export interface FieldError {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly code: string;
  readonly detail: string;
}

export interface ProblemDetails {
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Further members of the body, for the codes that document them. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Problem extends ProblemDetails {
  readonly kind: 'problem';
  readonly code: ProblemCode;
}

/** Seconds after which a client may try again when we are the reason. */
const retryAfterSeconds = '2';

export const problem = (code: ProblemCode, details: ProblemDetails = {}): Problem => ({
  kind: 'problem',
  code,
  ...details,
});

export function problemHead({ code, headers }: Problem) {
  const { status } = catalogue[code];
  const retry = status === 503 ? { 'Retry-After': retryAfterSeconds } : {};
  return { status, headers: { 'Content-Type': 'application/problem+json', ...retry, ...headers } };
}

/** The body as RFC 9457 has it. */
export function problemBody(
  { code, detail, errors, members }: Problem,
  requestId: string,
): Readonly<Record<string, unknown>> {
  return {
    type: `urn:problem:durable-orders:${code}`,
    ...catalogue[code],
    code,
    ...(detail !== undefined && { detail }),
    ...(errors !== undefined && { errors }),
    ...members,
    request_id: requestId,
  };
}
