import { sql } from 'kysely';
import { createEndpoint } from '../../../src/events/webhooks/endpoints.js';
import { startWebhooks, webhookFanOut } from '../../../src/events/webhooks/index.js';
import { systemResolve } from '../../../src/events/webhooks/address.js';
import { createVault } from '../../../src/events/webhooks/secrets.js';
import type { SenderLimits, WebhookSettings } from '../../../src/events/webhooks/settings.js';
import type { OrderEvent } from '../../../src/events/order-event.js';
import type { OrderId } from '../../../src/domain/ids.js';
import { openLogDesk, type LogDesk } from '../log-desk.js';

export interface Subscription {
  readonly id: string;
  readonly secret: string;
}

export interface PostOffice extends LogDesk {
  readonly settings: WebhookSettings;
  subscribe(url: string, types?: readonly string[]): Promise<Subscription>;
  /** Publishes events and turns them into deliveries. */
  tell(events: readonly OrderEvent[]): Promise<void>;
  /** Starts a sender, which is stopped with the office. */
  send(
    limits?: Partial<SenderLimits>,
    settings?: Partial<WebhookSettings>,
  ): { stop(): Promise<void> };
  /** All deliveries, by position and endpoint. */
  deliveries(orderId?: OrderId): Promise<DeliveryRow[]>;
  attempts(): Promise<{ number: number; status_code: number | null; error: string | null }[]>;
  endpoint(id: string): Promise<EndpointRow>;
  /** Lets time pass for whatever waits: tries, circuits and pauses are due. */
  passTime(): Promise<void>;
  /** Lets time pass for the claims of senders that died. */
  endClaims(): Promise<void>;
}

interface DeliveryRow {
  readonly id: string;
  readonly event_id: string;
  readonly order_id: OrderId;
  readonly sequence: number;
  readonly state: string;
  readonly attempts: number;
  readonly wait_s: number;
}

interface EndpointRow {
  readonly state: string;
  readonly state_reason: string | null;
  readonly consecutive_failures: number;
  readonly circuit: 'closed' | 'open' | 'half_open';
}

const key = 'the key of the webhook tests';

/** Quick where the defaults would make a test wait. */
const quick: Partial<SenderLimits> = { idleMs: 20, stopMs: 1_000, tryMs: 2_000 };

export async function openPostOffice(): Promise<PostOffice> {
  const desk = await openLogDesk();
  const { database } = desk;
  const running = new Set<{ stop(): Promise<void> }>();
  const settings: WebhookSettings = {
    rules: { allowInternal: true },
    vault: createVault(key),
    resolve: systemResolve,
    scheduleMs: [10, 10, 10],
  };
  return {
    ...desk,
    settings,
    subscribe: async (url, types = []) => {
      const made = await createEndpoint(database, settings.vault, {
        url,
        types,
        description: null,
      });
      return { id: made!.endpoint.id, secret: made!.secret };
    },
    tell: async (events) => {
      await desk.publish(events);
      await database
        .transaction()
        .execute((transaction) =>
          webhookFanOut.apply(
            transaction as unknown as Parameters<typeof webhookFanOut.apply>[0],
            events,
          ),
        );
    },
    send: (limits = {}, changes = {}) => {
      const sender = startWebhooks({
        database,
        log: { info: () => undefined, warn: () => undefined },
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
    deliveries: async (orderId) => {
      const { rows } = await sql<DeliveryRow>`
        select id, event_id, order_id, sequence, state, attempts, case
          when next_attempt_at = 'infinity' then 'infinity'::float8
          else extract(epoch from next_attempt_at - clock_timestamp())::float8 end as wait_s
        from events.webhook_deliveries
        where ${orderId ?? null}::text is null or order_id = ${orderId ?? null}
        order by position, endpoint_id`.execute(database);
      return rows;
    },
    attempts: async () => {
      const { rows } = await sql<{
        number: number;
        status_code: number | null;
        error: string | null;
      }>`select number, status_code, error from events.webhook_attempts
        order by at, number`.execute(database);
      return rows;
    },
    endpoint: async (id) => {
      const { rows } = await sql<EndpointRow>`
        select state, state_reason, consecutive_failures, case
          when circuit_open_until is null then 'closed'
          when circuit_open_until > clock_timestamp() then 'open' else 'half_open' end as circuit
        from events.webhook_endpoints where id = ${id}`.execute(database);
      return rows[0]!;
    },
    passTime: async () => {
      await sql`update events.webhook_endpoints set circuit_open_until = clock_timestamp()
        where circuit_open_until > clock_timestamp()`.execute(database);
      await sql`update events.webhook_endpoints set paused_until = null`.execute(database);
      await sql`update events.webhook_deliveries set next_attempt_at = clock_timestamp()
        where next_attempt_at > clock_timestamp() and next_attempt_at < 'infinity'
      `.execute(database);
    },
    endClaims: async () => {
      await sql`update events.webhook_deliveries set claimed_until = clock_timestamp()
        where claim is not null`.execute(database);
    },
    stop: async () => {
      await Promise.all([...running].map((sender) => sender.stop()));
      await desk.stop();
    },
  };
}
