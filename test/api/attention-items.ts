import { oneRow } from '../../src/db/database.js';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { attentionKinds, choicesFor, type AttentionReason } from '../../src/domain/attention.js';
import type { AttentionId, OrderId } from '../../src/domain/ids.js';
import type { TestApi } from '../support/test-api.js';

export const appendFact = (api: TestApi, orderId: OrderId, fact: object) =>
  sql`select orders.append(${orderId}, ${randomUUID()}, ${JSON.stringify([fact])}::jsonb, null, null)`.execute(
    api.database,
  );

/** Raises an item as the workflow or the API does it. @returns its id */
export async function raiseAttention(
  api: TestApi,
  orderId: OrderId,
  reason: AttentionReason,
  subject = 'sub_1',
): Promise<AttentionId> {
  await appendFact(api, orderId, {
    type: 'attention.raised',
    reason,
    subject,
    owner: attentionKinds[reason].owner,
    exposure: { amountMinor: 1780, currency: 'EUR' },
    choices: choicesFor(reason),
  });
  const { id } = await oneRow<{ id: AttentionId }>(api.database)`
      select id from orders.attention where order_id = ${orderId} and reason = ${reason}
      and subject = ${subject} and resolved_at is null`;
  return id;
}

interface Page {
  readonly data: { readonly id: AttentionId; readonly reason: string }[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

export const listAttention = async (api: TestApi, query = ''): Promise<Page> =>
  (await api.http.get(`/v1/attention${query}`).expect(200)).body as Page;

export const idsOf = (page: Page) => page.data.map(({ id }) => id);

const answer = { choice: 'waive', by: 'ops-1', note: 'the customer agreed' };

export const resolveItem = (api: TestApi, id: string, changes: object = {}) =>
  api.http.post(`/v1/attention/${id}/resolve`).send({ ...answer, ...changes });
