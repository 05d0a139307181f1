import type { AttentionRecord } from '../db/attention.js';
import type { Database } from '../db/database.js';
import { declareLost, hasParcelEnded } from '../db/overdue-parcels.js';
import type { ShipmentId } from '../domain/ids.js';
import { resolveOnce, type ItemAnswer, type Resolution } from './resolve-once.js';

/**
 * Declares the overdue parcel of a choreographed order lost; the services that react refund it and
 * notify the buyer.
 * @returns `too_late` when the carrier has reported its end meanwhile
 */
export const giveUpParcel = (
  database: Database,
  item: AttentionRecord,
  resolution: Resolution,
): Promise<ItemAnswer> =>
  resolveOnce(database, item, resolution, async (transaction) => {
    const { orderId, subject } = item;
    const shipmentId = subject as ShipmentId;
    if (await hasParcelEnded(transaction, orderId, shipmentId)) return false;
    await declareLost(transaction, orderId, shipmentId);
    return true;
  });
