import { setTimeout as delay } from 'node:timers/promises';
import type { RunningChild } from './child-process.js';
import { describeExit, messageOf, PartError, startPart, stopPart, type Part } from './part.js';
import { waitFor } from '../runtime/deadline.js';

export interface KeepEvents {
  launched(part: Part, child: RunningChild): void;
  /** The part ended and is started again. */
  died(part: Part, reason: string, tail: readonly string[]): void;
  ready(part: Part, child: RunningChild): void;
  /** The part died too often; it stays down. */
  stayedDown(part: Part, reason: string): void;
}

const deathsLimit = 5;
const deathsWindowMs = 60_000;
const pausesMs = [0, 250, 1_000, 2_000];
const endingSignals: ReadonlySet<NodeJS.Signals> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT']);

/** Keeps one part running: a part that dies after it was ready once is started again. */
export class SupervisedProcess {
  #child: RunningChild;
  #isReady = true;
  #deathTimes: readonly number[] = [];
  readonly #stopping = new AbortController();
  readonly #watch: Promise<void>;

  private constructor(
    readonly part: Part,
    child: RunningChild,
    private readonly events: KeepEvents,
  ) {
    this.#child = child;
    this.#watch = this.#keepRunning();
  }

  /** @throws PartError when the part ends before it was ever ready */
  static async start(
    part: Part,
    events: KeepEvents,
    signal?: AbortSignal,
  ): Promise<SupervisedProcess> {
    const child = await startPart(part, {
      onLaunch: (launched) => {
        events.launched(part, launched);
      },
      ...(signal === undefined ? {} : { signal }),
    });
    events.ready(part, child);
    return new SupervisedProcess(part, child, events);
  }

  get child(): RunningChild {
    return this.#child;
  }

  /** Signals the part as an accident would: it is started again if it ends of it. */
  kill(signal: NodeJS.Signals): void {
    if (endingSignals.has(signal)) this.#isReady = false;
    this.#child.signal(signal);
  }

  /** @throws TimeLimitError */
  async waitUntilReady(limitMs: number): Promise<void> {
    await waitFor(() => this.#isReady, { what: `${this.part.name} to be ready`, limitMs });
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'));
    await stopPart(this.part, this.#child);
    await this.#watch;
  }

  /** No grace: for the second Ctrl-C. */
  killAtOnce(): void {
    this.#stopping.abort(new Error('killed'));
    this.#child.signal('SIGKILL');
  }

  async #keepRunning(): Promise<void> {
    for (;;) {
      const exit = await this.#child.exited;
      if (this.#isStopping()) return;
      this.#isReady = false;
      this.#reportDeath(describeExit(exit), this.#child.tail());
      if (!(await this.#startAgain())) return;
    }
  }

  async #startAgain(): Promise<boolean> {
    while (this.#deathTimes.length < deathsLimit) {
      await delay(pausesMs[this.#deathTimes.length - 1] ?? pausesMs.at(-1));
      if (this.#isStopping()) return false;
      try {
        await this.#restart();
        return true;
      } catch (error) {
        if (this.#isStopping()) return false;
        this.#reportDeath(messageOf(error), error instanceof PartError ? error.tail : []);
      }
    }
    this.events.stayedDown(
      this.part,
      `died ${deathsLimit} times within ${deathsWindowMs / 1000} s`,
    );
    return false;
  }

  async #restart(): Promise<void> {
    this.#child = await startPart(this.part, {
      signal: this.#stopping.signal,
      onLaunch: (child) => {
        this.#child = child;
        this.events.launched(this.part, child);
      },
    });
    this.#isReady = true;
    this.events.ready(this.part, this.#child);
  }

  #reportDeath(reason: string, tail: readonly string[]): void {
    const now = Date.now();
    const recent = this.#deathTimes.filter((time) => now - time < deathsWindowMs);
    this.#deathTimes = [...recent, now];
    this.events.died(this.part, reason, tail);
  }

  /** A method, so that the compiler does not take an earlier answer for a lasting one. */
  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }
}
