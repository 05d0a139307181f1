import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { waitsOfOrder } from './waits.js';

/** What is seen of an order that is under way. */
export interface Sight {
  readonly orderId: string;
  readonly isEnded: boolean;
  /** The types of its facts, in their order. */
  readonly facts: readonly string[];
  /** What waits for a person: open attention items and dead letters. */
  readonly waits: readonly string[];
}

const lookMs = 100;
/** So long an order is still looked at after its end, in case that something follows. */
const afterEndMs = 2_000;

const statement = `select /* bench */ o.id as "orderId",
    o.status in ('delivered', 'cancelled', 'rejected', 'failed') as "isEnded",
    array(select type from orders.timeline t where t.order_id = o.id order by sequence) as facts,
    ${waitsOfOrder} as waits
  from orders.orders o where o.id = any($1)`;

/** Looks at orders while they live: one cheap look for all of them. */
export class Observer {
  readonly #sights = new Map<string, Sight>();
  /** Until when; what is not watched any more is seen as it was. */
  readonly #watched = new Map<string, number>();
  readonly #stopped = new AbortController();
  readonly #looking: Promise<void>;

  constructor(private readonly pool: pg.Pool) {
    this.#looking = this.#lookOn();
  }

  watch(orderId: string): void {
    this.#watched.set(orderId, Number.POSITIVE_INFINITY);
  }

  sight(orderId: string): Sight {
    return this.#sights.get(orderId) ?? { orderId, isEnded: false, facts: [], waits: [] };
  }

  /** @returns whether it came to that within the limit */
  async until(
    orderId: string,
    isReached: (sight: Sight) => boolean,
    limitMs: number,
  ): Promise<boolean> {
    const endMs = Date.now() + limitMs;
    while (!isReached(this.sight(orderId))) {
      if (Date.now() > endMs) return false;
      await sleep(lookMs);
    }
    return true;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#looking;
  }

  async #lookOn(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      // A database that is away is looked at again.
      await this.#look().catch(() => undefined);
      await sleep(lookMs);
    }
  }

  async #look(): Promise<void> {
    if (this.#watched.size === 0) return;
    const { rows } = await this.pool.query<Sight>({
      name: 'orders under way',
      text: statement,
      values: [[...this.#watched.keys()]],
    });
    for (const row of rows) this.#see(row);
  }

  #see(sight: Sight): void {
    const { orderId, isEnded } = sight;
    this.#sights.set(orderId, sight);
    const untilMs = this.#watched.get(orderId) ?? 0;
    if (Date.now() > untilMs) this.#watched.delete(orderId);
    else if (isEnded && untilMs === Number.POSITIVE_INFINITY) {
      this.#watched.set(orderId, Date.now() + afterEndMs);
    }
  }
}
