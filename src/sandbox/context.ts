import type { Pace } from './carrier/journey.js';
import type { Faults } from './faults.js';
import type { Change, Store } from './store.js';
import { planDeliveries } from './webhooks/deliveries.js';

export type Log = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/** What every part of a running sandbox shares. */
export interface Context {
  readonly store: Store;
  readonly faults: Faults;
  readonly calls: CallCounts;
  readonly locks: KeyedLock;
  /** Idempotency keys whose first request has not been answered yet. */
  readonly runningKeys: Set<string>;
  readonly latencyMs: number;
  readonly pace: Pace;
  /** Aborted when the sandbox stops, which ends every delay. */
  readonly stopping: AbortSignal;
  readonly log: Log;
  /** Wakes the outbox: there is something to send. */
  readonly wakeOutbox: () => void;
}

/** Writes the change with its webhooks, whole or not at all, and has them sent. */
export async function commit(context: Context, change: Change): Promise<void> {
  const deliveries = await planDeliveries(context.faults, change.events ?? []);
  await context.store.commit(change, deliveries);
  if (deliveries.length > 0) context.wakeOutbox();
}

/**
 * Serializes work on one object within this process, which is enough as one process owns the
 * sandbox's database. There are at most as many waiters as open requests.
 */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs the work when every earlier work on one of these ids has ended. */
  async exclusive<T>(ids: readonly string[], work: () => Promise<T>): Promise<T> {
    const earlier = ids.map((id) => this.#tails.get(id) ?? Promise.resolve());
    const result = Promise.all(earlier).then(work);
    const tail = result.catch(() => undefined);
    for (const id of ids) this.#tails.set(id, tail);
    try {
      return await result;
    } finally {
      for (const id of ids) if (this.#tails.get(id) === tail) this.#tails.delete(id);
    }
  }
}

const mostOrders = 10_000;

/** How often each operation was called for an order, whatever the answer. Lost at a restart. */
export class CallCounts {
  private readonly byOrder = new Map<string, Map<string, number>>();

  /** @param call service and operation: `payments.authorize` */
  add(orderId: string, call: string): void {
    const counts = this.byOrder.get(orderId) ?? new Map<string, number>();
    counts.set(call, (counts.get(call) ?? 0) + 1);
    this.byOrder.set(orderId, counts);
    const [oldest] = this.byOrder.keys();
    if (this.byOrder.size > mostOrders && oldest !== undefined) this.byOrder.delete(oldest);
  }

  of(orderId: string): Readonly<Record<string, number>> {
    return Object.fromEntries(this.byOrder.get(orderId) ?? []);
  }
}
