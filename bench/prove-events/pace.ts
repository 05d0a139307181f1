import { setTimeout as sleep } from 'node:timers/promises';

const lookMs = 20;
/** How much of the orders may begin while a fault is at work. */
const ahead = 0.03;

/**
 * Keeps orders and faults in step, so that faults meet orders under way: a fault waits for its share of
 * the orders, and orders wait for a fault that takes long.
 */
export class Pace {
  readonly #failed = new AbortController();
  #written = 0;
  #wreaked = 0;

  /** @param share of the orders that are done, from 0 to 1 */
  written(share: number): void {
    this.#written = share;
  }

  /** Every fault before this share of the orders has happened. */
  wreaked(share: number): void {
    this.#wreaked = share;
  }

  /** One side cannot go on, so the other one stops waiting. */
  fail(error: unknown): void {
    this.#failed.abort(error);
  }

  untilWritten(share: number): Promise<void> {
    return this.#until(() => this.#written >= share);
  }

  untilWreaked(share: number): Promise<void> {
    return this.#until(() => this.#wreaked + ahead >= share);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      this.#failed.signal.throwIfAborted();
      await sleep(lookMs);
    }
  }
}
