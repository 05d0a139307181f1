import { Migrator, type Migration } from 'kysely';
import { openDatabase } from './database.js';
import { orders } from './migrations/0001-orders.js';
import { inventory } from './migrations/0002-inventory.js';
import { loyalty } from './migrations/0003-loyalty.js';
import { life } from './migrations/0004-life.js';
import { warehouses } from './migrations/0005-warehouses.js';
import { shipments } from './migrations/0006-shipments.js';
import { paymentEvents } from './migrations/0007-payment-events.js';
import { deliveryOffers } from './migrations/0008-delivery-offers.js';
import { accepting } from './migrations/0009-accepting.js';
import { codes } from './migrations/0010-codes.js';
import { points } from './migrations/0011-points.js';
import { returns } from './migrations/0012-returns.js';
import { reconciliation } from './migrations/0013-reconciliation.js';
import { eventLog } from './migrations/0014-event-log.js';
import { placedFacts } from './migrations/0015-placed-facts.js';
import { consumers } from './migrations/0016-consumers.js';
import { webhooksOut } from './migrations/0017-webhooks-out.js';
import { choreography } from './migrations/0019-choreography.js';
import { silentParcels } from './migrations/0020-silent-parcels.js';
import { endedOrders } from './migrations/0021-ended-orders.js';
import { relay } from './migrations/0018-relay.js';

const migrations: Readonly<Record<string, Migration>> = {
  '0001-orders': orders,
  '0002-inventory': inventory,
  '0003-loyalty': loyalty,
  '0004-life': life,
  '0005-warehouses': warehouses,
  '0006-shipments': shipments,
  '0007-payment-events': paymentEvents,
  '0008-delivery-offers': deliveryOffers,
  '0009-accepting': accepting,
  '0010-codes': codes,
  '0011-points': points,
  '0012-returns': returns,
  '0013-reconciliation': reconciliation,
  '0014-event-log': eventLog,
  '0015-placed-facts': placedFacts,
  '0016-consumers': consumers,
  '0017-webhooks-out': webhooksOut,
  '0018-relay': relay,
  '0019-choreography': choreography,
  '0020-silent-parcels': silentParcels,
  '0021-ended-orders': endedOrders,
};

/**
 * Brings the database to the newest schema, forward only. A lock in the database lets several
 * processes call this at once.
 * @returns the names of the migrations that were carried out
 */
export async function migrateToLatest(databaseUrl: string): Promise<readonly string[]> {
  const database = openDatabase({ url: databaseUrl, poolSize: 2 });
  try {
    const migrator = new Migrator({
      db: database,
      provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    });
    const { error, results } = await migrator.migrateToLatest();
    if (error !== undefined) throw new Error('A migration failed', { cause: error });
    return (results ?? []).map(({ migrationName }) => migrationName);
  } finally {
    await database.destroy();
  }
}
