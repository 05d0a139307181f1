import type { CallCounts } from './call-counts.js';
import type { Pace } from './carrier/journey.js';
import type { Faults } from './faults.js';
import type { KeyedLock } from './keyed-lock.js';
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
