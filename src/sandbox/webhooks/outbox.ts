import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';

import type { Pool } from 'pg';

import type { Log } from '../context.js';
import { startPollingLoop, type PollingLoop } from '../../runtime/polling-loop.js';
import type { Receiver } from './deliveries.js';

/** Waits between the tries, about a minute in all; after the last one the webhook has failed. */
const backoffMs = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000];
const maxInFlight = 32;
const postLimitMs = 5_000;
const idleMs = 250;
const spacingMs = 20;
const retryCapMs = 500;
const forgedSecret = 'not-the-secret-that-was-agreed';

export interface OutboxOptions {
  readonly pool: Pool;
  /** The base URL of the receiver; `/webhooks/<payments|carrier>` is added. */
  readonly webhookUrl: string;
  readonly secrets: Readonly<Record<Receiver, string>>;
  readonly log: Log;
}

interface PendingWebhook {
  readonly seq: string;
  readonly eventId: string;
  readonly receiver: Receiver;
  readonly body: string;
  readonly forged: boolean;
  readonly attempts: number;
}

/** What a try came to. */
interface Result {
  readonly seq: string;
  readonly state: 'delivered' | 'pending' | 'failed';
  readonly attempts: number;
  readonly dueMs: number;
}

const pendingStatement = `
SELECT seq, event_id AS "eventId", receiver, body, forged, attempts FROM sandbox.webhooks
WHERE state = 'pending' AND due_ms <= $1 AND seq <> ALL($2) ORDER BY due_ms, seq LIMIT $3`;

const resultStatement = `
UPDATE sandbox.webhooks w SET state = r.state, attempts = r.attempts, due_ms = r."dueMs"
FROM json_to_recordset($1) AS r(seq bigint, state text, attempts int, "dueMs" bigint)
WHERE w.seq = r.seq`;

/** Sends the stored webhooks: at least once, a bounded number at a time, a bounded number of tries. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #inFlight = new Map<string, Promise<void>>();
  #loop: PollingLoop | undefined;
  readonly #poster = new Poster();
  #isStopping = false;
  #unwritten: Result[] = [];

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = startPollingLoop({
      round: () => this.#turn().then(() => false),
      pollMs: idleMs,
      lingerMs: spacingMs,
      retryCapMs,
      onError: (error) => {
        this.#options.log('the outbox failed, will try again', { error });
      },
    });
  }

  wake(): void {
    this.#loop?.wake();
  }

  /** Aborts running deliveries: they are sent again at the next start. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#loop?.stop();
    this.#poster.close();
    await Promise.all(this.#inFlight.values());
    await this.#writeResults();
  }

  async #turn(): Promise<void> {
    await this.#writeResults();
    const free = maxInFlight - this.#inFlight.size;
    if (free === 0) return;
    const due = await this.#options.pool.query<PendingWebhook>({
      name: 'pending',
      text: pendingStatement,
      values: [Date.now(), [...this.#inFlight.keys()], free],
    });
    for (const webhook of due.rows) this.#inFlight.set(webhook.seq, this.#deliver(webhook));
  }

  async #deliver(webhook: PendingWebhook): Promise<void> {
    const failure = await this.#post(webhook);
    if (failure !== undefined && this.#isStopping) return;
    const result = resultOf(webhook, failure);
    if (result.state === 'failed') {
      this.#options.log('webhook given up', { event_id: webhook.eventId, failure });
    }
    this.#unwritten.push(result);
    this.#loop?.wake();
  }

  /** @returns why it failed, or undefined when the receiver took it. */
  async #post(webhook: PendingWebhook): Promise<string | undefined> {
    try {
      const url = new URL(`webhooks/${webhook.receiver}`, this.#baseUrl());
      const headers = { 'content-type': 'application/json', ...this.#signature(webhook) };
      const status = await this.#poster.post(url, headers, webhook.body);
      return status >= 200 && status < 300 ? undefined : `status ${status}`;
    } catch (error) {
      return String(error);
    }
  }

  #baseUrl(): string {
    return this.#options.webhookUrl.replace(/\/*$/, '/');
  }

  #signature({ receiver, body, forged }: PendingWebhook): Record<string, string> {
    const secret = forged ? forgedSecret : this.#options.secrets[receiver];
    if (receiver === 'carrier') return { 'x-hmac-signature': carrierSignature(body, secret) };
    const timestamp = Math.floor(Date.now() / 1_000);
    return { 'stripe-signature': paymentSignature(body, secret, timestamp) };
  }

  async #writeResults(): Promise<void> {
    // A copy: more results may come while these are being written.
    const results = [...this.#unwritten];
    if (results.length === 0) return;
    await this.#options.pool.query({
      name: 'webhook-results',
      text: resultStatement,
      values: [JSON.stringify(results)],
    });
    this.#unwritten = this.#unwritten.slice(results.length);
    for (const { seq } of results) this.#inFlight.delete(seq);
  }
}

function resultOf({ seq, attempts, forged }: PendingWebhook, failure: string | undefined): Result {
  const tried = attempts + 1;
  // A forger does not try again.
  if (failure === undefined || forged) {
    return { seq, state: 'delivered', attempts: tried, dueMs: Date.now() };
  }
  const waitMs = backoffMs[attempts];
  if (waitMs === undefined) return { seq, state: 'failed', attempts: tried, dueMs: Date.now() };
  return { seq, state: 'pending', attempts: tried, dueMs: Date.now() + waitMs };
}

const hmac = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text, 'utf8').digest('hex');

/** The `Stripe-Signature` header. @param timestamp Unix time in seconds. */
const paymentSignature = (body: string, secret: string, timestamp: number): string =>
  `t=${timestamp},v1=${hmac(secret, `${timestamp}.${body}`)}`;

/** The `X-Hmac-Signature` header. */
const carrierSignature = (body: string, secret: string): string =>
  `hmac-sha256-hex=${hmac(secret.normalize('NFKD'), body)}`;

/** Posts to one receiver over kept connections, which costs much less than `fetch`. */
class Poster {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: maxInFlight });

  /** @returns the status of the answer. @throws when there is none within the limit. */
  post(url: URL, headers: Readonly<Record<string, string>>, body: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method: 'POST', agent: this.#agent, headers });
      const timer = setTimeout(() => {
        outgoing.destroy(new Error(`no answer within ${postLimitMs} ms`));
      }, postLimitMs);
      outgoing.on('close', () => {
        clearTimeout(timer);
        reject(new Error('connection closed without an answer'));
      });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        response.resume();
        response.on('end', () => {
          resolve(response.statusCode ?? 0);
        });
      });
      outgoing.end(body);
    });
  }

  /** Cuts all connections: running calls fail. */
  close(): void {
    this.#agent.destroy();
  }
}
