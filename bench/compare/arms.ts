import type { Environment } from '../../src/config.js';
import { roleScript } from '../../src/up/roles.js';
import type { RoleName } from '../../src/up/part.js';
import { benchScript } from '../ground.js';
import type { ArmName } from './data/names.js';

/** A process of an arm. */
export interface Member {
  readonly role: RoleName;
  /** Where an arm has several of one role; else the role names it. */
  readonly name?: string;
  readonly script: string;
  readonly environment?: Environment;
}

/** One way to carry orders. All arms have the same API, sandbox, database and activities. */
export interface Arm {
  readonly name: ArmName;
  /** What an order asks for. */
  readonly coordination: 'orchestrated' | 'choreographed';
  /** Whether Temporal runs. */
  readonly hasEngine: boolean;
  /** Whether the facts of orders become events that consumers read, each by its own position. */
  readonly hasLog: boolean;
  /** Whose consumers there are to be slow. */
  readonly consumers: 'none' | 'teams' | 'services';
  /** The process that carries out the steps. */
  readonly doer: RoleName;
  /** The process that passes events on, where there is one. */
  readonly broker: RoleName | undefined;
  /** The processes beside the sandbox and the API. */
  readonly members: readonly Member[];
  /**
   * An order of which nothing was heard for so long, in milliseconds, stands still: longer than any wait
   * of the arm, as that for the step of a killed worker, or between two tries.
   */
  readonly stillMs: number;
}

const worker: Member = {
  role: 'worker',
  script: benchScript('compare/worker-main.js'),
  // A comparison with the providers' books would fall on whichever arm runs just then.
  environment: { RECONCILE_INTERVAL_MS: '0' },
};

const relay: Member = { role: 'relay', script: roleScript('relay') };
const relayWithoutEvents: Member = { role: 'relay', script: benchScript('compare/relay-main.js') };

/**
 * A worker tries undos without an end, and calls for a person when one takes longer than the order's
 * patience: 4 s in these runs. A service calls for one when its tries are used up, so these are
 * given about the same time, and are as far apart.
 */
const patience: Environment = { SERVICES_MAX_ATTEMPTS: '8', SERVICES_RETRY_CAP_MS: '4000' };

const orchestrated = { coordination: 'orchestrated', hasEngine: true, doer: 'worker' } as const;
const choreographed = {
  coordination: 'choreographed',
  hasEngine: false,
  doer: 'services',
} as const;

/**
 * The step of a killed worker, which starts again within 12 s, or a try that comes late; and then the
 * same once more.
 */
const stillMs = 25_000;

export const arms: Readonly<Record<ArmName, Arm>> = {
  saga: {
    name: 'saga',
    ...orchestrated,
    hasLog: false,
    consumers: 'none',
    broker: undefined,
    members: [worker, relayWithoutEvents],
    stillMs,
  },
  naive: {
    name: 'naive',
    ...choreographed,
    hasLog: false,
    consumers: 'services',
    broker: 'services',
    members: [
      { role: 'services', script: benchScript('compare/naive/services-main.js') },
      relayWithoutEvents,
    ],
    // It tries nothing again.
    stillMs: 3_000,
  },
  outbox: {
    name: 'outbox',
    ...choreographed,
    hasLog: true,
    consumers: 'services',
    broker: 'relay',
    members: [
      {
        role: 'services',
        script: benchScript('compare/services-main.js'),
        environment: patience,
      },
      relay,
    ],
    stillMs,
  },
  mix: {
    name: 'mix',
    ...orchestrated,
    hasLog: true,
    consumers: 'teams',
    broker: 'relay',
    members: [worker, relay],
    stillMs,
  },
};
