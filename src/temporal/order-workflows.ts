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
  cancelOrderUpdate,
  cancelRefusedType,
  cancelSignal,
  latePaymentWorkflowType,
  orderWorkflowType,
  refusedType,
  returnWorkflowType,
  searchAttributeKeys,
  type CancelAnswer,
  type CancelRequest,
  type LatePaymentInput,
  type OrderInput,
  type ReturnInput,
} from '../workflows/messages.js';
import { askUpdate, type UpdateAnswer } from './ask-update.js';
import { temporalConnection } from './client.js';

/** `not_started`: or only the answer was lost; starting again is safe. */
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
  cancel(
    orderId: OrderId,
    request: CancelRequest,
    updateId: string,
  ): Promise<UpdateAnswer<CancelAnswer>>;
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
/** On top of the update's limit: the caller has waited long enough. */
const cancelSignalLimitMs = 1_500;
const cancelLimitMs = 5_000;
const updateLimitMs = 5_000;
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
  /**
   * No worker answered in time. The server forgets an update that no worker takes, and stores a signal
   * at once: the order records its effect, or its refusal, as soon as a worker is there.
   */
  async function signalCancel(
    orderId: OrderId,
    request: CancelRequest,
    unavailable: UpdateAnswer<CancelAnswer>,
  ): Promise<UpdateAnswer<CancelAnswer>> {
    const signalled = within(cancelSignalLimitMs, () =>
      client.workflow.getHandle(orderId).signal(cancelSignal, request),
    );
    return signalled.then(
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
      const ask = { definition: cancelOrderUpdate, argument: request, updateId };
      const answer = await within(cancelLimitMs, () =>
        askUpdate(handle, { ...ask, refusedType: cancelRefusedType }),
      );
      return answer.kind === 'unavailable' ? signalCancel(orderId, request, answer) : answer;
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
        askUpdate(client.workflow.getHandle(workflowId), {
          definition,
          argument,
          updateId,
          refusedType,
        }),
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
