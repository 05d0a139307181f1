import { execute, type Database } from '../database.js';

/** `attempted`: try again. `signalled`: done when its effect shows. `delivered`: done. */
export type DeliveryResult = 'attempted' | 'signalled' | 'delivered';

export const recordDelivery = (
  database: Database,
  provider: 'payments' | 'carrier',
  eventId: string,
  result: DeliveryResult,
) => execute(database)`
    update orders.incoming_webhooks set attempts = attempts + 1,
      notifications = notifications + ${result === 'signalled' ? 1 : 0},
      notified_at = case when ${result === 'signalled'} then now() else notified_at end,
      delivered_at = case when ${result === 'delivered'} then now() else delivered_at end
    where provider = ${provider} and event_id = ${eventId}`;
