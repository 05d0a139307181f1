import type { Request } from 'express';
import type { UpdateDefinition } from '@temporalio/common';
import type { z } from 'zod';
import { orderExists } from '../../db/orders.js';
import { findReturn, listReturnsOf, type ReturnRecord } from '../../db/returns.js';
import { isReturnId, type ReturnId } from '../../domain/ids.js';
import { serviceLevels, type ServiceLevel } from '../../domain/service-level.js';
import type { ApiDependencies } from '../dependencies.js';
import { content, type Handler, type Reply } from '../reply.js';
import {
  found,
  idIn,
  orderIdIn,
  refuse,
  bodyOf,
  idempotencyKey,
  optionalKey,
  fingerprint,
} from '../request.js';
import { returnBody, returnPath, possibleReturnActions } from '../return-body.js';
import type { LineRefusal } from '../../domain/returnable.js';
import {
  type ReturnInput,
  approveReturnUpdate,
  inspectReturnUpdate,
  type Approval,
  type ReturnSummary,
} from '../../workflows/messages.js';
import { acceptReturn, type ReturnAcceptance } from '../accept-return.js';
import { deliver, type Delivery } from '../messages.js';
import { problem, type FieldError, type Problem } from '../problem.js';
import {
  returnRequest,
  returnInspection,
  type ReturnInspection,
} from '../schemas/return-request.js';
import { returnInputOf, startReturn } from '../../temporal/starts.js';
import { tryStart } from '../try-start.js';
import { isOver } from '../../domain/returns.js';
import { approvalRequest } from '../schemas/steering-request.js';

const returnIdIn = (request: Request): ReturnId => idIn(request, isReturnId, 'return_not_found');

/** `GET /v1/returns/{id}` */
export const getReturn: Handler = async (request, { database }) => {
  return shown(200, found(await findReturn(database, returnIdIn(request)), 'return_not_found'));
};

const shown = (
  status: 200 | 202,
  record: ReturnRecord,
  headers: Readonly<Record<string, string>> = {},
): Reply => content(status, returnBody(record), { orderId: record.orderId, headers });

/** `GET /v1/orders/{id}/returns`, the oldest first; all of them on one page. */
export const getReturnsOfOrder: Handler = async (request, { database }) => {
  const orderId = orderIdIn(request);
  const records = await listReturnsOf(database, orderId);
  if (records.length === 0 && !(await orderExists(database, orderId))) refuse('order_not_found');
  const list = { object: 'list', data: records.map(returnBody), has_more: false };
  return content(200, { ...list, next_cursor: null }, { orderId });
};

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
  return acceptanceReply(accepted);
};

const start = (api: ApiDependencies, input: ReturnInput) =>
  tryStart(
    api,
    'return',
    { order_id: input.orderId, return_id: input.returnId },
    startReturn(api.database, api.workflows, input),
  );

function acceptanceReply(accepted: ReturnAcceptance): Reply {
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

interface Steering<Schema extends z.ZodType, Argument extends object> {
  readonly schema: Schema;
  readonly definition: UpdateDefinition<ReturnSummary, [Argument]>;
  readonly argumentOf: (body: z.infer<Schema>) => Argument;
  readonly mistakesIn: (body: z.infer<Schema>, record: ReturnRecord) => readonly FieldError[];
  /** How long the return waits for it from its present status on. */
  readonly limitMs: (limits: ServiceLevel['returns']) => number;
}

/** Asks the return's workflow, and answers with what became of the return. */
const steer =
  <Schema extends z.ZodType, Argument extends object>({
    schema,
    definition,
    argumentOf,
    mistakesIn,
    limitMs,
  }: Steering<Schema, Argument>): Handler =>
  async (request, api) => {
    const returnId = returnIdIn(request);
    const key = optionalKey(request);
    const body = bodyOf(request, schema);
    const record = found(await findReturn(api.database, returnId), 'return_not_found');
    // A repeated request gets its first answer, which only the workflow knows.
    if (key === undefined && isOver(record.status)) return wrongState(record);
    const errors = mistakesIn(body, record);
    if (errors.length > 0) return problem('validation_failed', { errors });

    const { orderId, serviceLevel, statusSince } = record;
    const { returns } = serviceLevels[serviceLevel];
    const delivery = await deliver(api, {
      ...{ name: definition.name, orderId, recipient: returnId, key },
      body: () => argumentOf(body),
      expiresAt: new Date(statusSince.getTime() + limitMs(returns)),
    });
    return replyTo(delivery, (await findReturn(api.database, returnId)) ?? record);
  };

/** `POST /v1/returns/{id}/approve` and `/reject` */
export const decideReturn = (decision: Approval['decision']): Handler =>
  steer({
    schema: approvalRequest,
    definition: approveReturnUpdate,
    argumentOf: ({ by, reason }) => ({ decision, by, reason }),
    mistakesIn: () => [],
    limitMs: ({ approveMs }) => approveMs,
  });

/** `POST /v1/returns/{id}/inspection` */
export const inspectReturn = steer({
  schema: returnInspection,
  definition: inspectReturnUpdate,
  argumentOf: (inspection) => inspection,
  mistakesIn: surplus,
  limitMs: ({ arriveMs }) => arriveMs,
});

function replyTo({ outcome, headers }: Delivery, record: ReturnRecord): Reply {
  switch (outcome.kind) {
    case 'taken':
      return shown(200, record);
    case 'refused':
      return wrongState(record, isOver(record.status) ? undefined : outcome.reason);
    case 'expired':
      return wrongState(record, 'Its time was over before the return took it.');
    case 'waiting':
    case 'gone':
      return shown(202, record, headers);
  }
}

const wrongState = (
  { status, statusSince }: ReturnRecord,
  detail = `The return is ${status}.`,
): Problem =>
  problem('return_in_wrong_state', {
    detail,
    members: {
      current_status: status,
      since: statusSince.toISOString(),
      alternatives: possibleReturnActions(status),
    },
  });

/** More units than the return announced, or other goods: the warehouse made a mistake. */
function surplus({ lines }: ReturnInspection, record: ReturnRecord): readonly FieldError[] {
  const left = new Map(record.lines.map(({ sku, quantity }) => [sku, quantity]));
  return lines.flatMap(({ sku, quantity }, index) => {
    const available = left.get(sku);
    const mistake = (member: string, code: string, detail: string) => [
      { pointer: `/lines/${index}/${member}`, code, detail },
    ];
    if (available === undefined) return mistake('sku', 'not_in_return', 'is not in the return');
    left.set(sku, available - quantity);
    if (quantity <= available) return [];
    return mistake('quantity', 'too_many', 'is more than the return holds');
  });
}
