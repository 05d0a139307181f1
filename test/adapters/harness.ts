import { typeid } from 'typeid-js';
import { afterAll, beforeAll, expect } from 'vitest';
import type {
  AuthorizationRequest,
  LabelRequest,
  PostalAddress,
} from '../../src/activities/ports.js';
import { easypostCarrier } from '../../src/adapters/easypost.js';
import { smtpMailer } from '../../src/adapters/smtp.js';
import { stripePayments, type StripeOptions } from '../../src/adapters/stripe.js';
import { insertRows, openDatabase } from '../../src/db/database.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { startSandbox } from '../../src/sandbox/sandbox.js';
import { withClient } from '../../src/up/postgres/databases.js';
import { testDatabase } from '../support/postgres.js';
import { amount, authorization } from './payment-requests.js';

export { amount, authorization, capturing, refunding, voiding } from './payment-requests.js';

const address: PostalAddress = {
  name: 'Ada Example',
  line1: '1 Main Street',
  city: 'Berlin',
  postalCode: '10115',
  country: 'DE',
};

interface Ledger {
  readonly payments: readonly {
    readonly kind: string;
    readonly amount: number;
    readonly currency: string;
    readonly idempotency_key: string;
  }[];
  readonly labels: readonly { readonly kind: string; readonly tracking_number: string }[];
  readonly messages: readonly { readonly to: string; readonly template: string }[];
}

