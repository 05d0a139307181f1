import { isRunning } from './process-identity.js';
import { readStatus } from './status-file.js';

/** The URL of the API of the stack that runs here; undefined when none does. */
export function runningApi(stateDir: string): string | undefined {
  const status = readStatus(stateDir);
  if (status === undefined || !isRunning(status.supervisor)) return undefined;
  return status.api?.url;
}
