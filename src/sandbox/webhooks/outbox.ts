import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';

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
  readonly #agent = new Agent({ keepAlive: true, maxSockets: maxInFlight });
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
    this.#agent.destroy();
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
  async #post({ receiver, body, forged }: PendingWebhook): Promise<string | undefined> {
    const { webhookUrl, secrets } = this.#options;
    const url = new URL(`webhooks/${receiver}`, webhookUrl.replace(/\/*$/, '/'));
    const signature = signatureOf(receiver, body, forged ? forgedSecret : secrets[receiver]);
    try {
      // Over kept connections, which costs much less than `fetch`.
      const outgoing = request(url, {
        method: 'POST',
        agent: this.#agent,
        headers: { 'content-type': 'application/json', ...signature },
        signal: AbortSignal.timeout(postLimitMs),
      });
      // Without a listener an error after the response would end the process.
      outgoing.on('error', () => undefined).end(body);
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      await finished(response.resume());
      const status = response.statusCode ?? 0;
      return status >= 200 && status < 300 ? undefined : `status ${status}`;
    } catch (error) {
      return String(error);
    }
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
  // A forger does not try again.
  const isDone = failure === undefined || forged;
  const waitMs = isDone ? undefined : backoffMs[attempts];
  const undelivered = waitMs === undefined ? 'failed' : 'pending';
  const state = isDone ? 'delivered' : undelivered;
  return { seq, state, attempts: attempts + 1, dueMs: Date.now() + (waitMs ?? 0) };
}

const hmac = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text, 'utf8').digest('hex');

/** The header by which the receiver knows the provider. */
function signatureOf(receiver: Receiver, body: string, secret: string): Record<string, string> {
  if (receiver === 'carrier') {
    return { 'x-hmac-signature': `hmac-sha256-hex=${hmac(secret.normalize('NFKD'), body)}` };
  }
  const seconds = Math.floor(Date.now() / 1_000);
  return { 'stripe-signature': `t=${seconds},v1=${hmac(secret, `${seconds}.${body}`)}` };
}
