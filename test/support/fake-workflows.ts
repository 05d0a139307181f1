import type { UpdateDefinition } from '@temporalio/common';
import type { UpdateAnswer } from '../../src/temporal/ask-update.js';
import type {
  OrderWorkflows,
  SignalAnswer,
  StartAnswer,
} from '../../src/temporal/order-workflows.js';
import {
  carrierEventSignal,
  type CancelAnswer,
  type CarrierEvent,
} from '../../src/workflows/messages.js';

type Arguments<Method extends keyof OrderWorkflows> = Parameters<OrderWorkflows[Method]>;

interface Sent {
  readonly to: string;
  readonly name: string;
}

export type FakeWorkflows = ReturnType<typeof fakeWorkflows>;

/** What was asked of the fake workflows, and what they answer. */
const untouched = () => ({
  started: [] as Arguments<'start'>[0][],
  returns: [] as Arguments<'startReturn'>[0][],
  latePayments: [] as Arguments<'startLatePayment'>[0][],
  cancels: [] as Arguments<'cancel'>[],
  signals: [] as (Sent & { readonly args: unknown[] })[],
  updates: [] as (Sent & { readonly argument: unknown; readonly updateId: string })[],
  startAnswer: { kind: 'started' } as StartAnswer,
  signalAnswer: { kind: 'delivered' } as SignalAnswer,
  cancelAnswer: { kind: 'gone' } as UpdateAnswer<CancelAnswer>,
  /** A test may do something first. */
  updateAnswer: (): UpdateAnswer<unknown> | Promise<UpdateAnswer<unknown>> => ({ kind: 'gone' }),
  isReachable: true,
});

/** Workflows that accept and record every call, and answer as the test says. */
export function fakeWorkflows() {
  const methods: OrderWorkflows = {
    start: (input) => {
      workflows.started.push(input);
      return Promise.resolve(workflows.startAnswer);
    },
    cancel: (...asked) => {
      workflows.cancels.push(asked);
      return Promise.resolve(workflows.cancelAnswer);
    },
    startReturn: (input) => {
      workflows.returns.push(input);
      return Promise.resolve(workflows.startAnswer);
    },
    startLatePayment: (input) => {
      workflows.latePayments.push(input);
      return Promise.resolve(workflows.startAnswer);
    },
    signal: (to, { name }, ...args) => {
      workflows.signals.push({ to, name, args });
      return Promise.resolve(workflows.signalAnswer);
    },
    update: async <Result, Argument>(
      to: string,
      { name }: UpdateDefinition<Result, [Argument]>,
      argument: Argument,
      updateId: string,
    ) => {
      workflows.updates.push({ to, name, argument, updateId });
      return (await workflows.updateAnswer()) as UpdateAnswer<Result>;
    },
    reachable: () => Promise.resolve(workflows.isReachable),
    close: () => Promise.resolve(),
  };
  const workflows = {
    ...methods,
    ...untouched(),
    /** The carrier's milestones that were signalled. */
    carrierEvents: () =>
      workflows.signals
        .filter(({ name }) => name === carrierEventSignal.name)
        .map(({ args }) => args[0] as CarrierEvent),
    reset: () => {
      Object.assign(workflows, methods, untouched());
    },
  };
  return workflows;
}
