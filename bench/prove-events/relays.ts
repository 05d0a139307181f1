import { join } from 'node:path';
import { inheritedEnvironment } from '../../src/config.js';
import { builtScript } from '../../src/up/repository.js';
import type { Ground } from './ground.js';
import { KeptProcess } from './kept-process.js';

/** Seals the secrets of the endpoints. */
export const vaultKey = 'the key of the proof of events';

/** Nobody answers there: events need no Temporal. */
const noTemporal = '127.0.0.1:1';

/** Often enough that no kill uses a delivery up; the proof wants none dead. */
const retrySchedule = [200, 300, 500, ...Array.from({ length: 26 }, () => 1_000)].join(',');

/** The role as it is built, as often as it is wanted. */
export const startRelays = (ground: Ground, count: number): Promise<readonly KeptProcess[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => startRelay(ground, index)));

function startRelay({ url, folder }: Ground, index: number): Promise<KeptProcess> {
  const environment = {
    ...inheritedEnvironment(),
    LOG_LEVEL: 'warn',
    DATABASE_URL: url,
    TEMPORAL_ADDRESS: noTemporal,
    WEBHOOK_SECRET_KEY: vaultKey,
    WEBHOOK_ALLOW_INTERNAL: 'true',
    WEBHOOK_RETRY_SCHEDULE_MS: retrySchedule,
    RELAY_INTERVAL_MS: '30000',
    NATS_URL: '',
  };
  return KeptProcess.start(() => ({
    command: [process.execPath, builtScript('workers/relay-main.js')],
    environment,
    logFile: join(folder, 'logs', `relay-${index}.log`),
    channel: true,
  }));
}
