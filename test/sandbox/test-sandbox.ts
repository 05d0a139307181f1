import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import EasyPostModule from '@easypost/api';
import express from 'express';
import Stripe from 'stripe';
import { startSandbox, type SandboxOptions } from '../../src/sandbox/sandbox.js';
import { withClient } from '../../src/up/postgres/databases.js';
import { testDatabase } from '../support/postgres.js';
import { useFixture } from '../support/use-fixture.js';
import { waitFor } from '../support/wait-for.js';

export const paymentWebhookSecret = 'whsec_payments_of_the_tests';
const carrierWebhookSecret = 'carrier-secret-of-the-tests';

/** What the carrier's client answers, as far as the tests look at it. */
interface ShipmentAnswer {
  id: string;
  reference: string;
  tracking_code: string;
  rates: { id: string }[];
  tracker: TrackerAnswer;
}

export interface TrackerAnswer {
  id: string;
  status: string;
  tracking_code: string;
  tracking_details: { status: string; datetime: string }[];
}

type Ask<Answer> = (...parameters: (string | object)[]) => Promise<Answer>;

interface CarrierClient {
  Shipment: Record<'create' | 'retrieve' | 'buy' | 'refund', Ask<ShipmentAnswer>> & {
    all: Ask<{ shipments: ShipmentAnswer[] }>;
  };
  Tracker: { retrieve: Ask<TrackerAnswer> };
  Utils: { validateWebhook(body: Buffer, headers: object, secret: string): object };
}

// The package's typings describe an ESM default that NodeNext resolves to the namespace.
const EasyPost = EasyPostModule as unknown as new (
  key: string,
  options: { baseUrl: string },
) => CarrierClient;

