import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import EasyPostModule from '@easypost/api';
import Stripe from 'stripe';

import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.js';
import { testDatabase } from '../support/postgres.js';

export const paymentWebhookSecret = 'whsec_payments_of_the_tests';
export const carrierWebhookSecret = 'carrier-secret-of-the-tests';

/** What the carrier's client answers, as far as the tests look at it. */
interface ShipmentAnswer {
  id: string;
  reference: string;
  status: string;
  tracking_code: string;
  refund_status: string | null;
  messages: { type: string }[];
  rates: { id: string; rate: string; service: string; currency: string; carrier: string }[];
  tracker: TrackerAnswer;
}

export interface TrackerAnswer {
  id: string;
  status: string;
  status_detail: string;
  shipment_id: string;
  tracking_code: string;
  tracking_details: { status: string; datetime: string }[];
}

export interface CarrierClient {
  Shipment: {
    create(parameters: object): Promise<ShipmentAnswer>;
    retrieve(id: string): Promise<ShipmentAnswer>;
    all(parameters: object): Promise<{ shipments: ShipmentAnswer[]; has_more: boolean }>;
    buy(id: string, rate: { id: string }): Promise<ShipmentAnswer>;
    refund(id: string): Promise<ShipmentAnswer>;
  };
  Tracker: { retrieve(id: string): Promise<TrackerAnswer> };
  Utils: {
    validateWebhook(
      body: Buffer,
      headers: object,
      secret: string,
    ): { id: string; description: string; result: TrackerAnswer };
  };
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

export interface Harness {
  readonly sandbox: Sandbox;
  readonly stripe: Stripe;
  readonly easypost: CarrierClient;
  readonly received: readonly ReceivedWebhook[];
  /** The statuses of the next answers to webhooks; 200 afterwards. */
  readonly webhookStatuses: number[];
  control(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<ControlAnswer>;
  fault(fault: object): Promise<string>;
  ledger(orderId: string): Promise<LedgerAnswer>;
  restart(between?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

interface ControlAnswer {
  readonly status: number;
  readonly body: ControlBody;
}

/** All that the control API answers, each path some of it. */
interface ControlBody extends LedgerAnswer {
  readonly id: string;
  readonly data: { id: string }[];
  readonly error: { message: string };
  readonly pending: number;
  readonly failed: number;
  readonly lost: number;
}

/** An error of one of the clients, each kind some of it. */
interface Failure {
  readonly type: string;
  readonly code: string;
  readonly decline_code: string;
  readonly statusCode: number;
  readonly responseCode?: number;
  readonly payment_intent: { id: string; status: string };
}

interface LedgerAnswer {
  payments: {
    kind: string;
    amount: number;
    currency: string;
    idempotency_key: string;
    at: string;
  }[];
  labels: { kind: string; tracking_number: string; reference: string }[];
  messages: { channel: string; to: string; template: string }[];
}

/** A sandbox with a database of its own, the providers' real clients, and a receiver of webhooks. */
export async function startHarness(changes: Partial<SandboxOptions> = {}): Promise<Harness> {
  const database = await testDatabase({ migrated: false });
  const received: ReceivedWebhook[] = [];
  const webhookStatuses: number[] = [];
  const receiver = await startReceiver(received, webhookStatuses);
  const options: SandboxOptions = {
    databaseUrl: database.url,
    host: '127.0.0.1',
    port: 0,
    smtpPort: 0,
    webhookUrl: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
    trackingPaceMs: 0,
    latencyMs: 0,
    paymentWebhookSecret,
    carrierWebhookSecret,
    ...changes,
  };
  let sandbox = await startSandbox(options);
  const { port, hostname } = new URL(sandbox.url);
  const control = (method: string, path: string, body?: object) =>
    callControl(sandbox.url, method, path, body);
  return {
    get sandbox() {
      return sandbox;
    },
    stripe: new Stripe('sk_test_sandbox', {
      host: hostname,
      port: Number(port),
      protocol: 'http',
      maxNetworkRetries: 0,
      telemetry: false,
    }),
    easypost: new EasyPost('EZTK_sandbox', { baseUrl: `${sandbox.url}/easypost/v2/` }),
    received,
    webhookStatuses,
    control,
    fault: async (fault) => {
      const { status, body } = await control('POST', 'faults', fault);
      if (status !== 201) throw new Error(`fault refused: ${JSON.stringify(body)}`);
      return body.id;
    },
    ledger: async (orderId) => (await control('GET', `ledger?order_id=${orderId}`)).body,
    restart: async (between = () => Promise.resolve()) => {
      await sandbox.stop();
      await between();
      const smtpPort = Number(new URL(sandbox.smtpUrl).port);
      sandbox = await startSandbox({ ...options, port: Number(port), smtpPort });
    },
    stop: async () => {
      await sandbox.stop();
      receiver.closeAllConnections();
      receiver.close();
      await database.drop();
    },
  };
}

async function startReceiver(received: ReceivedWebhook[], statuses: number[]): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url: path = '', headers } = request;
      received.push({ path, headers, body: Buffer.concat(chunks) });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function callControl(
  url: string,
  method: string,
  path: string,
  body: object | undefined,
): Promise<ControlAnswer> {
  const response = await fetch(`${url}/control/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text === '' ? '{}' : text) };
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

/** A manual authorization of 25.00 EUR for an order, unless changed. */
export const authorization = (
  orderId: string,
  changes: Partial<Stripe.PaymentIntentCreateParams> = {},
): Stripe.PaymentIntentCreateParams => ({
  amount: 2_500,
  currency: 'eur',
  confirm: true,
  capture_method: 'manual',
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

/** A shipment request for an order. */
export const parcelFor = (reference: string, to: object = {}) => ({
  reference,
  to_address: { ...address, ...to },
  from_address: address,
  parcel: { weight: 12 },
  options: { currency: 'EUR' },
});

/** Creates a shipment and buys its label at the first rate. */
export async function buyLabel(easypost: CarrierClient, reference: string) {
  const shipment = await easypost.Shipment.create(parcelFor(reference));
  return easypost.Shipment.buy(shipment.id, shipment.rates[0]!);
}
