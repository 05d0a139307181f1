import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import supertest from 'supertest';
import { createApp } from '../../src/api/app.js';
import { createEventStreams, type EventStreamOptions } from '../../src/api/event-streams.js';
import { createMetrics } from '../../src/api/metrics.js';
import { createOrderWaiters } from '../../src/api/order-waiters.js';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { insertRows, openDatabase, type Database } from '../../src/db/database.js';
import { seedCatalogue } from '../../src/db/seed.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import type { OrderState, OrderStatus, Stage } from '../../src/domain/order-state.js';
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

type Http = ReturnType<typeof supertest>;

export interface TestApi extends ReturnType<typeof shorthands> {
  readonly http: Http;
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
    ...shorthands(api),
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
    metrics: createMetrics(database),
    log,
    settings: { ...defaultSettings, ...settings },
    isOpen: () => true,
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const http = supertest(url);
  return {
    ...shorthands(() => ({ http, database })),
    http,
    database,
    url,
    workflows,
    stop: async () => {
      await waiters.stop();
      await streams.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await database.destroy();
      await store?.drop();
    },
  };
}

/** A page of a list. */
export interface Page<Item = { readonly id: string }> {
  readonly data: readonly Item[];
  readonly has_more: boolean;
  readonly next_cursor: string;
}

export const idsOf = <Id>({ data }: Page<{ readonly id: Id }>) => data.map(({ id }) => id);

/** What many tests do, with an API that need not run before it is done. */
function shorthands(running: () => { readonly http: Http; readonly database: Database }) {
  /** A statement, with its parameters in place. */
  const run = (text: TemplateStringsArray, ...parameters: readonly unknown[]) =>
    sql(text, ...parameters).execute(running().database);
  return {
    run,
    /** @returns the body of an answer that must be 200 */
    read: async (path: string): Promise<supertest.Response['body']> =>
      (await running().http.get(path).expect(200)).body,
    list: async <Item = { readonly id: string }>(path: string): Promise<Page<Item>> =>
      (await running().http.get(path).expect(200)).body as Page<Item>,
    post: (path: string, body: object | string = {}, key?: string) =>
      running()
        .http.post(path)
        .set({ 'Content-Type': 'application/json', ...(key && { 'Idempotency-Key': key }) })
        .send(body),
    /** A request for an order, under a key of its own unless the headers have one. */
    postOrder: (body: object | string = anOrderRequest(), headers: Record<string, string> = {}) =>
      running()
        .http.post('/v1/orders')
        .set({ 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID(), ...headers })
        .send(body),
    setOrder: (id: string, status: OrderStatus, stage?: Stage) =>
      run`update orders.orders set status = ${status}, stage = coalesce(${stage ?? null}, stage)
        where id = ${id}`,
    /** Writes what the order's workflow would write. */
    write: (id: string, facts: readonly object[], state?: Partial<OrderState>) =>
      run`select from orders.append(${id}, ${randomUUID()}, ${JSON.stringify(facts)}::jsonb,
        null, ${state === undefined ? null : JSON.stringify(state)}::jsonb)`,
    /** Time passes for messages that wait to be sent again. */
    timePasses: (seconds = 700) =>
      run`update orders.messages set expires_at = expires_at - interval '1 second' * ${seconds},
        created_at = created_at - interval '1 second' * ${seconds},
        next_attempt_at = next_attempt_at - interval '1 second' * ${seconds}`,
    /** Does something that must not write any row. */
    unchanged: async <Answer>(work: () => PromiseLike<Answer>): Promise<Answer> => {
      const before = await rowCounts(running().database);
      const answer = await work();
      expect(await rowCounts(running().database)).toEqual(before);
      return answer;
    },
  };
}

async function catalogueDatabase() {
  const store = await testDatabase({ migrated: true });
  await seedCatalogue(store.url);
  return store;
}

const defaultSettings: Settings = {
  policy: { pointsAt: 'confirmed' },
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
  const response = await api.postOrder(anOrderRequest(changes));
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
