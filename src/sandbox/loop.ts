import { setTimeout as pause } from 'node:timers/promises';

import type { Log } from './context.js';

const retryMs = 500;

export interface LoopOptions {
  readonly name: string;
  /** One bounded piece of work. Returns the wait in milliseconds until the next one is due. */
  readonly work: () => Promise<number>;
  /** The least time between two pieces of work, so that a burst of wake-ups becomes one. */
  readonly spacingMs: number;
  readonly log: Log;
}

/** Repeats one piece of work, never two at once, until it is stopped. A failure is logged and tried again. */
export class Loop {
  readonly #options: LoopOptions;
  #stopped = false;
  #woken = false;
  #endWait: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Asks for work now rather than after the wait. */
  wake(): void {
    this.#woken = true;
    this.#endWait();
  }

  /** Ends after the piece of work that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#woken = false;
      const waitMs = await this.#workOnce();
      await pause(this.#options.spacingMs);
      await this.#wait(waitMs);
    }
  }

  async #workOnce(): Promise<number> {
    try {
      return await this.#options.work();
    } catch (error) {
      this.#options.log('loop failed, will try again', { loop: this.#options.name, error });
      return retryMs;
    }
  }

  async #wait(waitMs: number): Promise<void> {
    if (this.#woken || this.#stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
