import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createAlarm } from './alarm.js';

/** Hears Postgres' notifications on a connection of its own, which it opens again when it is lost. */
export interface Listener {
  /**
   * Calls back for every notification, and whenever the connection is there anew: one may have been
   * missed. @returns stops the calls
   */
  on(channel: string, wake: () => void): () => void;
  stop(): Promise<void>;
}

export interface ListenOptions {
  readonly url: string;
  readonly channels: readonly string[];
  /** Called for each time that the connection was lost or refused. */
  readonly onError: (error: unknown) => void;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;
/** A connection that died without a word is found by this. */
const heartbeatMs = 15_000;
const answerLimitMs = 5_000;

/** Begins to listen; nothing waits for the connection, since whoever listens polls as well. */
export function listen({ url, channels, onError }: ListenOptions): Listener {
  const alarms = new Map(channels.map((name) => [name, createAlarm()]));
  const stopped = new AbortController();
  const isStopped = () => isAborted(stopped.signal);
  const wake = (channel: string): void => alarms.get(channel)?.ring();
  const running = stayConnected();

  async function stayConnected(): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!isStopped()) {
      try {
        await hear(url, channels, wake, () => (pauseMs = firstPauseMs), stopped.signal);
      } catch (error) {
        if (!isStopped()) onError(error);
      }
      await sleep(pauseMs, undefined, { signal: stopped.signal }).catch(() => undefined);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    }
  }

  return {
    on: (channel, call) => {
      const alarm = alarms.get(channel);
      if (alarm === undefined) throw new Error(`Nobody listens to ${channel}`);
      return alarm.onRing(call);
    },
    stop: () => {
      stopped.abort();
      return running;
    },
  };
}

/** Listens until the connection is lost, for which it throws, or until the signal. */
async function hear(
  url: string,
  channels: readonly string[],
  wake: (channel: string) => void,
  onConnected: () => void,
  signal: AbortSignal,
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
    onConnected();
    channels.forEach(wake);
    while (!isAborted(signal)) {
      const pause = sleep(heartbeatMs, undefined, { signal }).catch(() => undefined);
      await Promise.race([pause, lost]);
      if (!isAborted(signal)) await client.query('select 1');
    }
  } finally {
    await Promise.race([client.end(), sleep(answerLimitMs, undefined, { ref: false })]).catch(
      () => undefined,
    );
  }
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted;
