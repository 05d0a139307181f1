import type { Environment } from '../src/config.js';
import type { RoleName } from '../src/up/part.js';
import { benchScript, type Ground, type Member } from './ground.js';
import { emptyDrive, orderDrive, type Drive } from './load.js';
import { mixDrive, stockTheMix } from './mix-load.js';
import type { ArmName } from './report.js';
import { ShopClient } from './shop-client.js';
import { orderEnds } from './watch.js';

export interface World {
  readonly latencyMs: number;
  readonly paceMs: number;
}

/** One of the things that are compared. */
export interface Arm {
  readonly name: ArmName;
  /** Its processes, in the order of their start. They run only while the arm is measured. */
  readonly members: (world: World) => readonly Member[];
  /** What has to be there before its first order. Safe to call again. */
  readonly prepare?: (ground: Ground) => Promise<void>;
  readonly drive: (ground: Ground) => Drive;
  /** Whether its orders have a timeline. */
  readonly isSaga: boolean;
  /** Whether it is also asked how fast it accepts an order at half of its highest rate. */
  readonly isTimedAtHalfPeak: boolean;
  /** How many orders' histories are counted. */
  readonly historySample: number;
}

/** Orders that all go the same way leave nearly the same history. */
const sampleOfAlike = 20;

/** This service as it is. */
const service: Arm = {
  name: 'service',
  members: (world) => processes(world),
  drive: ({ apiUrl, pool }) => orderDrive(new ShopClient(apiUrl), orderEnds(pool)),
  isSaga: true,
  isTimedAtHalfPeak: true,
  historySample: sampleOfAlike,
};

/**
 * The same API, relay and sandbox as ours, on another task queue: the API starts the plain saga
 * there, and the carrier's webhooks reach it by the same route. Both sagas pay the same around them.
 */
const plain: Arm = {
  name: 'plain',
  members: (world) => processes(world, 'bench-plain', benchScript('plain/worker-main.js')),
  drive: ({ apiUrl, pool }) => orderDrive(new ShopClient(apiUrl), orderEnds(pool)),
  isSaga: true,
  isTimedAtHalfPeak: false,
  historySample: sampleOfAlike,
};

const emptyQueue = 'bench-empty';

const empty: Arm = {
  name: 'empty',
  members: () => [
    {
      role: 'worker',
      script: benchScript('floor/worker-main.js'),
      environment: { TEMPORAL_TASK_QUEUE: emptyQueue },
    },
  ],
  drive: ({ client }) => emptyDrive(client, emptyQueue),
  isSaga: false,
  isTimedAtHalfPeak: false,
  historySample: sampleOfAlike,
};

export const arms: readonly Arm[] = [service, plain, empty];

/** Any seed will do, as long as all rounds have the same. */
const seed = 20_261_121;

/** What is measured under the mix. The plain saga knows neither shortage, cancel, second card nor return. */
export const mixArms: readonly Arm[] = [
  {
    ...service,
    prepare: ({ pool }) => stockTheMix(pool),
    drive: ({ apiUrl, pool }) => mixDrive(new ShopClient(apiUrl), pool, seed),
    isTimedAtHalfPeak: false,
    historySample: Number.POSITIVE_INFINITY,
  },
];

function processes(
  { latencyMs, paceMs }: World,
  taskQueue = 'orders',
  workerScript?: string,
): readonly Member[] {
  const environments: Readonly<Record<RoleName, Environment>> = {
    sandbox: {
      SANDBOX_LATENCY_MS: String(latencyMs),
      SANDBOX_TRACKING_PACE_MS: String(paceMs),
    },
    // A comparison with the providers' books would fall on whichever arm is measured then.
    worker: { TEMPORAL_TASK_QUEUE: taskQueue, RECONCILE_INTERVAL_MS: '0' },
    services: {},
    relay: { TEMPORAL_TASK_QUEUE: taskQueue },
    api: { TEMPORAL_TASK_QUEUE: taskQueue, ...withoutVelocityRules },
  };
  return [
    { role: 'sandbox', environment: environments.sandbox },
    {
      role: 'worker',
      environment: environments.worker,
      ...(workerScript !== undefined && { script: workerScript }),
    },
    { role: 'relay', environment: environments.relay },
    { role: 'api', environment: environments.api },
  ];
}

/** The load has more orders in an hour than a shop lets one customer or card place unapproved. */
const withoutVelocityRules: Environment = {
  RISK_ORDERS_PER_CUSTOMER_PER_HOUR: '1000000',
  RISK_ORDERS_PER_CARD_PER_HOUR: '1000000',
};
