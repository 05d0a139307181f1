import type { AttentionRecord } from '../db/attention.js';
import type { Database } from '../db/database.js';
import { declareLost, hasArrivedOrIsLost } from '../db/overdue-tracking.js';
import type { ShipmentId } from '../domain/ids.js';
import { resolveOnce, type ItemAnswer, type Resolution } from './resolve-once.js';

/**
 * A person gives up a parcel of a choreographed order that the carrier is silent about. It counts as
 * lost, and whoever hears of that pays back and tells the buyer.
 * @returns `too_late` when the carrier has said meanwhile what became of it
 */
export const giveUpParcel = (
  database: Database,
  item: AttentionRecord,
  resolution: Resolution,
): Promise<ItemAnswer> =>
  resolveOnce(database, item, resolution, async (transaction) => {
    const { orderId, subject } = item;
    const shipmentId = subject as ShipmentId;
    if (await hasArrivedOrIsLost(transaction, orderId, shipmentId)) return false;
    await declareLost(transaction, orderId, shipmentId);
    return true;
  });
