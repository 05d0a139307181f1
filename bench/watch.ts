import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import {
  endStatuses,
  type FulfillmentStatus,
  type OrderStatus,
} from '../src/domain/order-state.js';
import type { ReturnStatus } from '../src/domain/returns.js';
import { within } from '../src/runtime/deadline.js';

const intervalMs = 15;

/** A statement whose only parameter is the ids that are waited for. */
interface Look {
  readonly name: string;
  readonly text: string;
}

interface Waiter<Row> {
  readonly isReached: (row: Row) => boolean;
  readonly resolve: (row: Row) => void;
}

/** Waits for rows to come into a state: one cheap look at all that are waited for. */
export class Watch<Row extends { readonly id: string }> {
  readonly #pool: pg.Pool;
  readonly #look: Look;
  readonly #waiting = new Map<string, Waiter<Row>>();
  #loop: Promise<void> | undefined;

  constructor(pool: pg.Pool, look: Look) {
    this.#pool = pool;
    this.#look = look;
  }

  /**
   * Resolves with the row as soon as a look finds it so.
   * @throws Error that says how many are still waited for
   */
  async until(id: string, isReached: (row: Row) => boolean, limitMs: number): Promise<Row> {
    const reached = new Promise<Row>((resolve) => {
      this.#waiting.set(id, { isReached, resolve });
    });
    // Without an answer of the database nothing is reached, and the limit says so.
    this.#loop ??= this.#watch().catch(() => undefined);
    try {
      return await within(reached, limitMs, `${id} (${this.#look.name})`);
    } catch (cause) {
      throw new Error(`${this.#waiting.size} still waited for: ${this.#look.name}`, { cause });
    } finally {
      this.#waiting.delete(id);
    }
  }

  async #watch(): Promise<void> {
    while (this.#waiting.size > 0) {
      await delay(intervalMs);
      for (const row of await this.#rows([...this.#waiting.keys()])) this.#show(row);
    }
    this.#loop = undefined;
  }

  #show(row: Row): void {
    const waiter = this.#waiting.get(row.id);
    if (waiter?.isReached(row) === true) waiter.resolve(row);
  }

  async #rows(ids: readonly string[]): Promise<readonly Row[]> {
    const { rows } = await this.#pool.query<Row>({ ...this.#look, values: [ids] });
    return rows;
  }
}

export interface EndedOrder {
  readonly id: string;
  readonly status: OrderStatus;
}

const ends = `('${endStatuses.join("', '")}')`;

/** Orders that have ended, however they did. The same for all arms. */
export const orderEnds = (pool: pg.Pool): Watch<EndedOrder> =>
  new Watch(pool, {
    name: 'orders to end',
    text: `select /* bench */ id, status from orders.orders
      where id = any($1) and status in ${ends}`,
  });

export interface LivingOrder extends EndedOrder {
  readonly fulfillmentStatus: FulfillmentStatus;
  /** How many entries its timeline has. */
  readonly entries: number;
  readonly isEnded: boolean;
  /** What waits for a person, if anything does. */
  readonly attentionId: string | null;
}

/** Orders on their way, for what somebody does about them. */
export const orderLives = (pool: pg.Pool): Watch<LivingOrder> =>
  new Watch(pool, {
    name: 'orders to get on',
    text: `select /* bench */ id, status, fulfillment_status as "fulfillmentStatus",
      last_sequence as entries, status in ${ends} as "isEnded",
      (select min(item.id) from orders.attention item
        where item.order_id = o.id and item.resolved_at is null) as "attentionId"
      from orders.orders o where id = any($1)`,
  });

export interface LivingReturn {
  readonly id: string;
  readonly status: ReturnStatus;
  readonly isLabelled: boolean;
}

export const returnLives = (pool: pg.Pool): Watch<LivingReturn> =>
  new Watch(pool, {
    name: 'returns to get on',
    text: `select /* bench */ id, status, tracking_number is not null as "isLabelled"
      from orders.returns where id = any($1)`,
  });
