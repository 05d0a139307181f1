import type { Database } from '../db/database.js';
import { listUnstartedReturns, markReturnStarted, type ReturnRecord } from '../db/returns.js';
import { money } from '../domain/money.js';
import { serviceLevels } from '../domain/service-level.js';
import type { ReturnInput } from '../workflows/messages.js';
import type { OrderWorkflows, StartAnswer } from './order-workflows.js';

/** An accepting request starts its own return; only after this time is a missing start a lost one. */
const ownStartMs = 5_000;

/**
 * Returns whose start was recorded but not confirmed, the oldest first.
 * @param olderThanMs leaves younger ones to the request that accepted them
 */
export async function unstartedReturns(
  database: Database,
  limit: number,
  olderThanMs = ownStartMs,
): Promise<readonly ReturnInput[]> {
  return (await listUnstartedReturns(database, limit, olderThanMs)).map(returnInputOf);
}

/**
 * Starts the workflow and notes that it runs. Safe to call again, also for a return that runs.
 * @throws when the database cannot note it: the return then counts as not started
 */
export async function startReturn(
  database: Database,
  workflows: OrderWorkflows,
  input: ReturnInput,
): Promise<StartAnswer> {
  const answer = await workflows.startReturn(input);
  if (answer.kind !== 'not_started') await markReturnStarted(database, input.returnId);
  return answer;
}

export function returnInputOf(record: ReturnRecord): ReturnInput {
  const { returns, undoMs } = serviceLevels[record.serviceLevel];
  return {
    returnId: record.id,
    orderId: record.orderId,
    customerId: record.customerId,
    member: record.member,
    lines: record.lines.map(({ sku, quantity, amountMinor }) => ({
      sku,
      quantity,
      amount: money(amountMinor, record.currency),
    })),
    kind: record.kind,
    requestedBy: record.requestedBy,
    approval: record.approval,
    requestedAt: record.createdAt.toISOString(),
    limits: returns,
    undoMs,
  };
}
