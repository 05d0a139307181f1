/**
 * Outlives a supervisor that was killed with SIGKILL and ends what it left behind, Postgres last.
 * The supervisor's death shows as the end of the message channel.
 */
import { endProcess, inWaves } from './process-identity.js';
import type { ReaperMessage } from './reaper.js';

let left: ReaperMessage = [];

process.on('message', (message) => {
  left = message as ReaperMessage;
});
process.once('disconnect', () => {
  const ended = inWaves(left, (process) => endProcess(process, process.signal, process.graceMs));
  void ended.finally(() => process.exit(0));
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
