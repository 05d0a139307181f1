import { attentionKinds, choicesFor } from '../domain/attention.js';
import type { OrderId } from '../domain/ids.js';
import { allRows, type Database } from './database.js';
import { appendFacts } from './order-facts.js';

const reason = 'message_not_taken';
const limitMs = 60 * 60 * 1_000;

/**
 * Makes a message that its workflow has not taken for an hour a person's work, and closes that item when
 * the message is over. Safe in several processes at once.
 * @returns how many became overdue
 */
export const reportOverdueMessages = (database: Database, batchSize: number): Promise<number> =>
  database.transaction().execute(async (transaction) => {
    const overdue = await markOverdue(transaction, limitMs, batchSize);
    for (const { id, kind, orderId } of overdue) {
      const item = { reason, subject: `${kind}:${id}`, choices: choicesFor(reason) } as const;
      const { owner } = attentionKinds[reason];
      await appendFacts(transaction, orderId, `${reason}:${id}`, [
        { type: 'attention.raised', ...item, owner },
      ]);
    }
    for (const { id, kind, orderId } of await unmarkOverdue(transaction, batchSize)) {
      await appendFacts(transaction, orderId, `${reason}:${id}:over`, [
        { type: 'attention.resolved', reason, subject: `${kind}:${id}` },
      ]);
    }
    return overdue.length;
  });

interface OverdueMessage {
  readonly id: string;
  readonly kind: string;
  readonly orderId: OrderId;
}

/** Marks messages that have waited this long for a workflow. @returns them, each once */
const markOverdue = (database: Database, olderThanMs: number, limit: number) =>
  allRows<OverdueMessage>(database)`
    update orders.messages set overdue_since = now() where id in (
      select id from orders.messages
      where state = 'waiting' and recipient is not null and order_id is not null
        and overdue_since is null
        and created_at < now() - ${olderThanMs} * interval '1 millisecond'
      limit ${limit} for update skip locked
    ) returning id, kind, order_id as "orderId"`;

/** Takes the mark off messages that are over. @returns them, each once */
const unmarkOverdue = (database: Database, limit: number) =>
  allRows<OverdueMessage>(database)`
    update orders.messages set overdue_since = null where id in (
      select id from orders.messages where overdue_since is not null and state <> 'waiting'
      limit ${limit} for update skip locked
    ) returning id, kind, order_id as "orderId"`;
