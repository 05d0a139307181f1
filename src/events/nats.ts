import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type * as JetStream from '@nats-io/jetstream';
import type { MsgHdrs, NatsConnection } from '@nats-io/transport-node';
import type * as Transport from '@nats-io/transport-node';
import { ConsumerUnavailable, type RelayConsumer } from './consumer.js';
import type { OrderEvent } from './order-event.js';
import { within } from '../runtime/deadline.js';

export interface NatsPackages {
  readonly transport: typeof Transport;
  readonly jetStream: typeof JetStream;
}

interface Broker {
  readonly connection: NatsConnection;
  readonly client: JetStreamClient;
  readonly newHeaders: () => MsgHdrs;
}

const connectLimitMs = 3_000;

/** They are optional dependencies: who has no NATS need not have them. */
export async function loadNats(
  load: () => Promise<NatsPackages> = loadPackages,
): Promise<NatsPackages> {
  try {
    return await load();
  } catch (cause) {
    const names = '@nats-io/transport-node and @nats-io/jetstream';
    throw new Error(`NATS_URL is set, but ${names} are not installed`, { cause });
  }
}

const loadPackages = async (): Promise<NatsPackages> => ({
  transport: await import('@nats-io/transport-node'),
  jetStream: await import('@nats-io/jetstream'),
});

/**
 * A connection that ends when the broker does: what was under way fails at once, and nothing is kept
 * back to be sent at a time when nobody counts on it.
 */
async function connectBroker({ transport, jetStream }: NatsPackages, url: string): Promise<Broker> {
  const connection = await transport.connect({
    ...addressOf(new URL(url)),
    name: 'durable-orders relay',
    timeout: connectLimitMs,
    reconnect: false,
  });
  try {
    await ensureStream(await jetStream.jetstreamManager(connection, { timeout: connectLimitMs }));
    const client = jetStream.jetstream(connection);
    return { connection, client, newHeaders: () => transport.headers() };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** A user name alone is a token. */
function addressOf({ protocol, host, username, password }: URL): Transport.NodeConnectionOptions {
  const user = decodeURIComponent(username);
  const pass = decodeURIComponent(password);
  const identity = pass === '' ? { token: user } : { user, pass };
  return {
    servers: host,
    ...(protocol === 'tls:' && { tls: {} }),
    ...(user !== '' && identity),
  };
}

const streamName = 'ORDERS';

/** One subject for each order, so that a reader may have the events of one. */
const subjectOf = (orderId: string): string => `orders.${orderId}`;

const nanosecondsPerMs = 1_000_000;
const dayMs = 86_400_000;
const maxAgeMs = 7 * dayMs;
const maxBytes = 1_073_741_824;
/** An event that is sent again within this time is not stored again, also after a restart. */
const duplicateWindowMs = 15 * 60_000;

/** Makes the stream where there is none. One that is there belongs to its operator and stays as it is. */
async function ensureStream(manager: JetStreamManager): Promise<void> {
  for await (const name of manager.streams.names()) {
    if (name === streamName) return;
  }
  await manager.streams.add({
    name: streamName,
    description: 'Events of orders, as CloudEvents; one subject for each order.',
    subjects: [subjectOf('>')],
    storage: 'file',
    retention: 'limits',
    discard: 'old',
    max_age: maxAgeMs * nanosecondsPerMs,
    max_bytes: maxBytes,
    duplicate_window: duplicateWindowMs * nanosecondsPerMs,
  });
}

export interface NatsSink extends RelayConsumer {
  close(): Promise<void>;
}

/** For a whole batch, with the connection; below what a consumer may take, so that the broker counts as unavailable. */
const batchLimitMs = 6_000;
const acknowledgementLimitMs = 3_000;

/**
 * Publishes every event to JetStream, in CloudEvents' structured mode, with the event's id as message
 * id: the stream has each once, however often it is sent within the stream's window.
 * @throws Error when the NATS packages are not installed
 */
export async function natsSink(url: string): Promise<NatsSink> {
  const packages = await loadNats();
  let broker: Broker | undefined;

  async function open(): Promise<Broker> {
    if (broker?.connection.isClosed() === false) return broker;
    broker = await connectBroker(packages, url);
    return broker;
  }

  return {
    name: 'nats',
    apply: async (_transaction, events) => {
      try {
        const work = open().then((opened) => publishAll(opened, events));
        await within(work, batchLimitMs, 'NATS to take the events');
      } catch (cause) {
        // What is still under way ends with its connection.
        void broker?.connection.close();
        // The broker refuses no single event.
        throw new ConsumerUnavailable('NATS does not take events now', { cause });
      }
    },
    close: async () => {
      await broker?.connection.close();
    },
  };
}

/** Orders side by side, the events of one in a row: the next goes when the one before is stored. */
async function publishAll(broker: Broker, events: readonly OrderEvent[]): Promise<void> {
  let isFailing = false;
  const outcomes = await Promise.allSettled(
    byOrder(events).map(async (ofOrder) => {
      for (const event of ofOrder) {
        if (isFailing) return;
        try {
          await publish(broker, event);
        } catch (error) {
          isFailing = true;
          throw error;
        }
      }
    }),
  );
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

function byOrder(events: readonly OrderEvent[]): readonly (readonly OrderEvent[])[] {
  const orders = new Map<string, OrderEvent[]>();
  for (const event of events) {
    const ofOrder = orders.get(event.subject);
    if (ofOrder === undefined) orders.set(event.subject, [event]);
    else ofOrder.push(event);
  }
  return [...orders.values()];
}

async function publish({ client, newHeaders }: Broker, event: OrderEvent): Promise<void> {
  const headers = newHeaders();
  headers.set('content-type', 'application/cloudevents+json');
  headers.set('traceparent', event.traceparent);
  await client.publish(subjectOf(event.subject), JSON.stringify(event), {
    msgID: event.id,
    timeout: acknowledgementLimitMs,
    headers,
  });
}
