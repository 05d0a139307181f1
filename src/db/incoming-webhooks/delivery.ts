import { sql } from 'kysely';
import type { Database } from '../database.js';

/** `attempted`: try again. `signalled`: done when its effect shows. `delivered`: done. */
export type DeliveryResult = 'attempted' | 'signalled' | 'delivered';

export async function recordDelivery(
  database: Database,
  provider: 'payments' | 'carrier',
  eventId: string,
  result: DeliveryResult,
): Promise<void> {
  const signalled = result === 'signalled';
  await sql`
    update orders.incoming_webhooks set attempts = attempts + 1,
      notifications = notifications + ${signalled ? 1 : 0},
      notified_at = case when ${signalled} then now() else notified_at end,
      delivered_at = case when ${result === 'delivered'} then now() else delivered_at end
    where provider = ${provider} and event_id = ${eventId}
  `.execute(database);
}
