import type { Deliveries } from './deliveries.js';
import { benchScript, type Ground, type Member } from './ground.js';
import { emptyDrive, orderDrive, type Drive } from './load.js';
import type { ArmName } from './report.js';

export interface World {
  readonly latencyMs: number;
  readonly paceMs: number;
}

/** One of the things that are compared. */
export interface Arm {
  readonly name: ArmName;
  /** Its processes, in the order of their start. They run only while the arm is measured. */
  readonly members: (world: World) => readonly Member[];
  readonly drive: (ground: Ground, deliveries: Deliveries) => Drive;
  /** Whether its orders have a timeline. */
  readonly isSaga: boolean;
}

const ours = (name: 'local_first' | 'remote'): Arm => ({
  name,
  members: (world) => service(world),
  drive: (ground, deliveries) => orderDrive(ground.apiUrl, name, deliveries),
  isSaga: true,
});

/**
 * The same API, relay and sandbox as ours, on another task queue: the API starts the plain saga
 * there, and the carrier's webhooks reach it by the same route. Both sagas pay the same around them.
 */
const plain: Arm = {
  name: 'plain',
  members: (world) => service(world, 'bench-plain', benchScript('plain/worker-main.js')),
  drive: (ground, deliveries) => orderDrive(ground.apiUrl, 'remote', deliveries),
  isSaga: true,
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
  drive: (ground) => emptyDrive(ground.client, emptyQueue),
  isSaga: false,
};

export const arms: readonly Arm[] = [ours('local_first'), ours('remote'), plain, empty];

function service(
  { latencyMs, paceMs }: World,
  taskQueue = 'orders',
  workerScript?: string,
): readonly Member[] {
  const environment = { TEMPORAL_TASK_QUEUE: taskQueue };
  return [
    {
      role: 'sandbox',
      environment: {
        SANDBOX_LATENCY_MS: String(latencyMs),
        SANDBOX_TRACKING_PACE_MS: String(paceMs),
      },
    },
    {
      role: 'worker',
      environment,
      ...(workerScript !== undefined && { script: workerScript }),
    },
    { role: 'relay', environment },
    { role: 'api', environment },
  ];
}
