import { randomUUID } from 'node:crypto';
import type { UpdateDefinition } from '@temporalio/common';
import type { z } from 'zod';
import { findReturn, type ReturnRecord } from '../../db/returns.js';
import { isOver } from '../../domain/returns.js';
import {
  approveReturnUpdate,
  inspectReturnUpdate,
  type Approval,
  type ReturnSummary,
} from '../../workflows/messages.js';
import type { ApiDependencies } from '../dependencies.js';
import { problem, type FieldError, type Problem } from '../problem.js';
import { content, type Handler, type Reply } from '../reply.js';
import { bodyOf, found, optionalKey } from '../request.js';
import { describeError } from '../request-log.js';
import { possibleReturnActions, returnBody } from '../return-body.js';
import { returnInspection, type ReturnInspection } from '../schemas/return-request.js';
import { approvalRequest } from '../schemas/steering-request.js';
import type { UpdateAnswer } from '../../temporal/ask-update.js';
import { returnIdIn } from './read-returns.js';

interface Steering<Schema extends z.ZodType, Argument> {
  readonly schema: Schema;
  readonly definition: UpdateDefinition<ReturnSummary, [Argument]>;
  readonly argumentOf: (body: z.infer<Schema>) => Argument;
  readonly mistakesIn: (body: z.infer<Schema>, record: ReturnRecord) => readonly FieldError[];
}

/** Asks the return's workflow, and answers with what became of the return. */
const steer =
  <Schema extends z.ZodType, Argument>({
    schema,
    definition,
    argumentOf,
    mistakesIn,
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

    const argument = argumentOf(body);
    const answer = await api.workflows.update(returnId, definition, argument, key ?? randomUUID());
    return replyTo(api, answer, (await findReturn(api.database, returnId)) ?? record);
  };

/** `POST /v1/returns/{id}/approve` and `/reject` */
export const decideReturn = (decision: Approval['decision']): Handler =>
  steer({
    schema: approvalRequest,
    definition: approveReturnUpdate,
    argumentOf: ({ by, reason }) => ({ decision, by, reason }),
    mistakesIn: () => [],
  });

/** `POST /v1/returns/{id}/inspection` */
export const inspectReturn = steer({
  schema: returnInspection,
  definition: inspectReturnUpdate,
  argumentOf: (inspection) => inspection,
  mistakesIn: surplus,
});

function replyTo(
  api: ApiDependencies,
  answer: UpdateAnswer<ReturnSummary>,
  record: ReturnRecord,
): Reply {
  switch (answer.kind) {
    case 'done':
      return content(200, returnBody(record), { orderId: record.orderId });
    case 'in_progress':
      return content(202, returnBody(record), { orderId: record.orderId });
    case 'refused':
      return wrongState(record, answer.reason);
    case 'gone':
      return isOver(record.status) ? wrongState(record) : problem('temporal_unavailable');
    case 'unavailable':
      api.log.warn(
        { return_id: record.id, err: describeError(answer.cause) },
        'a message did not reach its return',
      );
      return problem('temporal_unavailable');
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
    if (available === undefined) {
      return [
        { pointer: `/lines/${index}/sku`, code: 'not_in_return', detail: 'is not in the return' },
      ];
    }
    left.set(sku, available - quantity);
    if (quantity <= available) return [];
    const detail = 'is more than the return holds';
    return [{ pointer: `/lines/${index}/quantity`, code: 'too_many', detail }];
  });
}
