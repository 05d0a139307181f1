import { deliveryPartnerActivities } from '../activities/delivery-partner.js';
import {
  answeredOffers,
  isStillExpired,
  ordersWithExpiredHolds,
  readRequiredFacts,
  retryDeadLetters,
} from '../db/choreography.js';
import { recordOfferNotified } from '../db/delivery-offers.js';
import type { Database } from '../db/database.js';
import { lockOrder } from '../db/order-facts.js';
import {
  lockOverdueOrder,
  ordersWithOverdueTracking,
  setTrackingOverdueAt,
} from '../db/overdue-tracking.js';
import type { AttentionChoice } from '../domain/attention.js';
import { attentionItem } from '../domain/attention-item.js';
import type { Fact } from '../domain/facts.js';
import type { OrderId } from '../domain/ids.js';
import { serviceLevels } from '../domain/service-level.js';
import type { PortsOf } from './consumers.js';
import { stepOf } from './service.js';
import { OrderHistory } from './order-history.js';
import { trackingFacts, expectedScans, type ExpectedScan } from './overdue-tracking.js';

/** How many each round takes at the most, so that none lasts long. */
const batchSize = 100;

/** Reacts to time instead of events: unpaid holds, parcels without a scan, partners without an answer. */
export async function clockRound(database: Database, portsOf: PortsOf): Promise<void> {
  for (const orderId of await ordersWithExpiredHolds(database, batchSize)) {
    await database.transaction().execute((transaction) => expire(transaction, orderId, portsOf));
  }
  for (const offer of await answeredOffers(database, batchSize)) {
    await database.transaction().execute(async (transaction) => {
      await lockOrder(transaction, offer.orderId);
      const { settleDeliveryOffer } = deliveryPartnerActivities(portsOf(transaction));
      await settleDeliveryOffer({ ...stepOf(offer.orderId), ...offer });
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
  await lockOrder(transaction, orderId);
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

/** Above every sequence of an order. */
const maxSequence = 2_147_483_647;

/** Raises one attention item per parcel and overdue scan. Does nothing when another copy has done it. */
async function raiseOverdueParcels(
  transaction: Database,
  orderId: OrderId,
  portsOf: PortsOf,
): Promise<void> {
  const nowMs = await lockOverdueOrder(transaction, orderId);
  if (nowMs === undefined) return;
  const known = await readRequiredFacts(transaction, orderId, maxSequence, trackingFacts);
  if (known === undefined) return;
  const history = new OrderHistory(orderId, known.facts);
  const expected = expectedScans(history, serviceLevels[known.serviceLevel]);
  const { journal } = portsOf(transaction);
  for (const scan of expected.filter(({ dueMs }) => dueMs <= nowMs)) {
    const key = `silent:${scan.reason}:${scan.subject}`;
    await journal.append({ orderId, key, facts: [itemOf(scan, history)] });
  }
  const next = expected.find(({ dueMs }) => dueMs > nowMs);
  await setTrackingOverdueAt(transaction, orderId, next?.dueMs);
}

/** A parcel that was not handed over can be cancelled; nothing is sent again here. */
const choicesAbout: Readonly<Record<ExpectedScan['reason'], readonly AttentionChoice[]>> = {
  not_handed_over: ['wait'],
  not_delivered: ['wait', 'refund'],
};

const itemOf = ({ reason, subject }: ExpectedScan, history: OrderHistory): Fact =>
  attentionItem(crypto.randomUUID(), {
    reason,
    subject,
    choices: choicesAbout[reason],
    exposure: history.parcel(subject).amount,
  });
