import { ordersWithStatus } from '../db/orders.js';
import type { Database } from '../db/database.js';
import type { OrderId } from '../domain/ids.js';
import { withinOr } from '../runtime/deadline.js';
import { isEnded, orderStatuses } from '../domain/order-state.js';

/** What a client that waits for its order waits for: confirmed, further than that, or ended. */
const settledStatuses = orderStatuses.filter(
  (status) => status === 'confirmed' || status === 'shipped' || isEnded({ status }),
);

const intervalMs = 50;

/** More clients than this are not made to wait; they poll. */
const maxWaiting = 1_000;

type Wake = (settled: boolean) => void;

export interface Settlements {
  /**
   * @param limitMs milliseconds to wait at most
   * @returns whether the order settled in that time
   */
  waitFor(orderId: OrderId, limitMs: number): Promise<boolean>;
  /** Lets all go that wait; nobody waits from then on. */
  stop(): void;
}

/** Looks for all waiting clients together: one statement per round, none while nobody waits. */
export function watchSettlements(
  database: Database,
  onError: (error: unknown) => void,
): Settlements {
  const waiting = new Map<OrderId, Wake>();
  let isLooking = false;
  let isStopped = false;

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    while (waiting.size > 0) {
      await lookOnce().catch(onError);
      await new Promise((resolve) => setTimeout(resolve, intervalMs));
    }
    isLooking = false;
  }

  async function lookOnce(): Promise<void> {
    const settled = await ordersWithStatus(database, [...waiting.keys()], settledStatuses);
    for (const orderId of settled) waiting.get(orderId)?.(true);
  }

  function waitFor(orderId: OrderId, limitMs: number): Promise<boolean> {
    if (isStopped || waiting.size >= maxWaiting || waiting.has(orderId)) {
      return Promise.resolve(false);
    }
    const answer = new Promise<boolean>((resolve) => waiting.set(orderId, resolve));
    void look();
    return withinOr(answer, limitMs, () => false).finally(() => waiting.delete(orderId));
  }

  return {
    waitFor,
    stop: () => {
      isStopped = true;
      for (const wake of waiting.values()) wake(false);
    },
  };
}
