import { type Database, openDatabase } from '../db/database.js';
import { releaseExpiredHolds, serveWaiting } from '../db/stock.js';
import type { Logger } from '../logger.js';
import { reportFailingWorkflows } from '../temporal/failing-workflows.js';
import { sendDueMessages, signalServedOrders } from '../temporal/messages.js';
import {
  type OrderWorkflows,
  type StartAnswer,
  connectTemporal,
} from '../temporal/order-workflows.js';
import { startOrder, unstartedOrders, startReturn, unstartedReturns } from '../temporal/starts.js';
import { reportOverdueMessages } from '../db/overdue-messages.js';
import { retentionRound } from '../db/retention.js';
import type { RelayConfig } from '../config.js';
import { startPollingLoop } from '../runtime/polling-loop.js';

interface RelayDependencies {
  readonly database: Database;
  readonly workflows: OrderWorkflows;
  readonly log: Logger;
}

type Duty = (dependencies: RelayDependencies) => Promise<void>;

/** How many rows one round takes at the most, so that a backlog never holds a round for long. */
const batchSize = 100;

/** One order that Temporal never takes must not hold up the others; an outage must not be hammered. */
const refusedInARound = 5;

const retentionPollMs = 60_000;

const duties: Readonly<Record<string, Duty>> = {
  startAcceptedOrders: async ({ database, workflows, log }) => {
    const inputs = await unstartedOrders(database, batchSize);
    await startEach('order', inputs, log, (input) => startOrder(database, workflows, input));
  },
  startAcceptedReturns: async ({ database, workflows, log }) => {
    const inputs = await unstartedReturns(database, batchSize);
    await startEach('return', inputs, log, (input) => startReturn(database, workflows, input));
  },
  sendMessages: async ({ database, workflows, log }) => {
    const sent = await sendDueMessages(database, workflows, batchSize);
    if (sent > 0) log.info({ sent }, 'sent messages again that are not over');
  },
  releaseExpiredHolds: async ({ database, log }) => {
    const holdIds = await releaseExpiredHolds(database, batchSize);
    if (holdIds.length > 0) log.warn({ hold_ids: holdIds }, 'released holds that had expired');
  },
  signalStockArrivals: async ({ database, workflows, log }) => {
    await serveWaiting(database);
    const signalled = await signalServedOrders(database, workflows);
    if (signalled > 0) log.info({ signalled }, 'signalled orders that their goods came');
  },
};

/** Messages are overdue after an hour, so they need not be looked for every second. */
const slowDuties: Readonly<Record<string, Duty>> = {
  reportOverdueMessages: async ({ database, log }) => {
    const overdue = await reportOverdueMessages(database, batchSize);
    if (overdue > 0) log.warn({ overdue }, 'messages have not been taken for an hour');
  },
};
const slowPollMs = 60_000;

/** One round: starts what was accepted but not started, and repeats the messages that had no effect. */
async function relayRound(
  dependencies: RelayDependencies,
  due: Readonly<Record<string, Duty>>,
): Promise<false> {
  for (const [duty, run] of Object.entries(due)) {
    // A duty that fails is repeated in the next round, and keeps no other duty from its turn.
    await run(dependencies).catch((error: unknown) => {
      dependencies.log.warn({ err: error, duty }, 'a duty of the relay failed');
    });
  }
  return false;
}

/** The server marks a failing workflow after a minute; its item is to be open after two. */
const failingPollMs = 20_000;

async function failingRound({ database, workflows, log }: RelayDependencies): Promise<void> {
  const { found, closed } = await reportFailingWorkflows(database, workflows);
  if (found > 0) log.warn({ found }, 'the tasks of workflows keep failing');
  if (closed > 0) log.info({ closed }, 'workflows whose tasks failed have recovered');
}

interface Input {
  readonly orderId: string;
  readonly returnId?: string;
}

async function startEach<Started extends Input>(
  what: 'order' | 'return',
  inputs: readonly Started[],
  log: Logger,
  start: (input: Started) => Promise<StartAnswer>,
): Promise<void> {
  let refused = 0;
  for (const input of inputs) {
    const answer = await start(input);
    const subject = {
      order_id: input.orderId,
      ...(input.returnId !== undefined && { return_id: input.returnId }),
    };
    if (answer.kind !== 'not_started') {
      log.info({ ...subject, answer: answer.kind }, `started an accepted ${what}`);
      continue;
    }
    log.warn({ ...subject, err: answer.cause }, `Temporal did not take the ${what}`);
    refused += 1;
    if (refused === refusedInARound) return;
  }
}

/** Starts the orders that were accepted and not started, sends messages again, and removes what is old. */
export function startRelayRounds(config: RelayConfig, log: Logger) {
  const database = openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    onIdleError: (error) => {
      log.warn({ err: error }, 'a database connection was lost');
    },
  });
  const workflows = connectTemporal(config);
  const onRetentionError = (what: string, error: unknown): void => {
    log.warn({ err: error, what }, 'old rows could not be removed');
  };
  const onError = (error: unknown) => {
    log.warn({ err: error }, 'a round of the relay failed');
  };
  const rounds = startPollingLoop({
    round: () => relayRound({ database, workflows, log }, duties),
    pollMs: config.RELAY_INTERVAL_MS,
    onError,
  });
  const slowRounds = startPollingLoop({
    round: () => relayRound({ database, workflows, log }, slowDuties),
    pollMs: slowPollMs,
    onError,
  });
  // Apart from the rounds: it may have many histories to read, and Temporal bounds searches.
  const failingRounds = startPollingLoop({
    round: () => failingRound({ database, workflows, log }).then(() => false),
    pollMs: failingPollMs,
    retryCapMs: failingPollMs,
    onError,
  });
  // In a loop of its own: a backlog of old rows keeps no order waiting.
  const retention = startPollingLoop({
    round: (stopped) => retentionRound(database, config, onRetentionError, stopped),
    pollMs: retentionPollMs,
    onError: (error) => {
      onRetentionError('all', error);
    },
  });
  return {
    database,
    /** Ends the rounds that run, and begins no others. */
    stop: () =>
      Promise.all([rounds.stop(), slowRounds.stop(), failingRounds.stop(), retention.stop()]),
    /** Closes Temporal and the database, once nobody needs them any more. */
    close: async () => {
      await workflows.close();
      await database.destroy();
    },
  };
}
