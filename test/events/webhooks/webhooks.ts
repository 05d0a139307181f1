import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect } from 'vitest';
import { execute, allRows, oneRow } from '../../../src/db/database.js';
import type { OrderId } from '../../../src/domain/ids.js';
import type { OrderEvent } from '../../../src/events/order-event.js';
import { systemResolve } from '../../../src/events/webhooks/address.js';
import { createEndpoint } from '../../../src/events/webhooks/endpoints.js';
import { webhookFanOut } from '../../../src/events/webhooks/fan-out.js';
import { createVault } from '../../../src/events/webhooks/secrets.js';
import { startWebhooks } from '../../../src/events/webhooks/sender.js';
import type { SenderLimits, WebhookSettings } from '../../../src/events/webhooks/settings.js';
import { useFixture } from '../../support/use-fixture.js';
import { waitFor } from '../../support/wait-for.js';
import { openEventLog } from '../event-log.js';

/** Quick where the defaults would make a test wait. */
const quick: Partial<SenderLimits> = { idleMs: 20, stopMs: 1_000, tryMs: 2_000 };

const settings: WebhookSettings = {
  rules: { allowInternal: true },
  vault: createVault('the key of the webhook tests'),
  resolve: systemResolve,
  scheduleMs: [10, 10, 10],
};

interface DeliveryRow {
  readonly id: string;
  readonly order_id: OrderId;
  readonly sequence: number;
  readonly state: string;
  readonly attempts: number;
  readonly wait_s: number;
}

interface AttemptRow {
  readonly number: number;
  readonly status_code: number | null;
  readonly error: string | null;
}

interface EndpointRow {
  readonly state: string;
  readonly state_reason: string | null;
  readonly consecutive_failures: number;
  readonly circuit: 'closed' | 'open' | 'half_open';
}

/** An event log for each test, with senders of webhooks. */
export const useWebhooks = () => useFixture(openWebhooks, { perTest: true });

async function openWebhooks() {
  const log = await openEventLog();
  const { database } = log;
  const running = new Set<{ stop(): Promise<void> }>();

  /** All deliveries, by position and endpoint. */
  const deliveries = (orderId?: OrderId) =>
    allRows<DeliveryRow>(database)`
      select id, order_id, sequence, state, attempts, case
        when next_attempt_at = 'infinity' then 'infinity'::float8
        else extract(epoch from next_attempt_at - clock_timestamp())::float8 end as wait_s
      from events.webhook_deliveries
      where ${orderId ?? null}::text is null or order_id = ${orderId ?? null}
      order by position, endpoint_id`;
  const states = async (orderId?: OrderId) => (await deliveries(orderId)).map(({ state }) => state);

  const endpoint = (id: string) =>
    oneRow<EndpointRow>(database)`
      select state, state_reason, consecutive_failures, case
        when circuit_open_until is null then 'closed'
        when circuit_open_until > clock_timestamp() then 'open' else 'half_open' end as circuit
      from events.webhook_endpoints where id = ${id}`;

  return {
    ...log,
    settings,
    endpoint,
    waitForEndpoint: (id: string, expected: Partial<EndpointRow>) =>
      waitFor('an endpoint in this state', async () => {
        expect(await endpoint(id)).toMatchObject(expected);
      }),
    deliveries,
    states,
    waitForStates: (expected: readonly string[], orderId?: OrderId) =>
      waitFor('deliveries in these states', async () => {
        expect(await states(orderId)).toEqual(expected);
      }),
    allDelivered: () =>
      waitFor('every delivery', async () => {
        expect(new Set(await states())).toEqual(new Set(['delivered']));
      }),
    subscribe: async (url: string, types: readonly string[] = []) => {
      const wish = { url, types, description: null };
      const made = await createEndpoint(database, settings.vault, wish);
      return { id: made!.endpoint.id, secret: made!.secret };
    },
    /** Publishes events and turns them into deliveries. */
    deliver: async (events: readonly OrderEvent[]) => {
      await log.publish(events);
      await database
        .transaction()
        .execute((transaction) => webhookFanOut.apply(transaction, events));
    },
    /** Starts a sender, which is stopped after the test. */
    send: (limits: Partial<SenderLimits> = {}, changes: Partial<WebhookSettings> = {}) => {
      const sender = startWebhooks({
        database,
        log: { warn: () => undefined },
        settings: { ...settings, ...changes },
        limits: { ...quick, ...limits },
      });
      running.add(sender);
      return {
        stop: async () => {
          running.delete(sender);
          await sender.stop();
        },
      };
    },
    attempts: () =>
      allRows<AttemptRow>(database)`
        select number, status_code, error from events.webhook_attempts order by at, number`,
    /** Lets time pass for all that waits: tries, circuits and pauses are due. */
    passTime: async () => {
      await sql`update events.webhook_endpoints set circuit_open_until = clock_timestamp()
        where circuit_open_until > clock_timestamp()`.execute(database);
      await sql`update events.webhook_endpoints set paused_until = null`.execute(database);
      await execute(
        database,
      )`update events.webhook_deliveries set next_attempt_at = clock_timestamp()
        where next_attempt_at > clock_timestamp() and next_attempt_at < 'infinity'`;
    },
    /** Lets time pass for the claims of senders that died. */
    endClaims: async () => {
      await sql`update events.webhook_deliveries set claimed_until = clock_timestamp()
        where claim is not null`.execute(database);
    },
    stop: async () => {
      await Promise.all([...running].map((sender) => sender.stop()));
      await log.stop();
    },
  };
}

