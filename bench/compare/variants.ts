import type { Environment } from '../../src/config.js';
import type { RoleName } from '../../src/up/part.js';
import { benchScript, worker as plainWorker, type Member } from '../harness/system.js';
import type { Applicable } from './data/comparison.js';
import type { FaultName, VariantName } from './data/names.js';

/** One way to carry orders. All variants have the same API, sandbox, database and activities. */
export interface Variant {
  readonly name: VariantName;
  readonly coordination: 'orchestrated' | 'choreographed';
  readonly hasEngine: boolean;
  /** Whether the facts of orders become events that consumers read, each by its own position. */
  readonly hasLog: boolean;
  readonly consumers: 'none' | 'teams' | 'services';
  readonly stepRole: RoleName;
  /** The process that passes events on, where there is one. */
  readonly broker: RoleName | undefined;
  readonly members: readonly Member[];
  /** Longer than any wait of the variant: an order without a new fact for so long stands still. */
  readonly stillMs: number;
}

const worker: Member = { ...plainWorker, script: benchScript('compare/worker-main.js') };
const services = (script: string): Member => ({ role: 'services', script: benchScript(script) });
const relay: Member = { role: 'relay' };
const relayWithoutEvents: Member = { role: 'relay', script: benchScript('compare/relay-main.js') };

/**
 * A worker tries undos without an end, and calls for a person when one takes longer than the order's
 * patience: 4 s in these runs. A service calls for one when its tries are used up, so these are
 * given about the same time, and are as far apart.
 */
const patience: Environment = { SERVICES_MAX_ATTEMPTS: '8', SERVICES_RETRY_CAP_MS: '4000' };

const orchestrated = {
  coordination: 'orchestrated',
  hasEngine: true,
  stepRole: 'worker',
  // The step of a killed worker, which starts again within 12 s, or a try that comes late; and again.
  stillMs: 25_000,
} as const;
const choreographed = {
  ...orchestrated,
  coordination: 'choreographed',
  hasEngine: false,
  stepRole: 'services',
  consumers: 'services',
} as const;

export const variants: Readonly<Record<VariantName, Variant>> = {
  saga: {
    name: 'saga',
    ...orchestrated,
    hasLog: false,
    consumers: 'none',
    broker: undefined,
    members: [worker, relayWithoutEvents],
  },
  naive: {
    name: 'naive',
    ...choreographed,
    hasLog: false,
    broker: 'services',
    members: [services('compare/naive/services-main.js'), relayWithoutEvents],
    // It tries nothing again.
    stillMs: 3_000,
  },
  outbox: {
    name: 'outbox',
    ...choreographed,
    ...{ hasLog: true, broker: 'relay' },
    members: [{ ...services('compare/services-main.js'), environment: patience }, relay],
  },
  mix: {
    name: 'mix',
    ...orchestrated,
    ...{ hasLog: true, broker: 'relay' },
    consumers: 'teams',
    members: [worker, relay],
  },
};

export function applicabilityOf(variant: Variant, fault: FaultName): Applicable {
  const { hasEngine, broker, consumers } = variant;
  if (fault === 'engine_restarted' && !hasEngine) return 'no: it has no engine';
  if (fault === 'broker_restarted' && broker === undefined) {
    return 'no: it publishes nothing, so there is no broker';
  }
  if (fault === 'slow_consumer' && consumers === 'none') {
    return 'no: nobody consumes events, the main path least of all';
  }
  return 'yes';
}
