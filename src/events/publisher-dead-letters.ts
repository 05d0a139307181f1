import type { DeadLetter, DeadLetterSource } from './dead-letters.js';
import { listUnpublished, retryUnpublished, type Unpublished } from './unpublished.js';
import type { OrderId } from '../domain/ids.js';

const consumer = 'publisher';
const prefix = 'unp';

/** The most orders that are listed; one is a defect already. */
const mostShown = 1_000;

/**
 * Facts that cannot be published. They can be retried, and never be discarded: an order's sequence has
 * no gap, so no consumer can do without them.
 */
export const publisherDeadLetters: DeadLetterSource = {
  prefix,
  list: async (database, filter, { limit, after }) => {
    if (filter.consumer !== undefined && filter.consumer !== consumer) return [];
    const deadLetters = (await listUnpublished(database, mostShown)).map(deadLetterOf);
    return deadLetters
      .filter(({ event }) => filter.orderId === undefined || event.orderId === filter.orderId)
      .filter(({ id }) => after === undefined || id > after)
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, limit);
  },
  replay: async (database, id) =>
    (await retryUnpublished(database, orderIdOf(id))) > 0 ? { kind: 'done' } : { kind: 'unknown' },
  replayAll: async (database, filter) =>
    filter.consumer === undefined || filter.consumer === consumer ? retryUnpublished(database) : 0,
  discard: async (database, id) => {
    const orderId = orderIdOf(id);
    const isThere = (await listUnpublished(database, mostShown)).some(
      (order) => order.orderId === orderId,
    );
    return isThere ? { kind: 'refused', because: 'unpublished' } : { kind: 'unknown' };
  },
};

const orderIdOf = (id: string): OrderId => `ord_${id.slice(prefix.length + 1)}`;

function deadLetterOf(order: Unpublished): DeadLetter {
  const { orderId, sequence, type, error, attempts, since, waiting } = order;
  const suffix = orderId.slice('ord_'.length);
  return {
    id: `${prefix}_${suffix}`,
    consumer,
    event: { id: `evt_${suffix}_${sequence}`, type, orderId, sequence },
    error,
    attempts,
    firstFailedAt: since,
    diedAt: since,
    heldBack: waiting - 1,
  };
}
