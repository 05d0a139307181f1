import {
  closeAttention,
  findAttention,
  type AttentionRecord,
  type Resolution,
} from '../db/attention.js';
import type { Database } from '../db/database.js';
import { deadLetterOf, resolveUndo } from '../db/dead-letters.js';
import { lockOrder } from '../db/order-facts.js';
import { declareLost, hasArrivedOrIsLost } from '../db/overdue-tracking.js';
import { deadLetteredIn, undoneCompensation } from '../domain/dead-lettered.js';
import type { ShipmentId } from '../domain/ids.js';
import { consumerDeadLetters } from '../events/consumer-dead-letters.js';

/** The closed item; undefined when the choice is no longer possible, and nothing has changed. */
type ClosedItem = AttentionRecord | undefined;

/**
 * Closes an item of an order without a workflow and carries out the choice, in one transaction. Of
 * several people at once one decides.
 * @param act carries out the choice; false when it is no longer possible, and nothing has changed
 */
const resolveInTransaction = (
  database: Database,
  { id, orderId }: AttentionRecord,
  resolution: Resolution,
  act: (transaction: Database) => Promise<boolean>,
): Promise<ClosedItem> =>
  database.transaction().execute(async (transaction) => {
    await lockOrder(transaction, orderId);
    const now = await findAttention(transaction, id);
    if (now !== undefined && now.resolvedAt !== null) return now;
    return (await act(transaction)) ? closeAttention(transaction, id, resolution) : undefined;
  });

/**
 * A person declares a parcel of a choreographed order lost, about which the carrier is silent. The
 * services then refund it and inform the buyer.
 * @returns undefined when the carrier has reported the parcel meanwhile
 */
export const declareParcelLost = (
  database: Database,
  item: AttentionRecord,
  resolution: Resolution,
): Promise<ClosedItem> =>
  resolveInTransaction(database, item, resolution, async (transaction) => {
    const { orderId, subject } = item;
    const shipmentId = subject as ShipmentId;
    if (await hasArrivedOrIsLost(transaction, orderId, shipmentId)) return false;
    await declareLost(transaction, orderId, shipmentId);
    return true;
  });

/**
 * A person decides about the dead letter of a service: it is replayed or discarded. A compensation that
 * was done by hand, or is waived, is recorded as finished, so that the order continues to compensate.
 * @returns undefined when the event was replayed or discarded already
 */
export const resolveDeadLetter = (
  database: Database,
  item: AttentionRecord,
  resolution: Resolution,
): Promise<ClosedItem> =>
  resolveInTransaction(database, item, resolution, async (transaction) => {
    const { orderId, subject } = item;
    const { choice, by, note } = resolution;
    const deadLettered = deadLetteredIn(subject);
    const id = await deadLetterOf(transaction, orderId, deadLettered);
    if (id === undefined) return false;
    const { kind } = await (choice === 'retry'
      ? consumerDeadLetters.replay(transaction, id, { by })
      : consumerDeadLetters.discard(transaction, id, { by, reason: note }));
    if (kind !== 'done') return false;
    const undo = undoneCompensation(deadLettered);
    if (undo !== undefined && choice !== 'retry') {
      const result = choice === 'mark_done' ? 'marked_done' : 'waived';
      await resolveUndo(transaction, orderId, undo, result);
    }
    return true;
  });
