import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { cancelSignal } from '../../src/workflows/messages.js';
import type { Cell, Driven } from '../compare/cell.js';
import { waitForRest } from '../compare/drive.js';
import { awaitedLater, sleepUntil } from '../harness/load.js';
import type { CancelBy, PlannedOrder, Round } from './plan.js';

export interface SentCancel {
  readonly by: CancelBy;
  /**
   * Taken: the order has to end as cancelled, or to have the refusal on record. Already ended: a signal
   * has no answer, but Temporal says when there is no open workflow any more.
   */
  readonly answer: 'taken' | 'refused' | 'already_ended' | 'unanswered';
  /** As the API answered; of a signal that was taken 202, which says as much. */
  readonly status?: number;
}

export type StalledOrder = Driven & { readonly cancel?: SentCancel };

/** Longer than all that the service waits for before it tries again: the relay 30 s. */
const patience = { stillMs: 35_000, limitMs: 180_000 };

export async function driveRounds(
  cell: Cell,
  rounds: readonly Round[],
  onRound: (round: Round, index: number) => void,
): Promise<readonly StalledOrder[]> {
  const carried: Promise<StalledOrder>[] = [];
  const worker = cell.system.process('worker');
  for (const [index, round] of rounds.entries()) {
    onRound(round, index);
    carried.push(...(await beginRound(cell, round)));
    const { kind, afterMs, lastsMs } = round.disturbance;
    await sleep(afterMs);
    await (kind === 'stall' ? worker.pause(lastsMs) : worker.kill(lastsMs));
  }
  const orders = await Promise.all(carried);
  await waitForRest(() => orders.map(({ orderId }) => cell.sight(orderId)), patience);
  return orders;
}

async function beginRound(cell: Cell, { orders }: Round) {
  const early = orders.filter(({ placedAfterMs }) => placedAfterMs < 0);
  const firstMs = performance.now() - Math.min(0, ...early.map((order) => order.placedAfterMs));
  const placing = early.map(async (order) => {
    await sleepUntil(firstMs + order.placedAfterMs);
    return [order, await place(cell, order)] as const;
  });
  const placed = new Map(await Promise.all(placing));
  const beganMs = performance.now();
  return orders.map((order) => awaitedLater(carry(cell, order, placed.get(order), beganMs)));
}

/** An order until its cancel is answered. @param early when it was placed already */
async function carry(
  cell: Cell,
  order: PlannedOrder,
  early: Driven | undefined,
  beganMs: number,
): Promise<StalledOrder> {
  const { placedAfterMs, cancel } = order;
  if (early === undefined) await sleepUntil(beganMs + placedAfterMs);
  const placed = early ?? (await place(cell, order));
  if (cancel === undefined) return placed;
  await sleepUntil(beganMs + cancel.afterMs);
  const sent = await (cancel.by === 'api' ? cancelByApi : cancelBySignal)(cell, placed.orderId);
  // A cancel without an answer may be taken all the same: it is a reason to undo the order.
  return { ...placed, cancel: sent, cancelStatus: sent.status ?? 202 };
}

async function place(cell: Cell, { basket }: PlannedOrder): Promise<Driven> {
  const placed = await cell.place(basket);
  cell.progress.watch(placed.orderId);
  return placed;
}

async function cancelByApi({ client }: Cell, orderId: string): Promise<SentCancel> {
  const status = await client.cancel(orderId).catch(() => undefined);
  if (status === undefined) return { by: 'api', answer: 'unanswered' };
  const answer = status < 300 ? 'taken' : status === 409 ? 'refused' : 'unanswered';
  return { by: 'api', answer, status };
}

/** As `temporal workflow signal --name cancel` does. */
async function cancelBySignal({ system }: Cell, orderId: string): Promise<SentCancel> {
  try {
    const request = { requestedBy: 'operator', reason: 'changed my mind' };
    await system.client.workflow.getHandle(orderId).signal(cancelSignal, request);
    return { by: 'signal', answer: 'taken', status: 202 };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { by: 'signal', answer: 'already_ended' };
    throw error;
  }
}
