import { oneRow } from '../../src/db/database.js';
import { attentionKinds, choicesFor, type AttentionReason } from '../../src/domain/attention.js';
import type { AttentionId, OrderId } from '../../src/domain/ids.js';
import type { TestApi } from '../support/test-api.js';

/** Raises an item as the workflow or the API does it. @returns its id */
export async function raiseAttention(
  api: TestApi,
  orderId: OrderId,
  reason: AttentionReason,
  subject = 'sub_1',
): Promise<AttentionId> {
  const { owner } = attentionKinds[reason];
  const exposure = { amountMinor: 1780, currency: 'EUR' };
  const about = { reason, subject, owner, exposure, choices: choicesFor(reason) };
  await api.write(orderId, [{ type: 'attention.raised', ...about }]);
  const { id } = await oneRow<{ id: AttentionId }>(api.database)`
      select id from orders.attention where order_id = ${orderId} and reason = ${reason}
      and subject = ${subject} and resolved_at is null`;
  return id;
}

const answer = { choice: 'waive', by: 'ops-1', note: 'the customer agreed' };

export const resolveItem = (api: TestApi, id: string, changes: object = {}) =>
  api.post(`/v1/attention/${id}/resolve`, { ...answer, ...changes });
