/**
 * Outlives a supervisor that was killed with SIGKILL and ends what it left behind, Postgres last.
 * The supervisor's death shows as the end of the message channel.
 */
import { endProcess } from './process-identity.js';
import type { ReaperMessage } from './reaper.js';

let left: ReaperMessage = [];

process.on('message', (message) => {
  left = message as ReaperMessage;
});
process.once('disconnect', () => {
  void reap(left).finally(() => process.exit(0));
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

async function reap(processes: ReaperMessage): Promise<void> {
  const orders = [...new Set(processes.map(({ order }) => order))].sort((a, b) => b - a);
  for (const order of orders) {
    const wave = processes.filter((process) => process.order === order);
    await Promise.allSettled(wave.map((left) => endProcess(left, left.signal, left.graceMs)));
  }
}
