import { deliveryPartnerActivities } from '../activities/delivery-partner.js';
import {
  answeredOffers,
  isStillExpired,
  ordersWithExpiredHolds,
  retryDeadLetters,
} from '../db/choreography.js';
import { recordOfferNotified } from '../db/delivery-offers.js';
import type { Database } from '../db/database.js';
import { ordersWithOverdueTracking } from '../db/overdue-tracking.js';
import type { Fact } from '../domain/facts.js';
import type { OrderId } from '../domain/ids.js';
import type { PortsOf } from './consumers.js';
import { stepOf } from './service.js';
import { raiseOverdueParcels } from './overdue-parcels.js';

/** How many each round takes at the most, so that none lasts long. */
const batchSize = 100;

/** Reacts to time instead of events: unpaid holds, parcels without a scan, partners without an answer. */
export async function clockRound(database: Database, portsOf: PortsOf): Promise<void> {
  for (const orderId of await ordersWithExpiredHolds(database, batchSize)) {
    await database.transaction().execute((transaction) => expire(transaction, orderId, portsOf));
  }
  for (const offer of await answeredOffers(database, batchSize)) {
    await database.transaction().execute(async (transaction) => {
      const { settleDeliveryOffer } = deliveryPartnerActivities(portsOf(transaction));
      await settleDeliveryOffer({ ...stepOf(offer), ...offer });
      await recordOfferNotified(transaction, offer.offerId);
    });
  }
  for (const orderId of await ordersWithOverdueTracking(database, batchSize)) {
    await database
      .transaction()
      .execute((transaction) => raiseOverdueParcels(transaction, orderId, portsOf));
  }
}

/** Releases the goods and starts the compensation. */
async function expire(transaction: Database, orderId: OrderId, portsOf: PortsOf): Promise<void> {
  if (!(await isStillExpired(transaction, orderId))) return;
  const { inventory, journal } = portsOf(transaction);
  await inventory.release(orderId);
  const released: Fact = { type: 'inventory.released' };
  await journal.append({ orderId, key: 'releaseInventory', facts: [released] });
  const undos = ['voidAuthorization'];
  const started: Fact = { type: 'compensation.started', cause: 'failed', undos };
  await journal.append({ orderId, key: 'compensation', facts: [started] });
  await retryDeadLetters(transaction, orderId);
}
