import { endProcess, isRunning } from './process-identity.js';
import { recordedProcesses, removeStatus, type Status, type StatusKey } from './status-file.js';

const graceMs = 10_000;

/**
 * Ends what a supervisor that was killed left behind, the last started first, and forgets it.
 * A process counts only when its command line is the recorded one: pids are used again.
 * @returns the names of the parts that still ran
 */
export async function endLeftovers(
  stateDir: string,
  status: Status,
): Promise<readonly StatusKey[]> {
  const running = recordedProcesses(status).filter(isRunning).reverse();
  for (const record of running) {
    await endProcess(record, record.key === 'postgres' ? 'SIGINT' : 'SIGTERM', graceMs);
  }
  removeStatus(stateDir);
  return running.map(({ key }) => key);
}
