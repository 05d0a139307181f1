import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { UpdateDefinition } from '@temporalio/common';
import { sql } from 'kysely';
import supertest from 'supertest';
import { createApp } from '../../src/api/app.js';
import { createEventStreams, type EventStreamOptions } from '../../src/api/event-streams.js';
import { createMetrics } from '../../src/api/metrics.js';
import type {
  OrderWorkflows,
  SignalAnswer,
  StartAnswer,
} from '../../src/temporal/order-workflows.js';
import { createOrderWaiters } from '../../src/api/order-waiters.js';
import type { UpdateAnswer } from '../../src/temporal/ask-update.js';
import { openDatabase, type Database } from '../../src/db/database.js';
import { seedCatalogue } from '../../src/db/seed.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { carrierEventSignal, type CarrierEvent } from '../../src/workflows/messages.js';
import type { Team } from '../../src/events/team.js';
import { systemResolve } from '../../src/events/webhooks/resolve.js';
import { createVault } from '../../src/events/webhooks/secrets.js';
import { createLogger, type Logger } from '../../src/logger.js';
import { testDatabase } from '../support/postgres.js';

export const paymentSecret = 'whsec_of_the_payment_tests';
export const carrierSecret = 'secret-of-the-carrier-tests';

export const codeSecret = 'secret-of-the-code-tests';
const riskLimits = {
  approvalAmountMinor: 10_000_000,
  ordersPerCustomerPerHour: 200,
  ordersPerCardPerHour: 200,
};

type Settings = Parameters<typeof createApp>[0]['settings'];

export interface TestApi {
  readonly http: ReturnType<typeof supertest>;
  readonly database: Database;
  readonly url: string;
  stop(): Promise<void>;
}

/** The real app on a free port, with a database of its own and the given workflows. */
export async function startTestApi(
  workflows: OrderWorkflows,
  log: Logger = createLogger('api', 'silent'),
  settings: Partial<Settings> = {},
): Promise<TestApi> {
  const store = await testDatabase({ migrated: true });
  await seedCatalogue(store.url);
  const api = await serve(workflows, openDatabase({ url: store.url, poolSize: 5 }), log, settings);
  return {
    ...api,
    stop: async () => {
      await api.stop();
      await store.drop();
    },
  };
}

