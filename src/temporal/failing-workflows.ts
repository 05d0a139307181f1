import type { Database } from '../db/database.js';
import {
  closeFailingItem,
  openFailingItems,
  raiseFailingItem,
  withoutFailingItem,
} from '../db/failing-workflows.js';
import type { OrderWorkflows } from './order-workflows.js';

/** So many at the most are compared with the open items. */
const listedLimit = 10_000;
/** So many histories are read in a round, at the most. */
const raisedLimit = 500;
const atOnce = 20;

/**
 * Makes a workflow whose task keeps failing a person's work, with the error, and closes that item when
 * the workflow has recovered. Safe in several processes at once.
 * @returns how many failing workflows had no open item, and how many items were closed
 */
export async function reportFailingWorkflows(database: Database, workflows: OrderWorkflows) {
  // Read before the list: what another relay raises after it is not in the list, and must not be closed.
  const items = await openFailingItems(database, listedLimit);
  const runs = await workflows.failing(listedLimit);
  const runIds = new Map(runs.map(({ workflowId, runId }) => [workflowId, runId]));

  const recovered =
    runs.length < listedLimit ? items.filter(({ subject }) => !runIds.has(subject)) : [];
  for (const item of recovered) await closeFailingItem(database, item);

  const missing = [...(await withoutFailingItem(database, [...runIds.keys()], raisedLimit))];
  const found = missing.length;
  const raise = async (): Promise<void> => {
    for (let next = missing.pop(); next !== undefined; next = missing.pop()) {
      const { workflowId, orderId } = next;
      const runId = runIds.get(workflowId) ?? '';
      const failure = await workflows.failureOf({ workflowId, runId });
      if (failure === undefined) continue;
      const { eventId, error } = failure;
      const episode = [workflowId, runId, eventId].join(':');
      await raiseFailingItem(database, orderId, { workflowId, episode, error });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, raise));
  return { found, closed: recovered.length };
}
