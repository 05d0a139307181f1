import type { MessageOutcome } from '../../src/temporal/ask-update.js';
import type { OrderWorkflows, StartAnswer } from '../../src/temporal/order-workflows.js';
import { carrierEventSignal, type CarrierEvent } from '../../src/workflows/messages.js';

type Arguments<Method extends keyof OrderWorkflows> = Parameters<OrderWorkflows[Method]>;

interface Sent {
  readonly to: string;
  readonly name: string;
  readonly argument: unknown;
}

export type FakeWorkflows = ReturnType<typeof fakeWorkflows>;

/** What was asked of the fake workflows, and what they answer. */
const untouched = () => ({
  started: [] as Arguments<'start'>[0][],
  returns: [] as Arguments<'startReturn'>[0][],
  latePayments: [] as Arguments<'startLatePayment'>[0][],
  signals: [] as Sent[],
  updates: [] as (Sent & { readonly updateId: string })[],
  startAnswer: { kind: 'started' } as StartAnswer,
  signalAnswer: { kind: 'waiting' } as MessageOutcome,
  /** A test may do something first. */
  updateAnswer: (): MessageOutcome | Promise<MessageOutcome> => ({ kind: 'gone' }),
  recordedAnswer: { kind: 'gone' } as MessageOutcome,
  failingRuns: [] as Awaited<ReturnType<OrderWorkflows['failing']>>,
  taskFailure: undefined as Awaited<ReturnType<OrderWorkflows['failureOf']>>,
  isReachable: true,
});

/** Workflows that accept and record every call, and answer as the test says. */
export function fakeWorkflows() {
  const methods: OrderWorkflows = {
    start: (input) => {
      workflows.started.push(input);
      return Promise.resolve(workflows.startAnswer);
    },
    startReturn: (input) => {
      workflows.returns.push(input);
      return Promise.resolve(workflows.startAnswer);
    },
    startLatePayment: (input) => {
      workflows.latePayments.push(input);
      return Promise.resolve(workflows.startAnswer);
    },
    signal: (to, name, argument) => {
      workflows.signals.push({ to, name, argument });
      return Promise.resolve(workflows.signalAnswer);
    },
    update: async (to, name, argument, updateId) => {
      workflows.updates.push({ to, name, argument, updateId });
      return workflows.updateAnswer();
    },
    answerOf: () => Promise.resolve(workflows.recordedAnswer),
    failing: () => Promise.resolve(workflows.failingRuns),
    failureOf: () => Promise.resolve(workflows.taskFailure),
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
        .map(({ argument }) => argument as CarrierEvent),
    reset: () => {
      Object.assign(workflows, methods, untouched());
    },
  };
  return workflows;
}
