import { closeAttention, findAttention, type AttentionRecord } from '../db/attention.js';
import type { Database } from '../db/database.js';
import { lockOrder } from '../db/given-up.js';
import { declareLost, isFateKnown } from '../db/silent-parcels.js';
import type { AttentionChoice } from '../domain/attention.js';
import type { ShipmentId } from '../domain/ids.js';

interface Resolution {
  readonly choice: AttentionChoice;
  readonly by: string;
  readonly note: string;
}

/** `known`: the carrier has said meanwhile what became of it; nothing has changed. */
export type ParcelAnswer =
  { readonly kind: 'closed'; readonly item: AttentionRecord } | { readonly kind: 'known' };

/**
 * A person gives up a parcel of a choreographed order that the carrier is silent about. It counts as
 * lost, and whoever hears of that pays back and tells the buyer. All in one transaction with the item.
 */
export const giveUpParcel = (
  database: Database,
  { id, orderId, subject }: AttentionRecord,
  resolution: Resolution,
): Promise<ParcelAnswer> =>
  database.transaction().execute(async (transaction): Promise<ParcelAnswer> => {
    await lockOrder(transaction, orderId);
    const now = await findAttention(transaction, id);
    if (now !== undefined && now.resolvedAt !== null) return { kind: 'closed', item: now };
    const shipmentId = subject as ShipmentId;
    if (await isFateKnown(transaction, orderId, shipmentId)) return { kind: 'known' };
    await declareLost(transaction, orderId, shipmentId);
    const item = await closeAttention(transaction, id, resolution);
    return item === undefined ? { kind: 'known' } : { kind: 'closed', item };
  });
