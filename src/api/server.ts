import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { shopPolicyOf, type ApiConfig } from '../config.js';
import { openDatabase } from '../db/database.js';
import { migrateToLatest } from '../db/migrate.js';
import { listen as listenToDatabase } from '../events/listen.js';
import { createTeams, findTeams } from '../events/teams.js';
import { webhookRules } from '../events/webhooks/settings.js';
import type { Logger } from '../logger.js';
import { createApp } from './app.js';
import { withinOr } from '../runtime/deadline.js';
import { createEventStreams } from './event-streams.js';
import { createMetrics } from './metrics.js';
import { connectTemporal } from '../temporal/order-workflows.js';
import { describeError } from './request-log.js';
import { createOrderWaiters } from './order-waiters.js';

export type Api = Awaited<ReturnType<typeof startApi>>;

const serverOptions = {
  maxHeaderSize: 16 * 1_024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  // Longer than a load balancer keeps an idle connection, so that it is never the one surprised.
  keepAliveTimeout: 65_000,
};

const maxConnections = 5_000;
const drainLimitMs = 8_000;
const idleCheckMs = 50;

/** Brings the database up to date and serves. Temporal may be away: orders are accepted meanwhile. */
export async function startApi(config: ApiConfig, log: Logger) {
  await migrateToLatest(config.DATABASE_URL);
  const report = (message: string) => (error: unknown) => {
    log.error({ err: describeError(error) }, message);
  };
  const database = openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    onIdleError: report('a database connection broke'),
  });
  const teams = await findTeams();
  await createTeams(database, teams);
  const workflows = connectTemporal(config);
  const waiters = createOrderWaiters(database, report('waiting for orders failed'));
  const listener = listenToDatabase({
    url: config.DATABASE_URL,
    channels: ['events_log'],
    onError: report('the connection that listens broke'),
  });
  const streams = createEventStreams({
    database,
    onPublished: (wake) => listener.on('events_log', wake),
    onError: report('a stream of events could not be read'),
  });
  let isOpen = true;
  const app = createApp({
    database,
    workflows,
    waiters,
    streams,
    teams,
    metrics: createMetrics(database),
    log,
    settings: settingsOf(config),
    isOpen: () => isOpen,
  });
  const server = createServer(serverOptions, app);
  server.maxConnections = maxConnections;
  await once(server.listen(config.API_PORT, config.API_HOST), 'listening');
  return {
    url: urlOf(server, config.API_HOST),
    /** Finishes the requests that run, for some seconds, and closes all connections. */
    stop: async (): Promise<void> => {
      isOpen = false;
      await waiters.stop();
      await streams.stop();
      await drain(server);
      await listener.stop();
      await workflows.close();
      await database.destroy();
    },
  };
}

const settingsOf = (config: ApiConfig) => ({
  policy: shopPolicyOf(config),
  riskLimits: {
    approvalAmountMinor: config.RISK_APPROVAL_AMOUNT_MINOR,
    ordersPerCustomerPerHour: config.RISK_ORDERS_PER_CUSTOMER_PER_HOUR,
    ordersPerCardPerHour: config.RISK_ORDERS_PER_CARD_PER_HOUR,
  },
  codeSecret: config.ORDER_CODE_SECRET,
  returnApprovalAmountMinor: config.RETURN_APPROVAL_AMOUNT_MINOR,
  paymentWebhookSecret: config.STRIPE_WEBHOOK_SECRET,
  carrierWebhookSecret: config.EASYPOST_WEBHOOK_SECRET,
  webhooks: webhookRules(config),
  temporalUi:
    config.TEMPORAL_UI_URL === undefined
      ? undefined
      : { url: config.TEMPORAL_UI_URL, namespace: config.TEMPORAL_NAMESPACE },
});

const urlOf = (server: Server, host: string): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;

async function drain(server: Server): Promise<void> {
  const closed = once(server.close(), 'close');
  // A connection that is answered while we stop stays open for a next request that must not come.
  const closing = setInterval(() => {
    server.closeIdleConnections();
  }, idleCheckMs);
  await withinOr(closed, drainLimitMs, () => {
    server.closeAllConnections();
  });
  clearInterval(closing);
}
