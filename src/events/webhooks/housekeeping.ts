import { sql } from 'kysely';
import type { Database } from '../../db/database.js';

const keptDays = 30;
const batchSize = 1_000;

/**
 * Forgets a batch of deliveries that were settled long ago, and secrets that have expired.
 * @returns whether there may be more to forget
 */
export async function tidyWebhooks(database: Database): Promise<boolean> {
  await sql`update events.webhook_endpoints
    set previous_secret = null, previous_secret_until = null
    where previous_secret_until < clock_timestamp()`.execute(database);
  const { numAffectedRows = 0n } = await sql`
    delete from events.webhook_deliveries where id in (
      select id from events.webhook_deliveries where state in ('delivered', 'discarded')
        and settled_at < clock_timestamp() - ${keptDays} * interval '1 day'
      limit ${batchSize} for update skip locked)`.execute(database);
  return numAffectedRows >= batchSize;
}
