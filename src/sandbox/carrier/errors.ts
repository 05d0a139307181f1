import type { Answer, Outcome, Protocol } from '../provider-call.js';

/** An error in EasyPost's shape. */
export const failure = (
  status: number,
  code: string,
  message: string,
  errors: readonly unknown[] = [],
): Answer => ({ status, body: { error: { code, message, errors } } });

/** A refusal. Nothing is bound to the idempotency key: the same request may work later. */
export const refused = (
  code: string,
  message: string,
  errors: readonly unknown[] = [],
): Outcome => ({
  answer: failure(422, code, message, errors),
  stored: false,
});

export const carrierProtocol: Protocol = {
  service: 'carrier',
  keyInUse: failure(409, 'IDEMPOTENCY.KEY.IN_USE', 'A request with this key is still running.'),
  keyMismatch: failure(422, 'IDEMPOTENCY.KEY.MISMATCH', 'This key was used for another request.'),
  serverError: failure(500, 'INTERNAL_SERVER_ERROR', 'We have encountered an error.'),
  noKey: failure(401, 'APIKEY.INACTIVE', 'This API key is not active.'),
};

export const notFound = failure(404, 'NOT_FOUND', 'The requested resource could not be found.');
