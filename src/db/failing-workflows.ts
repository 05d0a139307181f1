import { attentionKinds, choicesFor } from '../domain/attention.js';
import { resolutionKeyOf } from '../domain/attention-item.js';
import type { AttentionId, OrderId } from '../domain/ids.js';
import { allRows, type Database } from './database.js';
import { appendFacts } from './order-facts.js';

const reason = 'workflow_task_failing';

interface FailingItem {
  readonly id: AttentionId;
  readonly orderId: OrderId;
  /** The id of the order's workflow, or of a return's. */
  readonly subject: string;
}

/** The open items about workflows whose tasks fail. */
export const openFailingItems = (database: Database, limit: number) =>
  allRows<FailingItem>(database)`
    select id, order_id as "orderId", subject from orders.attention
    where reason = ${reason} and resolved_at is null order by raised_at limit ${limit}`;

/** Of these workflows those without an open item, each with the order where it is to stand. */
export const withoutFailingItem = (
  database: Database,
  workflowIds: readonly string[],
  limit: number,
) => allRows<{ readonly workflowId: string; readonly orderId: OrderId }>(database)`
    select workflow.id as "workflowId", orders.id as "orderId"
    from unnest(${workflowIds}::text[]) workflow (id)
    left join orders.returns on returns.id = workflow.id
    join orders.orders on orders.id = coalesce(returns.order_id, workflow.id)
    where not orders.is_failing(orders.id, workflow.id)
    -- Whose item a person closed stays in the list while it fails: it must not keep others out.
    order by random() limit ${limit}`;

/** @param episode the same one makes one item, in however many processes it is seen */
export const raiseFailingItem = (
  database: Database,
  orderId: OrderId,
  failure: { readonly workflowId: string; readonly episode: string; readonly error: string },
) => {
  const { workflowId: subject, episode, error } = failure;
  const item = { reason, subject, choices: choicesFor(reason), error } as const;
  return appendFacts(database, orderId, `${reason}:${episode}`, [
    { type: 'attention.raised', ...item, owner: attentionKinds[reason].owner },
  ]);
};

/** Under the key that a person's decision has: of the two only one is recorded. */
export const closeFailingItem = (database: Database, { id, orderId, subject }: FailingItem) =>
  appendFacts(database, orderId, resolutionKeyOf(id), [
    { type: 'attention.resolved', reason, subject },
  ]);
