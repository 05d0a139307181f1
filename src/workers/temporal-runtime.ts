import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { WorkerConfig } from '../config.js';
import type { Logger } from '../logger.js';

const levels = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const;

/**
 * Temporal's own log lines, its native core's too, go through our logger; its metrics are served for Prometheus where an
 * address is set. Once per process, before anything else of the SDK. Signals stay ours.
 */
export function installTemporalRuntime(config: WorkerConfig, log: Logger): void {
  const { WORKER_METRICS_ADDRESS: bindAddress } = config;
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      log[levels[level]](meta ?? {}, message);
    }),
    telemetryOptions: {
      // Else the native core writes past our logger, in a form of its own.
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(bindAddress !== undefined && {
        metrics: { prometheus: { bindAddress, useSecondsForDurations: true } },
      }),
    },
  });
}
