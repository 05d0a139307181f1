import type { Request } from 'express';
import {
  closeAttention,
  findAttention,
  listAttention,
  type AttentionRecord,
} from '../../db/attention.js';
import { findOrder } from '../../db/orders.js';
import { attentionKinds } from '../../domain/attention.js';
import { isAttentionId } from '../../domain/ids.js';
import { resolveAttentionUpdate } from '../../workflows/messages.js';
import { attentionBody } from '../attention-body.js';
import type { ApiDependencies } from '../dependencies.js';
import { giveUpParcel } from '../give-up-parcel.js';
import { withSummary, wrongState } from '../order-reply.js';
import { problem } from '../problem.js';
import { content, type Reply } from '../reply.js';
import { listBody } from '../representation.js';
import { describeError } from '../request-log.js';
import { resolveDeadLetter } from '../resolve-dead-letter.js';
import type { ItemAnswer, Resolution } from '../resolve-once.js';
import { attentionListQuery } from '../schemas/list-query.js';
import { parseBody, parseQuery } from '../schemas/parse.js';
import { resolutionRequest } from '../schemas/steering-request.js';

/** `GET /v1/attention`: work for people, what waits longest first. */
export const getAttention =
  ({ database }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const query = parseQuery(attentionListQuery, request.query);
    if (query.kind === 'invalid') return query.problem;
    const { limit, starting_after: after, ...filter } = query.value;
    const items = await listAttention(database, filter, { limit: limit + 1, after });
    return content(
      200,
      listBody(items, limit, attentionBody, ({ id }) => id),
    );
  };

/** `POST /v1/attention/{id}/resolve`: of two people at once one wins, the other hears who did. */
export const resolveAttention =
  (api: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const id = request.params['id'];
    if (typeof id !== 'string' || !isAttentionId(id)) return notFound;
    const body = parseBody(resolutionRequest, request.body);
    if (body.kind === 'invalid') return body.problem;
    const item = await findAttention(api.database, id);
    if (item === undefined) return notFound;
    const choice = item.choices.find((possible) => possible === body.value.choice);
    if (choice === undefined) return notAChoice(item);
    const resolution = { ...body.value, choice };
    if (item.resolvedAt !== null) return settled(item, resolution);
    if (item.reason === 'service_gave_up') {
      const answer = await resolveDeadLetter(api.database, item, resolution);
      return settledInTime(answer, resolution, letterIsUnderWay);
    }
    if (item.coordination === 'choreographed' && choice === 'refund') {
      const answer = await giveUpParcel(api.database, item, resolution);
      return settledInTime(answer, resolution, carrierHasSpoken);
    }
    return attentionKinds[item.reason].waiting && item.coordination === 'orchestrated'
      ? throughWorkflow(api, item, resolution)
      : inDatabase(api, item, resolution);
  };

/** The workflow that waits for the answer acts on it, and closes the item. */
async function throughWorkflow(
  api: ApiDependencies,
  item: AttentionRecord,
  resolution: Resolution,
): Promise<Reply> {
  const answer = await api.workflows.update(
    item.orderId,
    resolveAttentionUpdate,
    { attentionId: item.id, ...resolution },
    `${item.id}:${resolution.by}:${resolution.choice}`,
  );
  if (answer.kind === 'gone') return inDatabase(api, item, resolution);
  const now = (await findAttention(api.database, item.id)) ?? item;
  if (now.resolvedAt !== null) return settled(now, resolution);
  switch (answer.kind) {
    case 'done':
    case 'in_progress':
      return content(202, attentionBody(now), { orderId: item.orderId });
    case 'refused': {
      const order = await findOrder(api.database, item.orderId);
      if (order === undefined) return problem('order_not_found');
      const { summary } = answer;
      return wrongState(summary === undefined ? order : withSummary(order, summary), answer.reason);
    }
    case 'unavailable':
      api.log.warn(
        { order_id: item.orderId, err: describeError(answer.cause) },
        'an answer to an attention item did not reach its workflow',
      );
      return problem('temporal_unavailable');
  }
}

async function inDatabase(
  { database }: ApiDependencies,
  item: AttentionRecord,
  resolution: Resolution,
): Promise<Reply> {
  const closed = await closeAttention(database, item.id, resolution);
  return closed === undefined ? notFound : settled(closed, resolution);
}

/** The same answer of the same person twice is quiet. */
const settled = (item: AttentionRecord, { by, choice }: Resolution): Reply =>
  item.resolvedBy === by && item.choice === choice
    ? content(200, attentionBody(item), { orderId: item.orderId })
    : problem('attention_resolved', {
        detail: `${item.resolvedBy ?? 'The order itself'} was first.`,
        members: { resolution: attentionBody(item).resolution },
      });

const settledInTime = (answer: ItemAnswer, resolution: Resolution, tooLate: Reply): Reply =>
  answer.kind === 'closed' ? settled(answer.item, resolution) : tooLate;

const letterIsUnderWay = problem('dead_letter_in_wrong_state', {
  detail: 'Its dead letter was replayed or discarded. The item closes when that is done.',
});

const carrierHasSpoken = problem('attention_resolved', {
  detail: 'The carrier has said meanwhile what became of the parcel. The item closes by itself.',
});

const notFound = problem('attention_not_found');

const notAChoice = (item: AttentionRecord): Reply =>
  problem('validation_failed', {
    errors: [
      {
        pointer: '/choice',
        code: 'invalid_value',
        detail: `must be one of: ${item.choices.join(', ')}`,
      },
    ],
  });
