import type { OrderWorkflows } from '../api/order-workflows.js';
import { startOrder, unstartedOrders } from '../api/start-order.js';
import { deliverWebhooks } from '../api/webhooks/deliver.js';
import type { Database } from '../db/database.js';
import { releaseExpiredHolds } from '../db/stock.js';
import type { Logger } from '../logger.js';

export interface RelayDependencies {
  readonly database: Database;
  readonly workflows: OrderWorkflows;
  readonly log: Logger;
}

/** How many rows one round takes at the most, so that a backlog never holds a round for long. */
const batchSize = 100;

/** One order that Temporal never takes must not hold up the others; an outage must not be hammered. */
const refusedInARound = 5;

/** One round: starts what was accepted but not started, and tells what could not be told. */
export async function relayRound(dependencies: RelayDependencies): Promise<void> {
  const duties = [startAcceptedOrders, tellWebhooks, freeExpiredHolds];
  for (const duty of duties) await attempt(duty, dependencies);
}

/** A duty that fails is done in the next round, and keeps no other duty from its turn. */
async function attempt(
  duty: (dependencies: RelayDependencies) => Promise<void>,
  dependencies: RelayDependencies,
): Promise<void> {
  try {
    await duty(dependencies);
  } catch (error) {
    dependencies.log.warn({ err: error, duty: duty.name }, 'a duty of the relay failed');
  }
}

async function startAcceptedOrders({ database, workflows, log }: RelayDependencies): Promise<void> {
  let refused = 0;
  for (const input of await unstartedOrders(database, batchSize)) {
    const answer = await startOrder(database, workflows, input);
    if (answer.kind === 'not_started') {
      log.warn({ order_id: input.orderId, err: answer.cause }, 'Temporal did not take the order');
      refused += 1;
      if (refused === refusedInARound) return;
    } else {
      log.info({ order_id: input.orderId, answer: answer.kind }, 'started an accepted order');
    }
  }
}

async function tellWebhooks({ database, workflows, log }: RelayDependencies): Promise<void> {
  const delivered = await deliverWebhooks(database, workflows, batchSize);
  if (delivered > 0) log.info({ delivered }, 'delivered webhooks that had waited');
}

async function freeExpiredHolds({ database, log }: RelayDependencies): Promise<void> {
  const orderIds = await releaseExpiredHolds(database, batchSize);
  if (orderIds.length > 0) log.warn({ order_ids: orderIds }, 'released holds that had expired');
}