/** The real app on a free port over the given database, which it closes when it stops. */
export async function serve(
  workflows: OrderWorkflows,
  database: Database,
  log: Logger,
  settings: Partial<Settings> = {},
  streaming: Partial<EventStreamOptions> = {},
  teams: readonly Team[] = [],
): Promise<TestApi> {
  const waiters = createOrderWaiters(database, () => undefined);
  const streams = createEventStreams({ database, onError: () => undefined, ...streaming });
  const app = createApp({
    database,
    workflows,
    waiters,
    streams,
    teams,
    metrics: createMetrics(),
    log,
    settings: {
      pointsAt: 'confirmed',
      riskLimits,
      codeSecret,
      returnApprovalAmountMinor: 20_000,
      paymentWebhookSecret: paymentSecret,
      carrierWebhookSecret: carrierSecret,
      webhooks: {
        rules: { allowInternal: true },
        vault: createVault('key-of-the-api-tests'),
        resolve: systemResolve,
      },
      temporalUi: { url: 'http://127.0.0.1:8233/', namespace: 'default' },
      ...settings,
    },
    isOpen: () => true,
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    http: supertest(url),
    database,
    url,
    stop: async () => {
      waiters.stop();
      await streams.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await database.destroy();
    },
  };
}

/** Workflows that take everything, remember it, and do what a test tells them to. */
export class StandInWorkflows implements OrderWorkflows {
  readonly started: Parameters<OrderWorkflows['start']>[0][] = [];
  readonly returns: Parameters<OrderWorkflows['startReturn']>[0][] = [];
  readonly latePayments: Parameters<OrderWorkflows['startLatePayment']>[0][] = [];
  readonly cancels: Parameters<OrderWorkflows['cancel']>[] = [];
  /** The carrier's milestones that were signalled. */
  readonly signals: CarrierEvent[] = [];
  /** All signals, by their names. */
  readonly told: { readonly to: string; readonly name: string; readonly args: unknown[] }[] = [];
  readonly updates: {
    readonly to: string;
    readonly name: string;
    readonly argument: unknown;
    readonly updateId: string;
  }[] = [];
  startAnswer: StartAnswer = { kind: 'started' };
  signalAnswer: SignalAnswer = { kind: 'delivered' };
  cancelAnswer: Awaited<ReturnType<OrderWorkflows['cancel']>> = { kind: 'gone' };
  /** What the workflow says to an update; a test may do something first. */
  updateAnswer: () => UpdateAnswer<unknown> | Promise<UpdateAnswer<unknown>> = () => ({
    kind: 'gone',
  });
  isReachable = true;

  start: OrderWorkflows['start'] = (input) => {
    this.started.push(input);
    return Promise.resolve(this.startAnswer);
  };
  cancel: OrderWorkflows['cancel'] = (...asked) => {
    this.cancels.push(asked);
    return Promise.resolve(this.cancelAnswer);
  };
  startReturn: OrderWorkflows['startReturn'] = (input) => {
    this.returns.push(input);
    return Promise.resolve(this.startAnswer);
  };
  startLatePayment: OrderWorkflows['startLatePayment'] = (input) => {
    this.latePayments.push(input);
    return Promise.resolve(this.startAnswer);
  };
  signal: OrderWorkflows['signal'] = (to, { name }, ...args) => {
    this.told.push({ to, name, args });
    if (name === carrierEventSignal.name) this.signals.push(args[0] as CarrierEvent);
    return Promise.resolve(this.signalAnswer);
  };
  update: OrderWorkflows['update'] = async <Result, Argument>(
    to: string,
    { name }: UpdateDefinition<Result, [Argument]>,
    argument: Argument,
    updateId: string,
  ) => {
    this.updates.push({ to, name, argument, updateId });
    return (await this.updateAnswer()) as UpdateAnswer<Result>;
  };
  reachable = () => Promise.resolve(this.isReachable);
  close = () => Promise.resolve();
}

export const away = new Error('Temporal is away');

/** Two packets of tea to Berlin, 17.80 EUR. */
export const anOrderRequest = (changes: object = {}) => ({
  customer: {
    id: 'cus_42',
    name: 'Ada Example',
    email: 'ada@example.com',
    phone: '+4915100000000',
    member: true,
  },
  shipping_address: {
    name: 'Ada Example',
    line1: '1 Main Street',
    city: 'Berlin',
    postal_code: '10115',
    country: 'DE',
  },
  lines: [{ sku: 'TEA-100', quantity: 2 }],
  currency: 'EUR',
  payment_method: 'pm_card_visa',
  shortage_policy: 'cancel',
  metadata: {},
  ...changes,
});

/** @returns the accepted order's body */
export async function placeOrder(api: TestApi, changes: object = {}) {
  const response = await api.http
    .post('/v1/orders')
    .set('Idempotency-Key', randomUUID())
    .send(anOrderRequest(changes));
  if (response.status !== 202) throw new Error(`Not accepted: ${response.text}`);
  return response.body as { id: OrderId; version: number; created_at: string };
}

/** How many rows each table holds: equal before and after means that nothing was written. */
export async function rowCounts(database: Database): Promise<Record<string, number>> {
  const { rows } = await sql<{ name: string; count: number }>`
    select table_schema || '.' || table_name as name, (xpath('/row/n/text()', query_to_xml(
      format('select count(*) as n from %I.%I', table_schema, table_name), false, true, '')
      ))[1]::text::integer as count
    from information_schema.tables
    where table_schema in ('orders', 'inventory', 'loyalty') and table_type = 'BASE TABLE'
    order by 1`.execute(database);
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

/** A parcel of the order that the carrier knows under the tracking number. */
export async function shipParcel(api: TestApi, orderId: OrderId, trackingNumber: string) {
  await api.database
    .insertInto('orders.shipments')
    .values({
      id: shipmentIdOf(orderId),
      order_id: orderId,
      provider_id: `prv_${trackingNumber}`,
      carrier: 'SandboxPost',
      tracking_number: trackingNumber,
      state: 'bought',
    })
    .execute();
}

export const timelineTypes = async (api: TestApi, orderId: OrderId): Promise<string[]> => {
  const { body } = await api.http.get(`/v1/orders/${orderId}/timeline`).expect(200);
  return (body.data as { type: string }[]).map(({ type }) => type);
};

/** @param ageSeconds how long ago the provider signed */
export function stripeSignature(body: string, ageSeconds = 0, secret = paymentSecret): string {
  const time = Math.floor(Date.now() / 1_000) - ageSeconds;
  const digest = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return `t=${time},v1=${digest}`;
}

export const easypostSignature = (body: string, secret = carrierSecret): string =>
  `hmac-sha256-hex=${createHmac('sha256', secret).update(body).digest('hex')}`;
