import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import supertest from 'supertest';
import { createApp } from '../../src/api/app.js';
import { createEventStreams, type EventStreamOptions } from '../../src/api/event-streams.js';
import { createMetrics } from '../../src/api/metrics.js';
import { createOrderWaiters } from '../../src/api/order-waiters.js';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { insertRows, openDatabase, type Database } from '../../src/db/database.js';
import { seedCatalogue } from '../../src/db/seed.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import type { Team } from '../../src/events/team.js';
import { systemResolve } from '../../src/events/webhooks/address.js';
import { createVault } from '../../src/events/webhooks/secrets.js';
import { createLogger, type Logger } from '../../src/logger.js';
import { exampleOrder } from '../../src/up/demo.js';
import { fakeWorkflows, type FakeWorkflows } from './fake-workflows.js';
import { testDatabase } from './postgres.js';

export const paymentSecret = 'whsec_of_the_payment_tests';
export const carrierSecret = 'secret-of-the-carrier-tests';

export const codeSecret = 'secret-of-the-code-tests';
type Settings = Parameters<typeof createApp>[0]['settings'];

export interface TestApi {
  readonly http: ReturnType<typeof supertest>;
  readonly database: Database;
  readonly url: string;
  readonly workflows: FakeWorkflows;
  stop(): Promise<void>;
}

interface TestApiOptions {
  readonly workflows?: FakeWorkflows;
  /** Closed when the API stops. Default: a database of its own with the catalogue. */
  readonly database?: Database;
  readonly log?: Logger;
  readonly settings?: Partial<Settings>;
  readonly streaming?: Partial<EventStreamOptions>;
  readonly teams?: readonly Team[];
}

/**
 * The real app on a free port for all tests of a file, before which its workflows are reset.
 * @param options a function is called when the file begins
 */
export function useTestApi(
  options: TestApiOptions | (() => TestApiOptions | Promise<TestApiOptions>) = {},
): TestApi {
  const workflows = fakeWorkflows();
  let running: TestApi | undefined;
  const api = () => {
    if (running === undefined) throw new Error('The API runs from beforeAll on');
    return running;
  };
  beforeAll(async () => {
    const chosen = typeof options === 'function' ? await options() : options;
    running = await startTestApi({ workflows, ...chosen });
  });
  beforeEach(() => {
    workflows.reset();
  });
  afterAll(() => running?.stop());
  return {
    workflows,
    get http() {
      return api().http;
    },
    get database() {
      return api().database;
    },
    get url() {
      return api().url;
    },
    stop: () => api().stop(),
  };
}

/** The real app on a free port; for what `useTestApi` does not fit. */
export async function startTestApi({
  workflows = fakeWorkflows(),
  log = createLogger('api', 'silent'),
  settings,
  streaming,
  teams = [],
  ...given
}: TestApiOptions = {}): Promise<TestApi> {
  const store = given.database === undefined ? await catalogueDatabase() : undefined;
  const database = given.database ?? openDatabase({ url: store!.url, poolSize: 5 });
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
    settings: { ...defaultSettings, ...settings },
    isOpen: () => true,
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    http: supertest(url),
    database,
    url,
    workflows,
    stop: async () => {
      waiters.stop();
      await streams.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await database.destroy();
      await store?.drop();
    },
  };
}

async function catalogueDatabase() {
  const store = await testDatabase({ migrated: true });
  await seedCatalogue(store.url);
  return store;
}

const defaultSettings: Settings = {
  pointsAt: 'confirmed',
  riskLimits: {
    approvalAmountMinor: 10_000_000,
    ordersPerCustomerPerHour: 200,
    ordersPerCardPerHour: 200,
  },
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
};

export const away = new Error('Temporal is away');

/** Two packets of tea to Berlin, 17.80 EUR. */
export const anOrderRequest = (changes: object = {}) => ({ ...exampleOrder, ...changes });

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
  await insertRows(api.database, 'orders.shipments', [
    {
      id: shipmentIdOf(orderId),
      order_id: orderId,
      provider_id: `prv_${trackingNumber}`,
      carrier: 'SandboxPost',
      tracking_number: trackingNumber,
      state: 'bought',
    },
  ]);
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
