import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningChild } from '../../src/up/child-process.js';
import { startPart, type Part } from '../../src/up/part.js';
import type { Reaper } from '../../src/up/reaper.js';
import { within } from '../../src/runtime/deadline.js';

const readyLimitMs = 60_000;
const restartMs = 200;

/** A process that is started again whenever it ends, until it is stopped. */
export class SupervisedProcess {
  /** How often it ended although nobody had killed it. */
  ownEnds = 0;
  readonly #messages = new EventEmitter();
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #child: RunningChild | undefined;
  #isKilled = false;
  #pauseMs = restartMs;

  private constructor(
    private readonly part: Part,
    private readonly reaper: Reaper | undefined,
  ) {}

  /** Resolves when it is ready. @param reaper ends it if this process is killed */
  static async start(part: Part, reaper?: Reaper): Promise<SupervisedProcess> {
    const started = new SupervisedProcess(part, reaper);
    await started.#launch();
    started.#running = started.#keep();
    return started;
  }

  /** Of the process that runs now, or ran last. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** SIGKILL; it starts again after the pause. Resolves when it is ready again. */
  async kill(pauseMs: number): Promise<void> {
    await this.#end(pauseMs, (child) => {
      child.signal('SIGKILL');
    });
  }

  async renew(): Promise<void> {
    const { stopSignal, graceMs } = this.part;
    await this.#end(0, (child) => child.stop(stopSignal, graceMs));
  }

  async pause(ms: number): Promise<void> {
    const child = this.#child;
    child?.signal('SIGSTOP');
    await sleep(ms);
    child?.signal('SIGCONT');
  }

  /** @param signal default: SIGKILL */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#stopping.abort(new Error('stopped'));
    await this.#child?.stop(signal, this.part.graceMs);
    await this.#running;
  }

  stopGently(): Promise<void> {
    return this.stop(this.part.stopSignal);
  }

  async #end(pauseMs: number, end: (child: RunningChild) => unknown): Promise<void> {
    this.#isKilled = true;
    this.#pauseMs = pauseMs;
    const ready = within(once(this.#messages, 'ready'), readyLimitMs, 'a process to be ready');
    if (this.#child !== undefined) await Promise.all([ready, end(this.#child)]);
  }

  async #launch(): Promise<void> {
    await startPart(this.part, {
      signal: this.#stopping.signal,
      onLaunch: (child) => {
        this.#child = child;
        this.reaper?.watch(this.part, child);
      },
    });
    this.#messages.emit('ready');
  }

  async #keep(): Promise<void> {
    for (;;) {
      await this.#child?.exited;
      if (this.#isStopping()) return;
      if (!this.#isKilled) this.ownEnds += 1;
      this.#isKilled = false;
      await sleep(this.#pauseMs);
      this.#pauseMs = restartMs;
      if (this.#isStopping()) return;
      // One that ends before it is ready is tried again: what a killed server left may be in its way.
      await this.#launch().catch(() => undefined);
    }
  }

  /** A call, since it changes while others wait. */
  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }
}
