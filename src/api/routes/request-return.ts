import type { LineRefusal } from '../../domain/returnable.js';
import type { ReturnInput } from '../../workflows/messages.js';
import { acceptReturn, type ReturnAcceptance } from '../accept-return.js';
import type { ApiDependencies } from '../dependencies.js';
import { fingerprint } from '../fingerprint.js';
import { problem, type FieldError } from '../problem.js';
import { content, type Handler, type Reply } from '../reply.js';
import { bodyOf, idempotencyKey } from '../request.js';
import { describeError } from '../request-log.js';
import { returnPath } from '../return-body.js';
import { returnRequest } from '../schemas/return-request.js';
import { returnInputOf, startReturn } from '../../temporal/start-return.js';

/** `POST /v1/returns`: stores the return, then starts its workflow; accepted even if that fails. */
export const requestReturn: Handler = async (request, api) => {
  const key = idempotencyKey(request);
  const body = bodyOf(request, returnRequest);
  // Keys are shared with orders: the same body under another address is another request.
  const claim = { key, fingerprint: fingerprint({ return: request.body as unknown }) };
  const accepted = await acceptReturn(api.database, body, claim, {
    approvalAmountMinor: api.settings.returnApprovalAmountMinor,
  });
  if (accepted.kind === 'accepted') await start(api, returnInputOf(accepted.record));
  return replyTo(accepted);
};

/** The relay repeats a start that fails: the return is accepted. */
async function start({ database, workflows, log }: ApiDependencies, input: ReturnInput) {
  const lost = (cause: unknown) => {
    log.warn(
      { order_id: input.orderId, return_id: input.returnId, err: describeError(cause) },
      'return waits for its start',
    );
  };
  try {
    const started = await startReturn(database, workflows, input);
    if (started.kind === 'not_started') lost(started.cause);
  } catch (error) {
    lost(error);
  }
}

function replyTo(accepted: ReturnAcceptance): Reply {
  switch (accepted.kind) {
    case 'accepted': {
      const { id, orderId } = accepted.record;
      return content(202, accepted.body, { orderId, headers: { Location: returnPath(id) } });
    }
    case 'replayed':
      return content(202, accepted.body, { headers: replayHeaders(accepted.body) });
    case 'key_reused':
      return problem('idempotency_key_reused');
    case 'key_busy':
      return problem('idempotency_key_in_use', { headers: { 'Retry-After': '1' } });
    case 'order_not_found':
      return problem('order_not_found');
    case 'not_delivered':
      return problem('return_not_possible', {
        detail: `The order is ${accepted.status}; only what was delivered can come back.`,
        members: { current_status: accepted.status, since: accepted.since.toISOString() },
      });
    case 'window_closed':
      return problem('return_window_closed', {
        members: { closed_at: accepted.closedAt.toISOString() },
      });
    case 'lines_refused':
      return refusedLines(accepted.refusals);
  }
}

const replayHeaders = (body: object): Readonly<Record<string, string>> => ({
  'Idempotency-Replayed': 'true',
  ...('links' in body && locationIn(body.links)),
});

const locationIn = (links: unknown): Readonly<Record<string, string>> =>
  typeof links === 'object' && links !== null && 'self' in links && typeof links.self === 'string'
    ? { Location: links.self }
    : {};

/** A SKU that was never bought is a mistake in the request; too many of one that was is its own code. */
function refusedLines(refusals: readonly LineRefusal[]): Reply {
  const isMistake = refusals.some(({ why }) => why === 'not_ordered');
  return problem(isMistake ? 'validation_failed' : 'return_quantity', {
    errors: refusals.map(fieldError),
  });
}

function fieldError(refusal: LineRefusal): FieldError {
  const line = `/lines/${refusal.index}`;
  switch (refusal.why) {
    case 'not_ordered':
      return { pointer: `${line}/sku`, code: 'not_ordered', detail: 'is not in the order' };
    case 'too_many':
      return {
        pointer: `${line}/quantity`,
        code: 'too_many',
        detail: `is more than the ${refusal.returnable} that can still come back`,
      };
  }
}
