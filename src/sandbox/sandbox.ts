import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';

import { Pool } from 'pg';
import type { SMTPServer } from 'smtp-server';

import { startTracking } from './carrier/tracking.js';
import { CallCounts, KeyedLock, type Context, type Log } from './context.js';
import { Faults } from './faults.js';
import { httpApp } from './http.js';
import { smtpServer } from './mail/smtp.js';
import { schema } from './schema.js';
import { Store } from './store.js';
import { Outbox } from './webhooks/outbox.js';

export interface SandboxOptions {
  /** A database of its own; the tables are made at start. */
  readonly databaseUrl: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** 0: any free one. */
  readonly smtpPort: number;
  /** The base URL that webhooks go to. */
  readonly webhookUrl: string;
  /** The wait before each step of a parcel in milliseconds; 0: parcels move by hand only. */
  readonly trackingPaceMs: number;
  /** The wait before a parcel's first step, if another one. */
  readonly pickUpMs?: number | undefined;
  /** The delay of each answer, in milliseconds. */
  readonly latencyMs: number;
  readonly paymentWebhookSecret: string;
  readonly carrierWebhookSecret: string;
  readonly log?: Log;
}

export interface Sandbox {
  readonly url: string;
  /** For example `smtp://127.0.0.1:2525`. */
  readonly smtpUrl: string;
  readonly inboxUrl: string;
  /** Ends within a few seconds. Unsent webhooks and moving parcels continue at the next start. */
  stop(): Promise<void>;
}

const keepAliveMs = 65_000;
const poolSize = 10;
const connectTimeoutMs = 5_000;
const statementTimeoutMs = 10_000;

/** Starts the stand-in providers. @throws when the database or a port is not available. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const log = options.log ?? (() => undefined);
  const pool = openPool(options.databaseUrl, log);
  const stopping = new AbortController();
  try {
    await pool.query(schema);
    return await startServers(options, { pool, stopping, log });
  } catch (error) {
    stopping.abort();
    await pool.end();
    throw error;
  }
}

async function startServers(
  options: SandboxOptions,
  { pool, stopping, log }: { pool: Pool; stopping: AbortController; log: Log },
): Promise<Sandbox> {
  const { webhookUrl, trackingPaceMs: stepMs, pickUpMs = stepMs } = options;
  const secrets = { payments: options.paymentWebhookSecret, carrier: options.carrierWebhookSecret };
  const outbox = new Outbox({ pool, webhookUrl, secrets, log });
  const context: Context = {
    store: new Store(pool),
    faults: new Faults(pool),
    calls: new CallCounts(),
    locks: new KeyedLock(),
    runningKeys: new Set(),
    latencyMs: options.latencyMs,
    pace: { pickUpMs, stepMs },
    stopping: stopping.signal,
    log,
    wakeOutbox: () => {
      outbox.wake();
    },
  };
  await context.faults.load();
  const smtp = smtpServer(context);
  const http = createServer(httpApp(context));
  http.keepAliveTimeout = keepAliveMs;
  const closeServers = () => Promise.all([closeHttp(http), closeSmtp(smtp)]);
  const { host } = options;
  try {
    const smtpPort = await portOf(smtp.listen(options.smtpPort, host));
    const url = `http://${host}:${await portOf(http.listen(options.port, host))}`;
    outbox.start();
    const tracking = startTracking(context);
    return {
      url,
      smtpUrl: `smtp://${host}:${smtpPort}`,
      inboxUrl: `${url}/inbox`,
      stop: async () => {
        stopping.abort();
        await Promise.all([closeServers(), tracking.stop(), outbox.stop()]);
        await pool.end();
      },
    };
  } catch (error) {
    await closeServers();
    throw error;
  }
}

/** Waits until the server listens. */
async function portOf(server: NetServer): Promise<number> {
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Ends at once: open requests get no answer, as when a provider dies. */
async function closeHttp(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

const closeSmtp = (server: SMTPServer): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });

function openPool(connectionString: string, log: Log): Pool {
  const pool = new Pool({
    connectionString,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    application_name: 'sandbox',
  });
  // Without a listener a restart of the database would end the process.
  pool.on('error', (error) => {
    log('idle database connection lost', { error });
  });
  return pool;
}
