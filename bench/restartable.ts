import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningChild } from '../src/up/child-process.js';
import { startPart, stopPart, type Part } from '../src/up/part.js';
import type { Reaper } from '../src/up/reaper.js';

const comebackLimitMs = 20_000;
const comebackPauseMs = 200;

/** A server that may be killed and comes again, with its data, on its old port. */
export class Restartable {
  #child: RunningChild;

  private constructor(
    private readonly part: Part,
    private readonly reaper: Reaper,
    child: RunningChild,
  ) {
    this.#child = child;
  }

  /** @param reaper ends it if this process is killed */
  static async start(part: Part, reaper: Reaper): Promise<Restartable> {
    return new Restartable(part, reaper, await launched(part, reaper));
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** In order, or as when its machine loses power; either way it is there again afterwards. */
  async restart(how: 'in_order' | 'crash'): Promise<void> {
    if (how === 'crash') {
      this.#child.signal('SIGKILL');
      await this.#child.exited;
    } else {
      await this.stop();
    }
    this.#child = await this.#startAgain(Date.now() + comebackLimitMs);
  }

  async stop(): Promise<void> {
    await stopPart(this.part, this.#child);
  }

  /** What is left of a killed server keeps the next one away until it has noticed. */
  async #startAgain(untilMs: number): Promise<RunningChild> {
    try {
      return await launched(this.part, this.reaper);
    } catch (error) {
      if (Date.now() > untilMs) throw error;
      await sleep(comebackPauseMs);
      return this.#startAgain(untilMs);
    }
  }
}

const launched = (part: Part, reaper: Reaper): Promise<RunningChild> =>
  startPart(part, {
    onLaunch: (child) => {
      reaper.watch(part, child);
    },
  });