export interface Harness {
  readonly payments: ReturnType<typeof stripePayments>;
  readonly carrier: ReturnType<typeof easypostCarrier>;
  readonly mailer: ReturnType<typeof smtpMailer>;
  readonly database: ReturnType<typeof openDatabase>;
  readonly urls: { readonly stripe: string; readonly easypost: string; readonly smtp: string };
  paymentsWith(changes: Partial<StripeOptions>): ReturnType<typeof stripePayments>;
  fault(fault: object): Promise<void>;
  scan(trackingNumber: string, status: string): Promise<void>;
  /** Plays the customer, his bank or the time that passes. */
  upon(
    paymentId: string,
    what: 'authenticate' | 'expire' | 'dispute',
    body?: object,
  ): Promise<void>;
  /** The providers forget every idempotency key, as Stripe does after a day. */
  forgetKeys(): Promise<void>;
  ledger(orderId: OrderId): Promise<Ledger>;
  /** The kinds of the order's payment entries at the provider. */
  paid(orderId: OrderId): Promise<readonly string[]>;
  /** An order in our database: a shipment has to belong to one. */
  newOrder(): Promise<OrderId>;
  inbox(orderId: OrderId): Promise<readonly Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** The adapters for all tests of a file. */
export function useTestProviders(timeoutMs?: number): Harness {
  const providers = {} as Harness;
  beforeAll(async () => {
    Object.assign(providers, await startHarness(timeoutMs));
  });
  afterAll(() => providers.stop());
  return providers;
}

/** The adapters, with a database of their own, in front of a sandbox whose parcels move by hand. */
export async function startHarness(timeoutMs = 3_000): Promise<Harness> {
  const ownDatabase = await testDatabase({ migrated: true });
  const sandboxDatabase = await testDatabase({ migrated: false });
  const database = openDatabase({ url: ownDatabase.url, poolSize: 5 });
  const sandbox = await startSandbox({
    databaseUrl: sandboxDatabase.url,
    host: '127.0.0.1',
    port: 0,
    smtpPort: 0,
    // The discard port: nobody listens, so the webhooks of these tests go nowhere.
    webhookUrl: 'http://127.0.0.1:9',
    trackingPaceMs: 0,
    latencyMs: 0,
    paymentWebhookSecret: 'whsec_of_the_adapter_tests',
    carrierWebhookSecret: 'carrier-secret-of-the-adapter-tests',
  });
  const easypostUrl = `${sandbox.url}/easypost/v2`;
  const stripeOptions = { apiKey: 'sk_test_adapters', apiUrl: sandbox.url, timeoutMs };
  const mailer = smtpMailer({
    url: sandbox.smtpUrl,
    from: 'Shop <orders@shop.example>',
    timeoutMs,
  });
  const ledger = async (orderId: OrderId) =>
    (await call(`${sandbox.url}/control/ledger?order_id=${orderId}`)) as Ledger;
  return {
    payments: stripePayments(stripeOptions),
    paymentsWith: (changes) => stripePayments({ ...stripeOptions, ...changes }),
    carrier: easypostCarrier({
      apiKey: 'EZTK_adapters',
      apiUrl: easypostUrl,
      database,
      timeoutMs,
    }),
    mailer,
    database,
    urls: { stripe: sandbox.url, easypost: easypostUrl, smtp: sandbox.smtpUrl },
    fault: async (fault) => {
      await call(`${sandbox.url}/control/faults`, fault);
    },
    scan: async (trackingNumber, status) => {
      await call(`${sandbox.url}/control/carrier/${trackingNumber}/events`, { status });
    },
    upon: async (paymentId, what, body = {}) => {
      await call(`${sandbox.url}/control/payments/${paymentId}/${what}`, body);
    },
    forgetKeys: () =>
      withClient(sandboxDatabase.url, async (client) => {
        await client.query('DELETE FROM sandbox.answers');
      }),
    ledger,
    paid: async (orderId) => (await ledger(orderId)).payments.map(({ kind }) => kind),
    newOrder: async () => {
      const orderId = newOrderId();
      await insertRows(database, 'orders.orders', [orderRow(orderId)]);
      return orderId;
    },
    inbox: async (orderId) => {
      const answer = await call(`${sandbox.url}/inbox.json?order_id=${orderId}`);
      return (answer as { data: Record<string, unknown>[] }).data;
    },
    stop: async () => {
      mailer.close();
      await sandbox.stop();
      await database.destroy();
      await ownDatabase.drop();
      await sandboxDatabase.drop();
    },
  };
}

const orderRow = (id: OrderId) => ({
  id,
  customer_id: 'cus_42',
  status: 'confirmed' as const,
  stage: 'create_shipment' as const,
  payment_status: 'authorized' as const,
  fulfillment_status: 'reserved' as const,
  status_since: new Date(),
  coordination: 'orchestrated' as const,
  currency: amount.currency,
  total_minor: amount.amountMinor,
  metadata: '{}',
  created_at: new Date(),
});

async function call(url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(8_000),
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

export const newOrderId = (): OrderId => typeid('ord').toString();

export const labelRequest = (orderId: OrderId, to: Partial<PostalAddress> = {}): LabelRequest => ({
  orderId,
  shipmentId: shipmentIdOf(orderId),
  from: address,
  warehouseId: 'wh_hamburg',
  isReplacement: false,
  to: { ...address, ...to },
  weightGrams: 750,
  currency: 'EUR',
  idempotencyKey: `${orderId}:createShipment:${shipmentIdOf(orderId)}`,
});

export const labelVoiding = (orderId: OrderId) => ({
  orderId,
  shipmentId: shipmentIdOf(orderId),
  idempotencyKey: `${orderId}:voidLabel:${shipmentIdOf(orderId)}`,
});

/** Authorizes a payment that must succeed. @returns its id at the provider. */
export async function authorized(
  harness: Harness,
  orderId: OrderId,
  changes: Partial<AuthorizationRequest> = {},
): Promise<string> {
  const request = authorization(orderId, 'pm_card_visa', changes);
  const answer = await harness.payments.authorize(request);
  if (answer.kind !== 'authorized') throw new Error(`expected an authorization: ${answer.kind}`);
  return answer.paymentId;
}

/** Buys a label that must succeed. @returns its tracking number. */
export async function bought(harness: Harness, orderId: OrderId): Promise<string> {
  const label = await harness.carrier.buyLabel(labelRequest(orderId));
  if (label.kind !== 'bought') throw new Error(`expected a label: ${label.reason}`);
  return label.trackingNumber;
}

export const kinds = (entries: readonly { readonly kind: string }[]): string[] =>
  entries.map(({ kind }) => kind);

/** Calls twice, and expects the same answer. */
export async function twice<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  const first = await call();
  expect(await call()).toEqual(first);
  return first;
}

/** How a call ended, when it ended badly. Listens at once, so that no failure goes unheard. */
export const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );
