import { randomUUID } from 'node:crypto';
import { within } from '../src/runtime/deadline.js';
import { timedAfterwards, type Afterwards } from './afterwards.js';
import { api, benchScript, sandbox, worker, type Member } from './harness/system.js';
import { mixDrive, stockTheMix } from './mix.js';
import type { VariantName } from './report.js';
import { cards, buyerOf, endLimitMs, type Drive, type Target } from './target.js';

export interface Conditions {
  readonly latencyMs: number;
  readonly paceMs: number;
}

export interface Variant {
  readonly name: VariantName;
  readonly members: (conditions: Conditions) => readonly Member[];
  /** What has to be there before its first order. Safe to call again. */
  readonly prepare?: (target: Target) => Promise<void>;
  readonly drive: (target: Target) => Drive;
  readonly isSaga: boolean;
  /** More orders after its figures, for what would change them. */
  readonly afterwards?: Afterwards;
  /** How many orders' histories are counted: those that all go the same way leave nearly the same. */
  readonly historySample: number;
}

/** One that does not end within the limit throws: no figure counts then. */
const orderDrive =
  ({ client, orders }: Target): Drive =>
  async (index) => {
    const card = { payment_method: cards[index % cards.length] };
    const placed = await client.place(buyerOf(index), card);
    await orders.waitFor(placed.orderId, ({ isEnded }) => isEnded, endLimitMs);
    return placed;
  };

const emptyQueue = 'bench-empty';

/** Starts the empty workflow without HTTP or database in between: the lowest floor there is. */
const emptyDrive =
  ({ system: { client } }: Target): Drive =>
  async () => {
    const sentAtMs = Date.now();
    const begin = performance.now();
    const workflowId = `empty-${randomUUID()}`;
    const start = { workflowId, taskQueue: emptyQueue };
    const handle = await client.workflow.start('empty', start);
    const acceptedAfterMs = performance.now() - begin;
    await within(handle.result(), endLimitMs, 'an empty workflow');
    const endedAfterMs = performance.now() - begin;
    return { orderId: workflowId, sentAtMs, acceptedAfterMs, endedAfterMs };
  };

const membersOn =
  (taskQueue: string, script?: string) =>
  ({ latencyMs, paceMs }: Conditions): readonly Member[] => {
    const on = (member: Member): Member => ({
      ...member,
      environment: { ...member.environment, TEMPORAL_TASK_QUEUE: taskQueue },
    });
    return [
      sandbox(paceMs, paceMs, { SANDBOX_LATENCY_MS: String(latencyMs) }),
      on({ ...worker, ...(script !== undefined && { script }) }),
      on({ role: 'relay' }),
      on(api),
    ];
  };

/** The service as it is. */
export const service: Variant = {
  name: 'service',
  members: membersOn('orders'),
  drive: orderDrive,
  isSaga: true,
  historySample: 20,
};

export const variants: readonly Variant[] = [
  { ...service, afterwards: timedAfterwards },
  {
    // The API starts the plain saga on another task queue: both sagas pay the same around them.
    ...service,
    name: 'plain',
    members: membersOn('bench-plain', benchScript('plain/worker-main.js')),
  },
  {
    name: 'empty',
    members: () => [
      {
        role: 'worker',
        script: benchScript('floor/worker-main.js'),
        environment: { TEMPORAL_TASK_QUEUE: emptyQueue },
      },
    ],
    drive: emptyDrive,
    isSaga: false,
    historySample: 20,
  },
];

/** Any seed will do, as long as all rounds have the same. */
const seed = 20_261_121;

/** What is measured under the mix. The plain saga knows neither shortage, cancel, second card nor return. */
export const mixVariant: Variant = {
  ...service,
  prepare: ({ system }) => stockTheMix(system.pool),
  drive: (target) => mixDrive(target, seed),
  historySample: Number.POSITIVE_INFINITY,
};
