import type { CommandContext } from './command-context.js';
import { isRunning } from './process-identity.js';
import { readStatus, statusKeys, type PartStatus, type Status } from './status-file.js';
import { bad, tableLines } from './terminal.js';

export interface StatusCommand extends CommandContext {
  readonly json: boolean;
}

type State = 'up' | 'down' | 'elsewhere';

interface Row {
  readonly name: string;
  readonly state: State;
  readonly pid?: number | undefined;
  readonly url?: string | undefined;
}

/**
 * Shows what runs.
 * @returns the exit code: 1 when nothing runs or a part is down
 */
export function showStatus({ stateDir, json, print }: StatusCommand): number {
  const status = readStatus(stateDir);
  const rows = status === undefined ? [] : rowsOf(status);
  const isWell = rows.length > 0 && rows.every(({ state }) => state !== 'down');
  if (json) print(JSON.stringify({ ok: isWell, parts: rows }, undefined, 2));
  else for (const line of linesOf(rows, status)) print(line);
  return isWell ? 0 : 1;
}

function rowsOf(status: Status): readonly Row[] {
  const { supervisor } = status;
  const parts = statusKeys.flatMap((name) => {
    const part = status[name];
    return part === undefined ? [] : [{ name, state: stateOf(part), pid: part.pid, url: part.url }];
  });
  const state = isRunning(supervisor) ? 'up' : 'down';
  return [{ name: 'supervisor', pid: supervisor.pid, state }, ...parts];
}

/** A part without a process is not ours to watch. */
function stateOf({ pid, command }: PartStatus): State {
  if (pid === undefined || command === undefined) return 'elsewhere';
  return isRunning({ pid, command }) ? 'up' : 'down';
}

function linesOf(rows: readonly Row[], status: Status | undefined): readonly string[] {
  if (status === undefined) return ['Nothing runs here. Start it with: npm start'];
  const cells = rows.map(({ name, state, pid, url }) => [
    name,
    state,
    pid === undefined ? '' : String(pid),
    url ?? '',
  ]);
  const lines = tableLines([['part', 'state', 'pid', 'url'], ...cells]);
  return lines.map((line, index) => (rows[index - 1]?.state === 'down' ? bad(line) : line));
}
