import type { Database } from '../db/database.js';
import { ordersWithStatus } from '../db/orders.js';
import type { OrderId } from '../domain/ids.js';
import { withinOr } from '../runtime/deadline.js';
import { startPollingLoop } from '../runtime/polling-loop.js';
import { isEnded, orderStatuses } from '../domain/order-state.js';

/** A client that waits for its order waits until it is confirmed, further than that, or ended. */
const awaitedStatuses = orderStatuses.filter(
  (status) => status === 'confirmed' || status === 'shipped' || isEnded({ status }),
);

const pollMs = 50;

/** More clients than this are not made to wait; they poll. */
const maxWaiting = 1_000;

export type OrderWaiters = ReturnType<typeof createOrderWaiters>;

/** Polls for all waiting clients together: one statement per round, none while nobody waits. */
export function createOrderWaiters(database: Database, onError: (error: unknown) => void) {
  const waiting = new Map<OrderId, (isConfirmed: boolean) => void>();
  let isStopped = false;
  const round = async (): Promise<boolean> => {
    if (waiting.size === 0) return false;
    const confirmed = await ordersWithStatus(database, [...waiting.keys()], awaitedStatuses);
    for (const orderId of confirmed) waiting.get(orderId)?.(true);
    return false;
  };
  const loop = startPollingLoop({ round, pollMs, retryCapMs: pollMs, onError });
  return {
    /** @returns whether the order was confirmed or ended within the limit */
    waitFor: async (orderId: OrderId, limitMs: number): Promise<boolean> => {
      if (isStopped || waiting.size >= maxWaiting || waiting.has(orderId)) return false;
      const answer = new Promise<boolean>((resolve) => waiting.set(orderId, resolve));
      return withinOr(answer, limitMs, () => false).finally(() => waiting.delete(orderId));
    },
    /** Ends all waits; nobody waits from then on. */
    stop: async (): Promise<void> => {
      isStopped = true;
      for (const wake of waiting.values()) wake(false);
      await loop.stop();
    },
  };
}