export interface ReceivedWebhook {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** All that the control API answers, each path some of it. */
interface ControlBody {
  readonly id: string;
  readonly data: { id: string }[];
  readonly error: { message: string };
  readonly pending: number;
  readonly failed: number;
  readonly lost: number;
  readonly payments: { kind: string; amount: number; idempotency_key: string }[];
  readonly labels: { kind: string; tracking_number: string }[];
  readonly messages: object[];
}

/** An error of one of the clients, each kind some of it. */
interface Failure {
  readonly type: string;
  readonly code: string;
  readonly statusCode: number;
  readonly payment_intent: { id: string; status: string };
}

type PaymentChanges = Partial<Stripe.PaymentIntentCreateParams>;

/** A sandbox for all tests of a file. */
export const useTestSandbox = (changes?: Partial<SandboxOptions>) =>
  useFixture(() => startTestSandbox(changes));

/** A sandbox with its own database, the providers' real clients, and a receiver of webhooks. */
export async function startTestSandbox(changes: Partial<SandboxOptions> = {}) {
  const database = await testDatabase({ migrated: false });
  const receiver = await startReceiver();
  const options: SandboxOptions = {
    databaseUrl: database.url,
    host: '127.0.0.1',
    port: 0,
    smtpPort: 0,
    webhookUrl: receiver.url,
    trackingPaceMs: 0,
    latencyMs: 0,
    paymentWebhookSecret,
    carrierWebhookSecret,
    ...changes,
  };
  let sandbox = await startSandbox(options);
  const { url, smtpUrl, inboxUrl } = sandbox;
  const { port, hostname } = new URL(url);
  const stripe = new Stripe('sk_test_sandbox', {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
  const { Shipment, Tracker, Utils } = new EasyPost('EZTK_sandbox', {
    baseUrl: `${url}/easypost/v2/`,
  });
  const control = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) =>
    callControl(`${url}/control/${path}`, method, body);
  const ledger = async (orderId: string) =>
    (await control('GET', `ledger?order_id=${orderId}`)).body;
  const quote = (reference: string, to: object = {}, more: object = {}) =>
    Shipment.create({ ...parcelFor(reference, to), ...more });
  const about = (text: string) => receiver.received.filter(({ body }) => body.includes(text));
  const statusesOf = async (trackerId: string) =>
    (await Tracker.retrieve(trackerId)).tracking_details.map(({ status }) => status);
  return {
    url,
    smtpUrl,
    inboxUrl,
    intents: stripe.paymentIntents,
    refunds: stripe.refunds,
    stripe,
    shipments: Shipment,
    trackers: Tracker,
    validateWebhook: ({ body, headers }: ReceivedWebhook) =>
      Utils.validateWebhook(body, headers, carrierWebhookSecret),
    received: receiver.received,
    /** The webhooks that have the text, so far. */
    about,
    /** The webhooks that have the text, as soon as there are so many. */
    webhooks: (text: string, count: number) =>
      waitFor(`${count} webhooks about ${text}`, () =>
        about(text).length >= count ? about(text) : false,
      ),
    webhookStatuses: receiver.statuses,
    control,
    /** @returns the id of the fault */
    fault: async (fault: object) => {
      const { status, body } = await control('POST', 'faults', fault);
      if (status !== 201) throw new Error(`fault refused: ${JSON.stringify(body)}`);
      return body.id;
    },
    ledger,
    /** `authorize 2500`, `capture 2500`, … */
    paid: async (orderId: string) =>
      (await ledger(orderId)).payments.map(({ kind, amount }) => `${kind} ${amount}`),
    inbox: async (query: string) => {
      const response = await fetch(`${url}/inbox.json?${query}`);
      return ((await response.json()) as { data: Record<string, unknown>[] }).data;
    },
    /** The providers forget every idempotency key, as Stripe does after a day. */
    forgetKeys: () =>
      withClient(database.url, (client) => client.query('DELETE FROM sandbox.answers')),
    /** Authorizes 25.00 EUR for an order, unless changed. */
    authorize: (orderId: string, payment: PaymentChanges = {}, idempotencyKey?: string) =>
      stripe.paymentIntents.create(
        authorization(orderId, payment),
        idempotencyKey === undefined ? {} : { idempotencyKey },
      ),
    quote,
    /** Creates a shipment and buys its label at the first rate. */
    buyLabel: async (reference: string, to: object = {}, more: object = {}) => {
      const { id, rates } = await quote(reference, to, more);
      return Shipment.buy(id, rates[0]!);
    },
    scan: (trackingNumber: string, status: string) =>
      control('POST', `carrier/${trackingNumber}/events`, { status }),
    statusesOf,
    restart: async (between = () => {}) => {
      await sandbox.stop();
      between();
      sandbox = await startSandbox({
        ...options,
        port: Number(port),
        smtpPort: Number(new URL(smtpUrl).port),
      });
    },
    stop: async () => {
      await sandbox.stop();
      receiver.stop();
      await database.drop();
    },
  };
}

/** Takes webhooks. @returns what was received, and the statuses of the next answers; 200 after them */
async function startReceiver() {
  const received: ReceivedWebhook[] = [];
  const statuses: number[] = [];
  const app = express().use(express.raw({ type: () => true }), (request, response) => {
    const { path, headers } = request;
    received.push({ path, headers, body: request.body as Buffer });
    response.sendStatus(statuses.shift() ?? 200);
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url, received, statuses, stop };
}

async function callControl(url: string, method: string, body?: object) {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = (await response.text()) || '{}';
  return { status: response.status, body: JSON.parse(text) as ControlBody };
}

/** The error that the promise ends with. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    return error as Failure;
  }
  throw new Error('expected a failure');
}

/** How an attempt to pay ended: the payment's status, or the code of the error. */
export const outcomeOf = (attempt: Promise<Stripe.PaymentIntent>): Promise<string> =>
  attempt.then(
    ({ status }) => status,
    (error: unknown) => (error as Failure).code,
  );

const authorization = (orderId: string, changes: PaymentChanges) => ({
  amount: 2_500,
  currency: 'eur',
  confirm: true,
  capture_method: 'manual' as const,
  payment_method: 'pm_card_visa',
  metadata: { order_id: orderId },
  ...changes,
});

const address = {
  name: 'Ada Example',
  street1: '1 Main Street',
  city: 'Berlin',
  zip: '10115',
  country: 'DE',
};

const parcelFor = (reference: string, to: object) => ({
  reference,
  to_address: { ...address, ...to },
  from_address: address,
  parcel: { weight: 12 },
  options: { currency: 'EUR' },
});
