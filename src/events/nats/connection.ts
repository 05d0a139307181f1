import type { JetStreamClient } from '@nats-io/jetstream';
import type * as JetStream from '@nats-io/jetstream';
import type { MsgHdrs, NatsConnection } from '@nats-io/transport-node';
import type * as Transport from '@nats-io/transport-node';
import { ensureStream } from './stream.js';

export interface NatsPackages {
  readonly transport: typeof Transport;
  readonly jetStream: typeof JetStream;
}

export interface Broker {
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
export async function connectBroker(
  { transport, jetStream }: NatsPackages,
  url: string,
): Promise<Broker> {
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
