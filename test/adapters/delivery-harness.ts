import { sql } from 'kysely';
import { typeid } from 'typeid-js';
import type { PartnerOffer } from '../../src/activities/ports.js';
import { postgresDeliveryPartners } from '../../src/adapters/postgres-delivery-partners.js';
import { insertRows, openDatabase, type Database } from '../../src/db/database.js';
import type { OrderId } from '../../src/domain/ids.js';
import { placed } from '../../src/domain/order-state.js';
import { testDatabase } from '../support/postgres.js';

interface PartnerChanges {
  readonly countries?: string[];
  readonly postal_prefixes?: string[];
  readonly capacity?: number | null;
  readonly answers?: 'at_once' | 'by_hand';
}

export type DeliveryHarness = Awaited<ReturnType<typeof startHarness>>;

/** The adapter over a database of its own, in which nobody delivers yet. */
export async function startHarness() {
  const own = await testDatabase({ migrated: true });
  const database = openDatabase({ url: own.url, poolSize: 10 });
  const partners = postgresDeliveryPartners(database);
  const offer = (
    orderId: OrderId,
    round = 0,
    changes: { acceptMs?: number; postalCode?: string } = {},
  ): Promise<PartnerOffer> =>
    partners.offer({
      orderId,
      country: 'DE',
      postalCode: '20457',
      round,
      acceptMs: 60_000,
      ...changes,
    });
  return {
    database,
    partners,
    offer,
    /** The open offer that is expected in the round. */
    offered: async (orderId: OrderId, round = 0) => {
      const made = await offer(orderId, round);
      if (made.kind !== 'offered') throw new Error(`expected an offer, not ${made.kind}`);
      return made;
    },
    /** A partner in Germany that answers by hand and has room for ten orders, unless changed. */
    aPartner: (id: string, changes: PartnerChanges = {}) =>
      insertRows(database, 'orders.delivery_partners', [
        { id, name: id, countries: ['DE'], answers: 'by_hand', capacity: 10, ...changes },
      ]),
    anOrder: () => anOrder(database),
    nobody: async () => {
      await sql`delete from orders.delivery_offers`.execute(database);
      await sql`delete from orders.delivery_assignments`.execute(database);
      await sql`delete from orders.delivery_partners`.execute(database);
    },
    stop: async () => {
      await database.destroy();
      await own.drop();
    },
  };
}

async function anOrder(database: Database): Promise<OrderId> {
  const id: OrderId = typeid('ord').toString();
  await insertRows(database, 'orders.orders', [
    {
      id,
      customer_id: 'cus_42',
      status: 'confirmed',
      stage: placed.stage,
      payment_status: placed.paymentStatus,
      fulfillment_status: placed.fulfillmentStatus,
      status_since: new Date(),
      coordination: 'orchestrated',
      currency: 'EUR',
      total_minor: 1780,
      metadata: {},
      created_at: new Date(),
    },
  ]);
  return id;
}

export const partnerOf = (made: PartnerOffer) => (made.kind === 'none' ? null : made.partnerId);
