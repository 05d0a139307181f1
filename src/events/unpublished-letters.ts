import type { DeadLetter, DeadLetterSource } from './dead-letters.js';
import { listUnpublished, retryUnpublished, type Unpublished } from './unpublished.js';
import type { OrderId } from '../domain/ids.js';

const consumer = 'publisher';
const prefix = 'unp';

/** So many orders whose facts cannot be published are shown; one is a defect already. */
const mostShown = 1_000;

/**
 * Facts for which there is no event. All consumers wait for them, and none can do without: an order's
 * sequence has no gap. So they can be tried again, and never be discarded.
 */
export const unpublishedLetters: DeadLetterSource = {
  prefix,
  list: async (database, filter, { limit, after }) => {
    if (filter.consumer !== undefined && filter.consumer !== consumer) return [];
    const letters = (await listUnpublished(database, mostShown)).map(letterOf);
    return letters
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

function letterOf(order: Unpublished): DeadLetter {
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
