import type { Database } from '../db/database.js';
import {
  findStartRecord,
  listUnstarted,
  markStarted,
  type StartRecord,
} from '../db/order-start.js';
import type { OrderId } from '../domain/ids.js';
import { money } from '../domain/money.js';
import { serviceLevels } from '../domain/service-level.js';
import { mergeLines } from '../domain/totals.js';
import type { OrderInput, ReturnInput } from '../workflows/messages.js';
import type { OrderWorkflows, StartAnswer } from './order-workflows.js';
import { listUnstartedReturns, markReturnStarted, type ReturnRecord } from '../db/returns.js';

/** An accepting request starts its own workflow; only after this time is a missing start a lost one. */
const ownStartMs = 5_000;

/** What the workflow of a stored order is started with; undefined when there is no such order. */
export async function orderInputOf(
  database: Database,
  orderId: OrderId,
): Promise<OrderInput | undefined> {
  const record = await findStartRecord(database, orderId);
  return record === undefined ? undefined : inputOf(record);
}

/**
 * Orders whose start was recorded but not confirmed, the oldest first.
 * @param olderThanMs leaves younger orders to the request that accepted them
 */
export async function unstartedOrders(
  database: Database,
  limit: number,
  olderThanMs = ownStartMs,
): Promise<readonly OrderInput[]> {
  return (await listUnstarted(database, limit, olderThanMs)).map(inputOf);
}

/**
 * Starts the workflow and notes that it runs. Safe to call again, also for an order that runs.
 * @throws when the database cannot note it: the order then counts as not started
 */
export async function startOrder(
  database: Database,
  workflows: OrderWorkflows,
  input: OrderInput,
): Promise<StartAnswer> {
  const answer = await workflows.start(input);
  if (answer.kind !== 'not_started') await markStarted(database, input.orderId);
  return answer;
}

export function inputOf(record: StartRecord): OrderInput {
  const { orderId, customerId, member, total } = record;
  const { policy, verification, codeChannel } = record;
  const { currency } = total;
  const lines = record.lines.map(({ sku, quantity, amountMinor }) => ({
    sku,
    quantity,
    amount: money(amountMinor, currency),
  }));
  return {
    orderId,
    customerId,
    member,
    lines: mergeLines(lines),
    shipping: money(record.shippingMinor, currency),
    total,
    placedAt: record.createdAt.toISOString(),
    policy,
    verification,
    codeChannel,
    serviceLevel: serviceLevels[record.serviceLevel],
  };
}

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
