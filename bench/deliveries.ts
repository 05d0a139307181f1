import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { within } from '../src/up/wait.js';

const intervalMs = 15;

/** Tells when an order has ended: one cheap look at the rows of all open orders, the same for all arms. */
export class Deliveries {
  readonly #pool: pg.Pool;
  readonly #waiting = new Map<string, () => void>();
  #loop: Promise<void> | undefined;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /**
   * Resolves when the order has ended, however it did.
   * @throws Error that says how many have not
   */
  async ended(orderId: string, limitMs: number): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#waiting.set(orderId, resolve);
    });
    // Without an answer of the database nothing ends, and the limit says so.
    this.#loop ??= this.#watch().catch(() => undefined);
    try {
      await within(ended, limitMs, `${orderId} to end`);
    } catch (cause) {
      const message = `${this.#waiting.size} order(s) under way have not ended`;
      throw new Error(message, { cause });
    } finally {
      this.#waiting.delete(orderId);
    }
  }

  async #watch(): Promise<void> {
    while (this.#waiting.size > 0) {
      await delay(intervalMs);
      for (const orderId of await this.#endedAmong([...this.#waiting.keys()])) {
        this.#waiting.get(orderId)?.();
      }
    }
    this.#loop = undefined;
  }

  async #endedAmong(orderIds: readonly string[]): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ id: string }>({
      name: 'ended',
      text: `select /* bench */ id from orders.orders where id = any($1)
        and status in ('delivered', 'cancelled', 'rejected', 'failed')`,
      values: [orderIds],
    });
    return rows.map(({ id }) => id);
  }
}