/** A message as it came in. */
interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly eventId: string;
  readonly orderId: OrderId;
  readonly sequence: number;
  readonly type: string;
}

/** Answers a message; the count is how many messages came before it. */
export type Answering = (message: Received, response: ServerResponse, before: number) => void;

export const taking: Answering = (_message, response) => {
  response.writeHead(204).end();
};

export const answering =
  (status: number, headers: Record<string, string> = {}): Answering =>
  (_message, response) => {
    response.writeHead(status, headers).end();
  };

/** Answers 500 to some messages, and takes the others. */
export const failing =
  (isFailing: (message: Received, before: number) => boolean): Answering =>
  (message, response, before) => {
    (isFailing(message, before) ? answering(500) : taking)(message, response, before);
  };

/** A subscriber for each test. */
export function useSubscriber(): Subscriber {
  const subscriber = new Subscriber();
  beforeEach(() => subscriber.start());
  afterEach(() => subscriber.stop());
  return subscriber;
}

/** Another system that receives the events of orders, on loopback. */
export class Subscriber {
  url = '';
  received: Received[] = [];
  /** How many messages wait for their answers, and the most that ever did at once. */
  open = { now: 0, most: 0 };
  /** What it does from now on. */
  answer = taking;
  private server: Server | undefined;

  async start(): Promise<this> {
    this.received = [];
    this.open = { now: 0, most: 0 };
    this.answer = taking;
    const server = createServer((request, response) => {
      void read(request).then((message) => {
        this.open.now += 1;
        this.open.most = Math.max(this.open.most, this.open.now);
        response.on('close', () => (this.open.now -= 1));
        this.received.push(message);
        this.answer(message, response, this.received.length - 1);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    this.server = server;
    return this;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** The sequences of an order's messages, in the order in which they came. */
  sequencesOf(orderId: OrderId): readonly number[] {
    return this.received.filter((m) => m.orderId === orderId).map((m) => m.sequence);
  }
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const { type, data } = JSON.parse(body) as {
    type: string;
    data: { event_id: string; order_id: OrderId; sequence: number };
  };
  return {
    headers: request.headers as Record<string, string>,
    body,
    eventId: data.event_id,
    orderId: data.order_id,
    sequence: data.sequence,
    type,
  };
}
