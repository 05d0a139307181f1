import { spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
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
  readonly command: string;
  readonly exited: Promise<Exit>;

  private constructor(
    private readonly child: ChildProcess,
    readonly pid: number,
    private readonly launch: Launch,
    private readonly logStart: number,
  ) {
    this.command = asCommand(launch.command);
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        resolve({ code, signal });
      });
    });
  }

  /** @throws Error when the program cannot be started at all */
  static async launch(launch: Launch): Promise<RunningChild> {
    const { command, environment, logFile, channel, runAs, folder: cwd } = launch;
    const log = openLog(logFile);
    try {
      const child = spawn(command[0], command.slice(1), {
        detached: true,
        env: { ...environment },
        stdio: ['ignore', log, log, ...(channel ? (['ipc'] as const) : [])],
        cwd,
        ...runAs,
      });
      const logStart = fs.fstatSync(log).size;
      if (child.pid !== undefined) return new RunningChild(child, child.pid, launch, logStart);
      throw await new Promise<Error>((resolve) => child.once('error', resolve));
    } finally {
      fs.closeSync(log);
    }
  }

  /** Calls back for every message that the child sends. */
  onMessage(listen: (message: unknown) => void): void {
    this.child.on('message', listen);
  }

  /** The last lines that this run of the program wrote. */
  tail(): readonly string[] {
    const written = fs
      .readFileSync(this.launch.logFile)
      .subarray(this.logStart)
      .subarray(-tailBytes);
    return written.toString().split('\n').filter(Boolean).slice(-tailLines);
  }

  /** Does nothing once the process is gone: its pid may be another's by then. */
  signal(signal: NodeJS.Signals): void {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
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

function openLog(file: string): number {
  fs.mkdirSync(dirname(file), { recursive: true });
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > rotateBytes) fs.renameSync(file, `${file}.1`);
  return fs.openSync(file, 'a');
}
