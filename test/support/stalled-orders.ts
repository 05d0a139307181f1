import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { failedReplays, statusesOf } from '../../bench/prove-stalls/workflows.js';
import { isEnded } from '../../src/domain/order-state.js';
import { withClient } from '../../src/up/postgres/databases.js';
import { cancelSignal } from '../../src/workflows/messages.js';
import type { TestStack } from './test-stack.js';
import { waitFor } from './wait-for.js';

/** When what happens to the worker and to the orders, counted from the orders' acceptance. */
export interface Stall {
  readonly stopAtMs: number;
  readonly cancelAtMs: number;
  readonly wakeAtMs: number;
}

/** The two ways to cancel an order from outside. */
export type CancelBy = 'signal' | 'api';

/** What there is to be seen of an order that was cancelled during a stall. */
interface Account {
  readonly status: string;
  readonly rowStatus: string;
  readonly workflowStatus: string;
  readonly isRefusalOnRecord: boolean;
  /** Captured and not refunded. */
  readonly keptMinor: number;
  /** Authorized, and neither captured nor voided. */
  readonly openMinor: number;
  readonly replayFailure: string | undefined;
}

/**
 * Stops the worker while an order is under way, cancels the order meanwhile, and wakes the worker.
 * One order: a worker has few polls open, and only what it gets while it stands still may be lost.
 */
export async function cancelDuringStall(
  stack: TestStack,
  by: CancelBy,
  stall: Stall,
): Promise<string> {
  const { id } = await stack.placeOrder();
  const at = clock();
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

const cancels = { signal: cancelBySignal, api: cancelByApi } as const;

function clock(): (ms: number) => Promise<void> {
  const beganMs = performance.now();
  return (ms) => sleep(Math.max(0, beganMs + ms - performance.now()));
}

/** As `temporal workflow signal --name cancel` does. */
function cancelBySignal(stack: TestStack, orderId: string): Promise<void> {
  return stack.temporal.workflow.getHandle(orderId).signal(cancelSignal);
}

/** As a client should: under one key until somebody takes it. */
async function cancelByApi(stack: TestStack, orderId: string): Promise<void> {
  const headers = { 'idempotency-key': randomUUID() };
  await waitFor(
    `an answer to the cancel of ${orderId}`,
    async () => {
      const path = `/v1/orders/${orderId}/cancel`;
      const { status } = await stack.post(path, { reason: 'changed my mind' }, headers);
      expect([200, 202, 409]).toContain(status);
    },
    45_000,
  );
}

/**
 * Looks at the order when it has come to its end, or has not in time.
 * @returns what is wrong with it; it is out of the way of the next one then
 */
export async function violationsOf(
  stack: TestStack,
  orderId: string,
  limitMs: number,
): Promise<readonly string[]> {
  const hasEnded = async () => isEnded(await stack.order(orderId));
  // The checks below report an order that has not ended.
  await waitFor(`the end of ${orderId}`, hasEnded, limitMs).catch(() => undefined);
  const account = await accountOf(stack, orderId);
  if (!isEnded(account)) await terminate(stack, orderId);
  return checks.flatMap((check) => check(account) ?? []);
}

/** The failing tasks of a damaged order would take the polls that the next order needs. */
const terminate = (stack: TestStack, orderId: string): Promise<unknown> =>
  stack.temporal.workflow.getHandle(orderId).terminate('damaged');

const checks: readonly ((account: Account) => string | undefined)[] = [
  ({ status, isRefusalOnRecord }) =>
    status === 'cancelled' || isRefusalOnRecord
      ? undefined
      : `the cancel is lost: the order is ${status}, and no refusal is on record`,
  ({ status, keptMinor }) =>
    status !== 'delivered' && keptMinor > 0 ? `${keptMinor} was captured and kept` : undefined,
  ({ status, isRefusalOnRecord, keptMinor }) =>
    status === 'delivered' && !isRefusalOnRecord && keptMinor > 0
      ? `${keptMinor} was captured after the cancel`
      : undefined,
  ({ openMinor }) => (openMinor > 0 ? `${openMinor} is still authorized` : undefined),
  ({ replayFailure }) =>
    replayFailure === undefined ? undefined : `the history does not replay: ${replayFailure}`,
  ({ status, rowStatus, workflowStatus }) =>
    rowStatus === status && workflowStatus === status
      ? undefined
      : `the API says ${status}, the row ${rowStatus}, the workflow ${workflowStatus}`,
];

async function accountOf(stack: TestStack, orderId: string): Promise<Account> {
  const [facts, { payments }, rowStatus] = await Promise.all([
    stack.facts(orderId),
    stack.ledger(orderId),
    rowStatusOf(stack, orderId),
  ]);
  const sum = (kind: string) =>
    payments
      .filter((entry) => entry.kind === kind)
      .reduce((total, { amount }) => total + amount, 0);
  const client = stack.temporal;
  const sources = { apiUrl: stack.url('api'), client };
  const statuses = (await statusesOf(sources, [orderId])).get(orderId)!;
  return {
    status: statuses.api,
    rowStatus,
    workflowStatus: statuses.workflow,
    isRefusalOnRecord: facts.includes('order.cancel_refused'),
    keptMinor: sum('capture') - sum('refund'),
    openMinor: sum('authorize') - sum('capture') - sum('void'),
    replayFailure: (await failedReplays(client, [orderId])).get(orderId),
  };
}

const rowStatusOf = (stack: TestStack, orderId: string): Promise<string> =>
  withClient(stack.url('database'), async (client) => {
    const { rows } = await client.query<{ status: string }>(
      'select status from orders.orders where id = $1',
      [orderId],
    );
    return rows[0]!.status;
  });
