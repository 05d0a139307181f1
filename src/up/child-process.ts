import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readSync, fstatSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Environment } from '../config.js';
import { asCommand, signalGroup, type ProcessRecord } from './process-identity.js';
import { within } from '../runtime/deadline.js';

export interface Launch {
  readonly command: readonly [string, ...string[]];
  readonly environment: Environment;
  readonly logFile: string;
  /** Opens a message channel; the child must be a Node process. */
  readonly channel: boolean;
  readonly runAs?: { readonly uid: number; readonly gid: number } | undefined;
  readonly folder?: string | undefined;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const tailBytes = 16 * 1024;
const tailLines = 20;
const rotateBytes = 10 * 1024 * 1024;
const killLimitMs = 5_000;

/** One child in a process group of its own; its output goes straight to a file. */
export class RunningChild implements ProcessRecord {
  readonly pid: number;
  readonly command: string;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #logStart: number;

  private constructor(child: ChildProcess, pid: number, launch: Launch, logStart: number) {
    this.pid = pid;
    this.command = asCommand(launch.command);
    this.#child = child;
    this.#logFile = launch.logFile;
    this.#logStart = logStart;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        resolve({ code, signal });
      });
    });
  }

  /** @throws Error when the program cannot be started at all */
  static async launch(launch: Launch): Promise<RunningChild> {
    const log = openLog(launch.logFile);
    try {
      const child = spawn(launch.command[0], launch.command.slice(1), {
        detached: true,
        env: { ...launch.environment },
        stdio: stdio(log, launch.channel),
        ...(launch.folder === undefined ? {} : { cwd: launch.folder }),
        ...launch.runAs,
      });
      const logStart = fstatSync(log).size;
      if (child.pid !== undefined) return new RunningChild(child, child.pid, launch, logStart);
      throw await new Promise<Error>((resolve) => child.once('error', resolve));
    } finally {
      closeSync(log);
    }
  }

  /** Calls back for every message that the child sends. */
  onMessage(listen: (message: unknown) => void): void {
    this.#child.on('message', listen);
  }

  /** The last lines that this run of the program wrote. */
  tail(): readonly string[] {
    return lastLines(this.#logFile, this.#logStart);
  }

  /** Does nothing once the process is gone: its pid may be another's by then. */
  signal(signal: NodeJS.Signals): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    signalGroup(this.pid, signal);
  }

  /** A signal, a grace time, then SIGKILL. Resolves when the process is gone. */
  async stop(signal: NodeJS.Signals, graceMs: number): Promise<Exit> {
    this.signal(signal);
    try {
      return await within(this.exited, graceMs, `process ${this.pid} to end`);
    } catch {
      this.signal('SIGKILL');
      return await within(this.exited, killLimitMs, `process ${this.pid} to end`);
    }
  }
}

function stdio(log: number, channel: boolean): StdioOptions {
  return channel ? ['ignore', log, log, 'ipc'] : ['ignore', log, log];
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > rotateBytes) renameSync(file, `${file}.1`);
  return openSync(file, 'a');
}

function lastLines(file: string, from: number): readonly string[] {
  const log = openSync(file, 'r');
  try {
    const { size } = fstatSync(log);
    const start = Math.max(from, size - tailBytes);
    const bytes = Buffer.alloc(Math.max(0, size - start));
    readSync(log, bytes, 0, bytes.length, start);
    return bytes.toString('utf8').trimEnd().split('\n').filter(Boolean).slice(-tailLines);
  } finally {
    closeSync(log);
  }
}
