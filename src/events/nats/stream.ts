import type { JetStreamManager } from '@nats-io/jetstream';

const streamName = 'ORDERS';

/** One subject for each order, so that a reader may have the events of one. */
export const subjectOf = (orderId: string): string => `orders.${orderId}`;

const nanosecondsPerMs = 1_000_000;
const dayMs = 86_400_000;
const maxAgeMs = 7 * dayMs;
const maxBytes = 1_073_741_824;
/** An event that is sent again within this time is not stored again, also after a restart. */
const duplicateWindowMs = 15 * 60_000;

/** Makes the stream where there is none. One that is there belongs to its operator and stays as it is. */
export async function ensureStream(manager: JetStreamManager): Promise<void> {
  for await (const name of manager.streams.names()) {
    if (name === streamName) return;
  }
  await manager.streams.add({
    name: streamName,
    description: 'Events of orders, as CloudEvents; one subject for each order.',
    subjects: [subjectOf('>')],
    storage: 'file',
    retention: 'limits',
    discard: 'old',
    max_age: maxAgeMs * nanosecondsPerMs,
    max_bytes: maxBytes,
    duplicate_window: duplicateWindowMs * nanosecondsPerMs,
  });
}
