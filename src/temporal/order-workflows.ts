import {
  Client,
  Connection,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type ConnectionOptions,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { TemporalConfig } from '../config.js';
import { formatMoney } from '../domain/money.js';
import { placed } from '../domain/order-state.js';
import {
  latePaymentWorkflowType,
  orderWorkflowType,
  returnWorkflowType,
  searchAttributeKeys,
  type LatePaymentInput,
  type OrderInput,
  type ReturnInput,
} from '../workflows/messages.js';
import { answerOf, askUpdate, type MessageOutcome } from './ask-update.js';
import { temporalConnection } from './client.js';
import { lastTaskFailure, listFailing, type FailingRun, type TaskFailure } from './failing-runs.js';

/** `not_started`: or only the answer was lost; starting again is safe. */
export type StartAnswer =
  | { readonly kind: 'started' }
  | { readonly kind: 'already_started' }
  | { readonly kind: 'not_started'; readonly cause: unknown };

/**
 * The order workflows as the API and the relay see them. Every call has a deadline, and none throws but
 * `failing` and `failureOf`.
 */
export interface OrderWorkflows {
  start(input: OrderInput): Promise<StartAnswer>;
  startReturn(input: ReturnInput): Promise<StartAnswer>;
  /** One workflow for each payment, however often it is asked for. */
  startLatePayment(input: LatePaymentInput): Promise<StartAnswer>;
  /** Its effect shows when the workflow has handled it. @param workflowId an order's or a return's id */
  signal(workflowId: string, name: string, argument: object): Promise<MessageOutcome>;
  /** Asks, and waits for the answer. @param updateId the same id asks the same workflow only once */
  update(
    workflowId: string,
    name: string,
    argument: object,
    updateId: string,
  ): Promise<MessageOutcome>;
  /** What the workflow answered to an update; `gone` when it never accepted it. */
  answerOf(workflowId: string, updateId: string): Promise<MessageOutcome>;
  /** Running orders and returns whose task keeps failing. It has them all when it is below the limit. */
  failing(limit: number): Promise<readonly FailingRun[]>;
  /** The run's last failed task; undefined when a later one succeeded. */
  failureOf(run: FailingRun): Promise<TaskFailure | undefined>;
  /** Whether Temporal answers within a second. */
  reachable(): Promise<boolean>;
  close(): Promise<void>;
}

const startLimitMs = 2_000;
const signalLimitMs = 2_000;
const updateLimitMs = 5_000;
const listLimitMs = 15_000;
const historyLimitMs = 5_000;
const reachableLimitMs = 1_000;

/** Bounds how long a workflow task waits after its worker was killed (docs/decisions/0008). */
const workflowTaskTimeoutMs = 10_000;

// gRPC waits up to two minutes between attempts by itself: too long after a restart of the server.
const channelArgs = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
};

/** Opens no connection before the first call, so that the API can start while Temporal is away. */
export function connectTemporal(config: TemporalConfig): OrderWorkflows {
  const { connectionOptions, namespace } = temporalConnection(config);
  const connection = Connection.lazy({ ...(connectionOptions as ConnectionOptions), channelArgs });
  const client = new Client({ connection, namespace: namespace ?? config.TEMPORAL_NAMESPACE });
  return orderWorkflows(client, connection, config.TEMPORAL_TASK_QUEUE);
}

function orderWorkflows(client: Client, connection: Connection, taskQueue: string): OrderWorkflows {
  const within = <T>(limitMs: number, call: () => Promise<T>) =>
    connection.withDeadline(Date.now() + limitMs, call);

  return {
    start: (input) =>
      within(startLimitMs, () =>
        client.workflow.start(orderWorkflowType, startOptions(input, taskQueue)),
      ).then(() => ({ kind: 'started' }), startRefusal),
    startReturn: (input) =>
      within(startLimitMs, () =>
        client.workflow.start(returnWorkflowType, {
          ...once(input.returnId, taskQueue),
          args: [input],
          staticSummary: `Return of ${input.lines.length} line(s) of ${input.orderId}`,
        }),
      ).then(() => ({ kind: 'started' }), startRefusal),
    startLatePayment: (input) =>
      within(startLimitMs, () =>
        client.workflow.start(latePaymentWorkflowType, {
          ...once(`late_${input.paymentId}`, taskQueue),
          args: [input],
          staticSummary: `A late payment of ${input.orderId}`,
        }),
      ).then(() => ({ kind: 'started' }), startRefusal),
    signal: (workflowId, name, argument) =>
      within(signalLimitMs, () =>
        client.workflow.getHandle(workflowId).signal(name, argument),
      ).then(() => ({ kind: 'waiting' }), signalRefusal),
    update: (workflowId, name, argument, updateId) =>
      within(updateLimitMs, () =>
        askUpdate(client.workflow.getHandle(workflowId), { name, argument, updateId }),
      ),
    answerOf: (workflowId, updateId) =>
      within(updateLimitMs, () => answerOf(client.workflow.getHandle(workflowId), updateId)),
    failing: (limit) => within(listLimitMs, () => listFailing(client, taskQueue, limit)),
    failureOf: (run) => within(historyLimitMs, () => lastTaskFailure(client, run)),
    reachable: () =>
      within(reachableLimitMs, () => connection.workflowService.getSystemInfo({})).then(
        () => true,
        () => false,
      ),
    close: () => connection.close(),
  };
}

function startOptions(input: OrderInput, taskQueue: string): WorkflowStartOptions {
  const lines = input.lines.length === 1 ? '1 line' : `${input.lines.length} lines`;
  return {
    ...once(input.orderId, taskQueue),
    args: [input],
    staticSummary: `${lines}, ${formatMoney(input.total)}`,
    typedSearchAttributes: [
      { key: searchAttributeKeys.OrderStatus, value: placed.status },
      { key: searchAttributeKeys.CustomerId, value: input.customerId },
      { key: searchAttributeKeys.OrderTotalMinor, value: input.total.amountMinor },
      { key: searchAttributeKeys.NeedsAttention, value: false },
    ],
  };
}

/** A workflow that is started once for its id, whatever is repeated. */
const once = (workflowId: string, taskQueue: string) =>
  ({
    workflowId,
    taskQueue,
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowIdConflictPolicy: 'FAIL',
    workflowTaskTimeout: workflowTaskTimeoutMs,
  }) as const;

function startRefusal(error: unknown): StartAnswer {
  if (error instanceof WorkflowExecutionAlreadyStartedError) return { kind: 'already_started' };
  return { kind: 'not_started', cause: rootOf(error) };
}

function signalRefusal(error: unknown): MessageOutcome {
  if (error instanceof WorkflowNotFoundError) return { kind: 'gone' };
  return { kind: 'waiting', cause: rootOf(error) };
}

/** The gRPC error says why; the SDK's wrapper only says that it failed. */
const rootOf = (error: unknown): unknown =>
  error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
