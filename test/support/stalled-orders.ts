import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { failedReplays, statusesOf } from '../../bench/prove-stalls/rules.js';
import { isEnded } from '../../src/domain/order-state.js';
import { cancelSignal } from '../../src/workflows/messages.js';
import type { TestStack } from './test-stack.js';
import { waitFor } from './wait-for.js';

/** When what happens to the worker and to the order, counted from the order's acceptance. */
interface Stall {
  readonly stopAtMs: number;
  readonly cancelAtMs: number;
  readonly wakeAtMs: number;
}

/** The two ways to cancel an order from outside. */
const cancels = {
  /** As `temporal workflow signal --name cancel` does. */
  signal: (stack: TestStack, orderId: string): Promise<unknown> =>
    stack.temporal.workflow.getHandle(orderId).signal(cancelSignal),
  /** As a client should: under one key until somebody takes it. */
  api: (stack: TestStack, orderId: string): Promise<unknown> => {
    const headers = { 'idempotency-key': randomUUID() };
    const cancel = async () => {
      const body = { reason: 'changed my mind' };
      const { status } = await stack.post(`/v1/orders/${orderId}/cancel`, body, headers);
      expect([200, 202, 409]).toContain(status);
    };
    return waitFor(`an answer to the cancel of ${orderId}`, cancel, 45_000);
  },
} as const;

/**
 * Stops the worker while an order is under way, cancels the order meanwhile, and wakes the worker.
 * One order: a worker has few polls open, and only what it gets while it stands still may be lost.
 */
export async function cancelDuringStall(
  stack: TestStack,
  by: keyof typeof cancels,
  stall: Stall,
): Promise<string> {
  const { id } = await stack.placeOrder();
  const beganMs = performance.now();
  const at = (ms: number) => sleep(Math.max(0, beganMs + ms - performance.now()));
  await at(stall.stopAtMs);
  stack.processes.kill('worker', 'SIGSTOP');
  await at(stall.cancelAtMs);
  const wake = async (): Promise<void> => {
    await at(stall.wakeAtMs);
    stack.processes.kill('worker', 'SIGCONT');
  };
  await Promise.all([cancels[by](stack, id), wake()]);
  return id;
}

/** The cancel had its effect or its refusal, no money is left behind, and the history replays. */
export async function expectCancelKept(
  stack: TestStack,
  orderId: string,
  limitMs: number,
): Promise<void> {
  const hasEnded = async () => isEnded(await stack.order(orderId));
  // What is compared below reports an order that has not ended.
  await waitFor(`the end of ${orderId}`, hasEnded, limitMs).catch(() => undefined);
  const client = stack.temporal;
  const [facts, ledger, statuses, replays] = await Promise.all([
    stack.facts(orderId),
    stack.ledger(orderId),
    statusesOf({ apiUrl: stack.url('api'), client }, [orderId]),
    failedReplays(client, [orderId]),
  ]);
  const sum = (wanted: string) =>
    ledger.payments.reduce((all, { kind, amount }) => (kind === wanted ? all + amount : all), 0);
  const { api: status, workflow } = statuses.get(orderId)!;
  const isRefused = status === 'delivered' && facts.includes('order.cancel_refused');
  // The failing tasks of a damaged order would take the polls that the next order needs.
  if (!isEnded({ status })) await client.workflow.getHandle(orderId).terminate('damaged');
  expect({
    end: isRefused ? 'refused' : status,
    workflow,
    keptMinor: isRefused ? 0 : sum('capture') - sum('refund'),
    authorizedMinor: sum('authorize') - sum('capture') - sum('void'),
    replayFailure: replays.get(orderId),
  }).toEqual({
    end: isRefused ? 'refused' : 'cancelled',
    workflow: status,
    keptMinor: 0,
    authorizedMinor: 0,
    replayFailure: undefined,
  });
}
