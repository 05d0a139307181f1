import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { waitFor } from '../runtime/deadline.js';

/** A process as it was recorded: the command line distinguishes it from a later one with the same pid. */
export interface ProcessRecord {
  readonly pid: number;
  readonly command: string;
}

/** The arguments as one line, in the form that `commandLine` reads back. */
export const asCommand = (parts: readonly string[]): string => parts.join(' ');

/** The running process's command line; undefined when there is none (a zombie has none). */
export function commandLine(pid: number): string | undefined {
  try {
    const line = platform() === 'linux' ? fromProc(pid) : fromPs(pid);
    return line === '' ? undefined : line;
  } catch {
    return undefined;
  }
}

/** True while the recorded process, and not a stranger with its pid, runs. */
export const isRunning = ({ pid, command }: ProcessRecord): boolean => commandLine(pid) === command;

/** Signals the group that the process leads, or the process alone where it leads none. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (!trySignal(-pid, signal)) trySignal(pid, signal);
}

/** @returns false when there is no such process */
export function trySignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Ends a process that is not our child: a signal, a grace time, then SIGKILL. */
export async function endProcess(
  record: ProcessRecord,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<void> {
  if (!isRunning(record)) return;
  signalGroup(record.pid, signal);
  const what = `process ${record.pid} to end`;
  const gone = () => !isRunning(record);
  try {
    await waitFor(gone, { what, limitMs: graceMs });
  } catch {
    signalGroup(record.pid, 'SIGKILL');
    await waitFor(gone, { what, limitMs: killLimitMs });
  }
}

const killLimitMs = 5_000;

/** Ends what has the highest order first, and what has the same order side by side. */
export async function inWaves<Item extends { readonly order: number }>(
  items: readonly Item[],
  end: (item: Item) => Promise<void>,
): Promise<void> {
  const orders = [...new Set(items.map(({ order }) => order))].sort((a, b) => b - a);
  for (const order of orders) {
    await Promise.allSettled(items.filter((item) => item.order === order).map(end));
  }
}

function fromProc(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1).join(' ');
}

function fromPs(pid: number): string {
  const args = ['-ww', '-o', 'command=', '-p', String(pid)];
  return execFileSync('ps', args, { encoding: 'utf8', timeout: 5_000 }).trim();
}
