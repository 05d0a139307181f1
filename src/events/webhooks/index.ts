import { sql } from 'kysely';
import { startPollingLoop } from '../../runtime/polling-loop.js';
import { createSender, type SenderDependencies } from './sender.js';
import { senderLimits, type SenderLimits } from './settings.js';
import { execute, type Database } from '../../db/database.js';

export { webhookFanOut } from './fan-out.js';
export { webhookSettings } from './settings.js';

const tidyEveryMs = 60_000;

type Dependencies = Omit<SenderDependencies, 'limits'> & {
  readonly limits?: Partial<SenderLimits>;
};

/**
 * Sends deliveries as they become due, until it is stopped. Any number of copies may run.
 * @returns `stop`, which takes a few seconds at the most
 */
export function startWebhooks(dependencies: Dependencies): { readonly stop: () => Promise<void> } {
  const { database, log } = dependencies;
  const limits = { ...senderLimits, ...dependencies.limits };
  const sender = createSender({ ...dependencies, limits });
  const report = (message: string) => (error: unknown) => {
    log.warn({ err: error }, message);
  };
  const sending = startPollingLoop({
    round: async () => (await sender.round()) > 0,
    pollMs: limits.idleMs,
    onWake: (wake) => sender.onEnd(wake),
    onError: report('webhooks could not be claimed'),
  });
  const tidying = startPollingLoop({
    round: () => tidyWebhooks(database),
    pollMs: tidyEveryMs,
    onError: report('old webhooks could not be forgotten'),
  });
  return {
    stop: async () => {
      await Promise.all([sending.stop(), tidying.stop()]);
      await sender.stop();
    },
  };
}

const keptDays = 30;
const batchSize = 1_000;

/**
 * Forgets a batch of deliveries that were settled long ago, and secrets that have expired.
 * @returns whether there may be more to forget
 */
export async function tidyWebhooks(database: Database): Promise<boolean> {
  await execute(database)`update events.webhook_endpoints
    set previous_secret = null, previous_secret_until = null
    where previous_secret_until < clock_timestamp()`;
  const { numAffectedRows = 0n } = await sql`
    delete from events.webhook_deliveries where id in (
      select id from events.webhook_deliveries where state in ('delivered', 'discarded')
        and settled_at < clock_timestamp() - ${keptDays} * interval '1 day'
      limit ${batchSize} for update skip locked)`.execute(database);
  return numAffectedRows >= batchSize;
}
