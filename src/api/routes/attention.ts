import {
  closeAttention,
  findAttention,
  listAttention,
  type AttentionRecord,
  type Resolution,
} from '../../db/attention.js';
import { closeMessage } from '../../db/messages.js';
import { findOrder } from '../../db/orders.js';
import { attentionKinds } from '../../domain/attention.js';
import { isAttentionId } from '../../domain/ids.js';
import { resolveAttentionUpdate } from '../../workflows/messages.js';
import { attentionBody, listReply } from '../representation.js';
import type { ApiDependencies } from '../dependencies.js';
import { withSummary, wrongState } from '../order-reply.js';
import { deliver } from '../messages.js';
import { problem } from '../problem.js';
import { content, type Handler, type Reply } from '../reply.js';
import { bodyOf, found, idIn, queryOf, refuse } from '../request.js';
import { declareParcelLost, resolveDeadLetter } from '../resolve-attention.js';
import { attentionListQuery } from '../schemas/list-query.js';
import { resolutionRequest } from '../schemas/steering-request.js';

/** `GET /v1/attention`: work for people, the longest waiting first. */
export const getAttention: Handler = async (request, { database }) => {
  const { limit, starting_after: after, ...filter } = queryOf(request, attentionListQuery);
  const items = await listAttention(database, filter, { limit: limit + 1, after });
  return listReply(items, limit, attentionBody, ({ id }) => id);
};

/** `POST /v1/attention/{id}/resolve`: of two people at once one wins, the other is told who did. */
export const resolveAttention: Handler = async (request, api) => {
  const id = idIn(request, isAttentionId, 'attention_not_found');
  const body = bodyOf(request, resolutionRequest);
  const item = found(await findAttention(api.database, id), 'attention_not_found');
  const choice = item.choices.find((possible) => possible === body.choice) ?? refuseChoice(item);
  const resolution = { ...body, choice };
  if (item.resolvedAt !== null) return resolvedReply(item, resolution);
  if (item.reason === 'service_gave_up') {
    const closed = await resolveDeadLetter(api.database, item, resolution);
    return closed === undefined ? deadLetterWasDecided : resolvedReply(closed, resolution);
  }
  if (item.coordination === 'choreographed' && choice === 'refund') {
    const closed = await declareParcelLost(api.database, item, resolution);
    return closed === undefined ? carrierHasReported : resolvedReply(closed, resolution);
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
  const { id, orderId } = item;
  const { outcome, messageId, headers } = await deliver(api, {
    ...{ name: resolveAttentionUpdate.name, orderId, recipient: orderId },
    key: `${id}:${resolution.by}:${resolution.choice}`,
    body: () => ({ attentionId: id, ...resolution }),
    identity: {},
  });
  const now = (await findAttention(api.database, id)) ?? item;
  if (now.resolvedAt !== null) return resolvedReply(now, resolution);
  switch (outcome.kind) {
    case 'taken':
    case 'waiting':
    case 'expired':
      return content(202, attentionBody(now), { orderId, headers });
    case 'gone':
      await closeMessage(api.database, messageId, { state: 'taken' });
      return inDatabase(api, item, resolution);
    case 'refused': {
      // A workflow that refuses says where it stands; without that it has ended.
      if (outcome.summary === undefined) return inDatabase(api, item, resolution);
      const order = found(await findOrder(api.database, orderId), 'order_not_found');
      return wrongState(withSummary(order, outcome.summary), outcome.reason);
    }
  }
}

async function inDatabase(
  { database }: ApiDependencies,
  item: AttentionRecord,
  resolution: Resolution,
): Promise<Reply> {
  const closed = await closeAttention(database, item.id, resolution);
  return resolvedReply(found(closed, 'attention_not_found'), resolution);
}

/** The same answer of the same person twice is quiet. */
const resolvedReply = (item: AttentionRecord, { by, choice }: Resolution): Reply =>
  item.resolvedBy === by && item.choice === choice
    ? content(200, attentionBody(item), { orderId: item.orderId })
    : problem('attention_resolved', {
        detail: `${item.resolvedBy ?? 'The order itself'} was first.`,
        members: { resolution: attentionBody(item).resolution },
      });

const deadLetterWasDecided = problem('dead_letter_in_wrong_state', {
  detail: 'Its dead letter was replayed or discarded. The item closes when that is done.',
});

const carrierHasReported = problem('attention_resolved', {
  detail: 'The carrier has said meanwhile what became of the parcel. The item closes by itself.',
});

const refuseChoice = (item: AttentionRecord): never =>
  refuse('validation_failed', {
    errors: [{ pointer: '/choice', code: 'invalid_value', detail: choicesOf(item) }],
  });

const choicesOf = ({ choices }: AttentionRecord): string => `must be one of: ${choices.join(', ')}`;
