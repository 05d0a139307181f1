import type { Arm } from '../arms.js';
import type { Applicable } from '../data/columns.js';
import type { FaultName } from '../data/names.js';

/** Whether there is such a fault in the arm; if not, why. */
export function applicabilityOf(arm: Arm, fault: FaultName): Applicable {
  const reason = reasons[fault]?.(arm);
  return reason === undefined ? 'yes' : `no: ${reason}`;
}

type Reason = (arm: Arm) => string | undefined;

const reasons: Readonly<Partial<Record<FaultName, Reason>>> = {
  engine_restarted: ({ hasEngine }) => (hasEngine ? undefined : 'it has no engine'),
  broker_restarted: ({ broker }) =>
    broker === undefined ? 'it publishes nothing, so there is no broker' : undefined,
  slow_consumer: ({ consumers }) =>
    consumers === 'none' ? 'nobody consumes events, the main path least of all' : undefined,
};
