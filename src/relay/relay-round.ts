import type { OrderWorkflows } from '../temporal/order-workflows.js';
import { startOrder, unstartedOrders } from '../temporal/start-order.js';
import { startReturn, unstartedReturns } from '../temporal/start-return.js';
import { tellServedOrders } from '../temporal/stock-arrivals.js';
import { deliverWebhooks } from '../temporal/carrier-events.js';
import { deliverPaymentReports } from '../temporal/payment-reports.js';
import type { Database } from '../db/database.js';
import { discardOldChanges } from '../db/staged-changes.js';
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
  const duties = [
    startAcceptedOrders,
    startAcceptedReturns,
    tellWebhooks,
    tellPaymentReports,
    freeExpiredHolds,
    forgetStagedChanges,
    tellStockArrivals,
  ];
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

async function startAcceptedReturns({
  database,
  workflows,
  log,
}: RelayDependencies): Promise<void> {
  let refused = 0;
  for (const input of await unstartedReturns(database, batchSize)) {
    const answer = await startReturn(database, workflows, input);
    const subject = { order_id: input.orderId, return_id: input.returnId };
    if (answer.kind === 'not_started') {
      log.warn({ ...subject, err: answer.cause }, 'Temporal did not take the return');
      refused += 1;
      if (refused === refusedInARound) return;
    } else {
      log.info({ ...subject, answer: answer.kind }, 'started an accepted return');
    }
  }
}

async function tellWebhooks({ database, workflows, log }: RelayDependencies): Promise<void> {
  const delivered = await deliverWebhooks(database, workflows, batchSize);
  if (delivered > 0) log.info({ delivered }, 'delivered webhooks that had waited');
}

async function tellPaymentReports({ database, workflows, log }: RelayDependencies): Promise<void> {
  const delivered = await deliverPaymentReports(database, workflows, batchSize);
  if (delivered > 0) log.info({ delivered }, 'delivered payment reports that had waited');
}

/** A change that was taken is put into force within this time, whatever is down meanwhile. */
const stagedChangeLimitMs = 7 * 24 * 60 * 60 * 1_000;

async function forgetStagedChanges({ database, log }: RelayDependencies): Promise<void> {
  const forgotten = await discardOldChanges(database, stagedChangeLimitMs, batchSize);
  if (forgotten > 0) log.info({ forgotten }, 'forgot changes of orders that nobody took');
}

async function freeExpiredHolds({ database, log }: RelayDependencies): Promise<void> {
  const holdIds = await releaseExpiredHolds(database, batchSize);
  if (holdIds.length > 0) log.warn({ hold_ids: holdIds }, 'released holds that had expired');
}

async function tellStockArrivals({ database, workflows, log }: RelayDependencies): Promise<void> {
  const told = await tellServedOrders(database, workflows, batchSize);
  if (told > 0) log.info({ told }, 'told orders that their goods came');
}
