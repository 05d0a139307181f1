import { expect } from 'vitest';
import type { AuthorizationRequest } from '../../src/activities/ports.js';
import { easypostCarrier } from '../../src/adapters/easypost.js';
import { smtpMailer } from '../../src/adapters/smtp.js';
import { stripePayments, type StripeOptions } from '../../src/adapters/stripe.js';
import { twilioTexter } from '../../src/adapters/twilio.js';
import type { OrderId } from '../../src/domain/ids.js';
import { startSandbox } from '../../src/sandbox/sandbox.js';
import { withClient } from '../../src/up/postgres/databases.js';
import { testDatabase } from '../support/postgres.js';
import { useFixture } from '../support/use-fixture.js';
import { openOwnDatabase } from './own-database.js';
import { authorization, capturing, labelRequest } from './requests.js';

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

/** The adapters for all tests of a file. */
export const useTestProviders = (timeoutMs?: number) => useFixture(() => startProviders(timeoutMs));

/** The adapters over their own database, in front of a sandbox whose parcels move by hand. */
export async function startProviders(timeoutMs = 3_000) {
  const own = await openOwnDatabase();
  const { database } = own;
  const sandboxDatabase = await testDatabase({ migrated: false });
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
  const stripe = { apiKey: 'sk_test_adapters', apiUrl: sandbox.url, timeoutMs };
  const easypost = { apiKey: 'EZTK_adapters', apiUrl: `${sandbox.url}/easypost/v2`, timeoutMs };
  const twilio = { accountSid: 'ACtest', authToken: 'token', from: '+4915155500000' };
  const from = 'Shop <orders@shop.example>';
  const mailer = smtpMailer({ url: sandbox.smtpUrl, from, timeoutMs });
  const payments = stripePayments(stripe);
  const carrier = easypostCarrier({ ...easypost, database });
  const ask = (path: string, body?: object) => call(`${sandbox.url}/${path}`, body);
  const ledger = async (orderId: OrderId) =>
    (await ask(`control/ledger?order_id=${orderId}`)) as Ledger;
  const authorized = async (orderId: OrderId, changes: Partial<AuthorizationRequest> = {}) => {
    const answer = await payments.authorize(authorization(orderId, 'pm_card_visa', changes));
    if (answer.kind !== 'authorized') throw new Error(`expected an authorization: ${answer.kind}`);
    return answer.paymentId;
  };
  return {
    ...own,
    payments,
    paymentsWith: (changes: Partial<StripeOptions>) => stripePayments({ ...stripe, ...changes }),
    carrier,
    mailer,
    texter: twilioTexter({ ...twilio, apiUrl: sandbox.url, timeoutMs }),
    stripe,
    easypost,
    fault: (service: string, operation: string, kind: string, orderId?: string, more?: object) =>
      ask('control/faults', { service, operation, kind, order_id: orderId, ...more }),
    scan: (trackingNumber: string, status: string) =>
      ask(`control/carrier/${trackingNumber}/events`, { status }),
    /** Plays the customer, his bank or the time that passes. */
    upon: (paymentId: string, what: 'authenticate' | 'expire', body: object = {}) =>
      ask(`control/payments/${paymentId}/${what}`, body),
    /** The providers forget every idempotency key, as Stripe does after a day. */
    forgetKeys: () =>
      withClient(sandboxDatabase.url, (client) => client.query('DELETE FROM sandbox.answers')),
    ledger,
    /** The order's payments at the provider: `authorize 4200`, `capture 4200`, … */
    paid: async (orderId: OrderId) =>
      (await ledger(orderId)).payments.map(({ kind, amount }) => `${kind} ${amount}`),
    /** What was done with the order's labels at the carrier: `buy`, `void`. */
    labels: async (orderId: OrderId) => (await ledger(orderId)).labels.map(({ kind }) => kind),
    inbox: async (orderId: OrderId) => {
      const answer = await ask(`inbox.json?order_id=${orderId}`);
      return (answer as { data: Record<string, unknown>[] }).data;
    },
    /** Authorizes a payment that must succeed. @returns its id at the provider. */
    authorized,
    /** Authorizes and captures the whole order. @returns the payment's id at the provider. */
    captured: async (orderId: OrderId) => {
      const paymentId = await authorized(orderId);
      await payments.capture(capturing(orderId, paymentId));
      return paymentId;
    },
    /** Buys a label that must succeed. @returns its tracking number. */
    bought: async (orderId: OrderId) => {
      const label = await carrier.buyLabel(labelRequest(orderId));
      if (label.kind !== 'bought') throw new Error(`expected a label: ${label.reason}`);
      return label.trackingNumber;
    },
    stop: async () => {
      mailer.close();
      await sandbox.stop();
      await own.stop();
      await sandboxDatabase.drop();
    },
  };
}

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

/** Calls twice, and expects the same answer. */
export async function twice<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  const first = await call();
  expect(await call()).toEqual(first);
  return first;
}

/** How a call failed. It listens at once, so that no rejection is left unhandled. */
export const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );
