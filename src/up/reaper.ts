import { spawn } from 'node:child_process';
import type { Environment } from '../config.js';
import type { RunningChild } from './child-process.js';
import type { Part } from './part.js';
import { builtScript } from './folders.js';
import type { ProcessRecord } from './process-identity.js';

/** The last guard against orphans: see reaper-main.ts. */
export interface Reaper {
  /** Replaces an earlier process of the part. */
  watch(part: Part, child: RunningChild): void;
  /** Ends the reaper: everything has stopped. */
  dismiss(): void;
}

/** Starts the reaper; it lives in a session of its own. */
export function startReaper(environment: Environment): Reaper {
  const child = spawn(process.execPath, [builtScript('up/reaper-main.js')], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...environment },
  });
  const watched = new Map<string, Reapable>();
  const send = (message: ReaperMessage) => {
    if (child.connected) child.send(message, () => undefined);
  };
  child.on('error', () => undefined);
  child.unref();
  child.channel?.unref();
  return {
    watch: (part, { pid, command }) => {
      const { order, stopSignal: signal, graceMs } = part;
      watched.set(part.name, { pid, command, order, signal, graceMs });
      send([...watched.values()]);
    },
    dismiss: () => {
      send([]);
      if (child.connected) child.disconnect();
    },
  };
}

/** What the reaper must end when the supervisor is killed. */
interface Reapable extends ProcessRecord {
  /** Ended in descending order. */
  readonly order: number;
  readonly signal: NodeJS.Signals;
  readonly graceMs: number;
}

export type ReaperMessage = readonly Reapable[];
