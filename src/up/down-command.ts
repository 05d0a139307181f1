import type { CommandContext } from './command-context.js';
import { endLeftovers, readStatus } from './status-file.js';
import { isRunning, trySignal } from './process-identity.js';
import { waitFor } from '../runtime/deadline.js';

const stopLimitMs = 60_000;

/**
 * Stops what the folder's supervisor started, whether the supervisor still runs or not.
 * @returns the exit code
 */
export async function downCommand({ stateDir, print }: CommandContext): Promise<number> {
  const status = readStatus(stateDir);
  if (status === undefined) {
    print('Nothing runs here.');
    return 0;
  }
  const { supervisor } = status;
  if (isRunning(supervisor)) await endSupervisor(supervisor, print);
  const left = await endLeftovers(stateDir, readStatus(stateDir) ?? status);
  if (left.length > 0) print(`Left behind and ended now: ${left.join(', ')}`);
  print('Everything is down.');
  return 0;
}

async function endSupervisor(
  supervisor: { readonly pid: number; readonly command: string },
  print: (line: string) => void,
): Promise<void> {
  print(`Stopping supervisor ${supervisor.pid}…`);
  trySignal(supervisor.pid, 'SIGTERM');
  const gone = () => !isRunning(supervisor);
  try {
    await waitFor(gone, { what: 'the supervisor to stop', limitMs: stopLimitMs });
  } catch {
    print('It does not stop; it is killed.');
    trySignal(supervisor.pid, 'SIGKILL');
  }
}
