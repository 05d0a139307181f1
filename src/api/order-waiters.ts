import type { Database } from '../db/database.js';
import { ordersWithStatus } from '../db/orders.js';
import type { OrderId } from '../domain/ids.js';
import { withinOr } from '../runtime/deadline.js';
import { isEnded, orderStatuses } from '../domain/order-state.js';

/** A client that waits for its order waits until it is confirmed, further than that, or ended. */
const awaitedStatuses = orderStatuses.filter(
  (status) => status === 'confirmed' || status === 'shipped' || isEnded({ status }),
);

const intervalMs = 50;

/** More clients than this are not made to wait; they poll. */
const maxWaiting = 1_000;

type Wake = (isConfirmed: boolean) => void;

export type OrderWaiters = ReturnType<typeof createOrderWaiters>;

/** Polls for all waiting clients together: one statement per round, none while nobody waits. */
export function createOrderWaiters(database: Database, onError: (error: unknown) => void) {
  const waiting = new Map<OrderId, Wake>();
  let isPolling = false;
  let isStopped = false;

  async function poll(): Promise<void> {
    if (isPolling) return;
    isPolling = true;
    while (waiting.size > 0) {
      await pollOnce().catch(onError);
      await new Promise((resolve) => setTimeout(resolve, intervalMs));
    }
    isPolling = false;
  }

  async function pollOnce(): Promise<void> {
    const confirmed = await ordersWithStatus(database, [...waiting.keys()], awaitedStatuses);
    for (const orderId of confirmed) waiting.get(orderId)?.(true);
  }

  /** @returns whether the order was confirmed or ended within the limit */
  function waitFor(orderId: OrderId, limitMs: number): Promise<boolean> {
    if (isStopped || waiting.size >= maxWaiting || waiting.has(orderId)) {
      return Promise.resolve(false);
    }
    const answer = new Promise<boolean>((resolve) => waiting.set(orderId, resolve));
    void poll();
    return withinOr(answer, limitMs, () => false).finally(() => waiting.delete(orderId));
  }

  return {
    waitFor,
    /** Ends all waits; nobody waits from then on. */
    stop: () => {
      isStopped = true;
      for (const wake of waiting.values()) wake(false);
    },
  };
}
