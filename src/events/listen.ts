import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { withinOr } from '../runtime/deadline.js';
import { createNotifier } from '../runtime/notifier.js';
import { startPollingLoop, type Stoppable } from '../runtime/polling-loop.js';

/** Receives Postgres' notifications on a connection of its own, which it opens again when it is lost. */
export interface Listener extends Stoppable {
  /**
   * Calls back for every notification, and after every reconnection: one may have been missed.
   * @returns stops the calls
   */
  on(channel: string, wake: () => void): () => void;
}

export interface ListenOptions {
  readonly url: string;
  readonly channels: readonly string[];
  /** Called for each time that the connection was lost or refused. */
  readonly onError: (error: unknown) => void;
}

const reconnectMs = 100;
/** Finds a connection that died silently. */
const heartbeatMs = 15_000;
const answerLimitMs = 5_000;

/** Begins to listen; nothing waits for the connection, since every subscriber polls as well. */
export function listen(options: ListenOptions): Listener {
  const notifiers = new Map(options.channels.map((name) => [name, createNotifier()]));
  const loop = startPollingLoop({
    round: async (stopped) => {
      await receive(options, (channel) => notifiers.get(channel)?.notify(), stopped);
      return false;
    },
    pollMs: reconnectMs,
    onError: options.onError,
  });
  return {
    on: (channel, call) => {
      const notifier = notifiers.get(channel);
      if (notifier === undefined) throw new Error(`Nobody listens to ${channel}`);
      return notifier.subscribe(call);
    },
    stop: () => loop.stop(),
  };
}

/**
 * Listens until the connection is lost, or until the signal.
 * @throws when there was no connection
 */
async function receive(
  { url, channels, onError }: ListenOptions,
  wake: (channel: string) => void,
  stopped: AbortSignal,
): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: answerLimitMs,
    query_timeout: answerLimitMs,
    keepAlive: true,
  });
  const lost = new Promise<never>((_resolve, reject) => {
    client.on('error', reject);
    client.on('end', () => {
      reject(new Error('The connection that listens has ended'));
    });
  });
  lost.catch(() => undefined);
  client.on('notification', ({ channel }) => {
    wake(channel);
  });
  try {
    await client.connect();
    await client.query(channels.map((name) => `LISTEN ${pg.escapeIdentifier(name)}`).join('; '));
    channels.forEach(wake);
    await beat(client, lost, stopped).catch(onError);
  } finally {
    await withinOr(client.end(), answerLimitMs, () => undefined).catch(() => undefined);
  }
}

/** @throws when the connection is lost */
async function beat(client: pg.Client, lost: Promise<never>, stopped: AbortSignal): Promise<void> {
  for (;;) {
    const pause = sleep(heartbeatMs, undefined, { signal: stopped }).catch(() => undefined);
    await Promise.race([pause, lost]);
    if (stopped.aborted) return;
    await client.query('select 1');
  }
}
