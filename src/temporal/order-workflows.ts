import {
  Client,
  Connection,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type ConnectionOptions,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { TemporalConfig } from '../config.js';
import type { OrderId, ReturnId } from '../domain/ids.js';
import { formatMoney } from '../domain/money.js';
import { placed } from '../domain/order-state.js';
import {
  cancelSignal,
  latePaymentWorkflowType,
  orderWorkflowType,
  returnWorkflowType,
  searchAttributeKeys,
  type CancelRequest,
  type LatePaymentInput,
  type OrderInput,
  type ReturnInput,
} from '../workflows/messages.js';
import { cancelThrough, type CancelOutcome } from './cancel-update.js';
import { updateThrough, type UpdateAnswer } from './steering-update.js';
import { temporalConnection } from './connection.js';

/** `not_started` may have started all the same when only the answer was lost; starting again is safe. */
export type StartAnswer =
  | { readonly kind: 'started' }
  | { readonly kind: 'already_started' }
  | { readonly kind: 'not_started'; readonly cause: unknown };

/** `gone`: the workflow has ended or never began. */
export type SignalAnswer =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'not_delivered'; readonly cause: unknown };

/** The order workflows as the API and the relay see them. No call throws, every call has a deadline. */
export interface OrderWorkflows {
  start(input: OrderInput): Promise<StartAnswer>;
  startReturn(input: ReturnInput): Promise<StartAnswer>;
  /** One workflow for each payment, however often it is asked for. */
  startLatePayment(input: LatePaymentInput): Promise<StartAnswer>;
  /** @param updateId the same id asks the same workflow only once */
  cancel(orderId: OrderId, request: CancelRequest, updateId: string): Promise<CancelOutcome>;
  /** @param workflowId an order's or a return's id */
  signal<Args extends unknown[]>(
    workflowId: OrderId | ReturnId,
    definition: SignalDefinition<Args>,
    ...args: Args
  ): Promise<SignalAnswer>;
  /** Asks, and waits for the answer. @param updateId the same id asks the same workflow only once */
  update<Result, Argument>(
    workflowId: OrderId | ReturnId,
    definition: UpdateDefinition<Result, [Argument]>,
    argument: Argument,
    updateId: string,
  ): Promise<UpdateAnswer<Result>>;
  /** Whether Temporal answers within a second. */
  reachable(): Promise<boolean>;
  close(): Promise<void>;
}

const startLimitMs = 2_000;
const signalLimitMs = 2_000;
/** Beside the time that the update has had: the caller has waited long enough. */
const leaveLimitMs = 1_500;
const cancelLimitMs = 5_000;
const updateLimitMs = 5_000;
const reachableLimitMs = 1_000;

/** Bounds how long a workflow task stands still whose worker was killed (docs/decisions/0008). */
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
  /**
   * No worker answered in time. An update that nobody takes is forgotten; a signal is stored at once, and
   * the order has its effect, or its refusal, on record as soon as a worker is there.
   */
  async function leaveCancel(
    orderId: OrderId,
    request: CancelRequest,
    unavailable: CancelOutcome,
  ): Promise<CancelOutcome> {
    const left = within(leaveLimitMs, () =>
      client.workflow.getHandle(orderId).signal(cancelSignal, request),
    );
    return left.then(
      () => ({ kind: 'in_progress' }),
      () => unavailable,
    );
  }

  return {
    start: (input) =>
      within(startLimitMs, () =>
        client.workflow.start(orderWorkflowType, startOptions(input, taskQueue)),
      ).then(() => ({ kind: 'started' }), startRefusal),
    cancel: async (orderId, request, updateId) => {
      const handle = client.workflow.getHandle(orderId);
      const asked = await within(cancelLimitMs, () => cancelThrough(handle, request, updateId));
      return asked.kind === 'unavailable' ? leaveCancel(orderId, request, asked) : asked;
    },
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
    signal: (workflowId, definition, ...args) =>
      within(signalLimitMs, () =>
        client.workflow.getHandle(workflowId).signal(definition, ...args),
      ).then(() => ({ kind: 'delivered' }), signalRefusal),
    update: (workflowId, definition, argument, updateId) =>
      within(updateLimitMs, () =>
        updateThrough(client.workflow.getHandle(workflowId), definition, argument, updateId),
      ),
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

function signalRefusal(error: unknown): SignalAnswer {
  if (error instanceof WorkflowNotFoundError) return { kind: 'gone' };
  return { kind: 'not_delivered', cause: rootOf(error) };
}

/** The gRPC error says why; the SDK's wrapper only says that it failed. */
const rootOf = (error: unknown): unknown =>
  error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
