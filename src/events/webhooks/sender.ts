import { randomUUID } from 'node:crypto';
import type { Database } from '../../db/database.js';
import { orAborted } from '../../runtime/deadline.js';
import { createNotifier } from '../../runtime/notifier.js';
import { claimDue, releaseClaim, type ClaimedDelivery } from './claims.js';
import { messageOf, post } from './message.js';
import { resolveHost, checkUrl } from './address.js';
import { judge } from './retries.js';
import type { SecretVault } from './secrets.js';
import type { Try } from './failed-try.js';
import { createResultWriter, type ResultWriter } from './result-writer.js';
import type { SenderLimits, WebhookLog, WebhookSettings } from './settings.js';

export interface SenderDependencies {
  readonly database: Database;
  readonly log: WebhookLog;
  readonly settings: WebhookSettings;
  readonly limits: SenderLimits;
}

/** Tries deliveries, a bounded number at a time. */
export interface Sender {
  /** Claims what is due and begins to try it. @returns how many were begun */
  round(): Promise<number>;
  /** Calls back whenever a delivery has ended. @returns stops the calls */
  onEnd(call: () => void): () => void;
  /** Waits a little for what is under way, aborts the rest and ends its claims. */
  stop(): Promise<void>;
}

export function createSender(dependencies: SenderDependencies): Sender {
  const { database, log, limits } = dependencies;
  const underWay = new Map<Promise<void>, AbortController>();
  const ended = createNotifier();
  const results = createResultWriter(dependencies);
  let isStopping = false;

  const begin = (delivery: ClaimedDelivery): void => {
    const breaking = new AbortController();
    const work = deliver(dependencies, results, delivery, breaking)
      .catch((error: unknown) => {
        // The claim ends by itself, and the delivery is tried again.
        log.warn({ err: error, delivery_id: delivery.id }, 'a delivery could not be written down');
      })
      .finally(() => {
        underWay.delete(work);
        ended.notify();
      });
    underWay.set(work, breaking);
  };

  return {
    round: async () => {
      const count = limits.inFlight - underWay.size;
      if (count <= 0 || isStopping) return 0;
      const { leaseMs, inFlightPerEndpoint: perEndpoint } = limits;
      const claim = randomUUID();
      const deliveries = await claimDue(database, { claim, leaseMs, count, perEndpoint });
      for (const delivery of deliveries) begin(delivery);
      return deliveries.length;
    },
    onEnd: ended.subscribe,
    stop: async () => {
      isStopping = true;
      const timer = setTimeout(() => {
        for (const breaking of underWay.values()) breaking.abort(stopping);
      }, limits.stopMs);
      await Promise.all(underWay.keys());
      clearTimeout(timer);
    },
  };
}

const stopping = new Error('the sender stops');

async function deliver(
  { database, log, settings, limits }: SenderDependencies,
  results: ResultWriter,
  delivery: ClaimedDelivery,
  breaking: AbortController,
): Promise<void> {
  const done = await tryOnce({ settings, limits }, delivery, breaking);
  if (breaking.signal.reason === stopping && 'error' in done.outcome) {
    await releaseClaim(database, delivery);
    return;
  }
  const result = await results.write(delivery, done);
  if (result === 'delivered' || result === 'retried') return;
  const subject = { delivery_id: delivery.id, endpoint_id: delivery.endpointId };
  if (result === 'dead') log.warn(subject, 'a webhook was given up');
  else log.warn(subject, 'a webhook endpoint was disabled');
}

async function tryOnce(
  rules: Pick<SenderDependencies, 'settings' | 'limits'>,
  delivery: ClaimedDelivery,
  breaking: AbortController,
): Promise<Try> {
  const at = new Date();
  const begunMs = performance.now();
  const late = new Error(`no answer within ${rules.limits.tryMs} ms`);
  const timer = setTimeout(() => {
    breaking.abort(late);
  }, rules.limits.tryMs);
  const outcome = await send(rules.settings, delivery, at, breaking.signal).catch(
    (error: unknown) => ({
      error: describe(breaking.signal.aborted ? breaking.signal.reason : error),
    }),
  );
  clearTimeout(timer);
  return { at, durationMs: Math.round(performance.now() - begunMs), outcome };
}

async function send(
  { rules, vault, resolve }: WebhookSettings,
  { endpointId, url: text, secrets, ...notice }: ClaimedDelivery,
  at: Date,
  signal: AbortSignal,
): Promise<Try['outcome']> {
  const checked = checkUrl(text, rules);
  if (checked.kind === 'refused') return { error: 'the address is not allowed' };
  const { url } = checked;
  // A DNS look-up cannot be aborted, but nothing has to wait for it.
  const found = await orAborted(resolveHost(url, { rules, resolve }), signal);
  if (found.kind === 'unknown') return { error: 'the name cannot be resolved' };
  if (found.kind === 'internal') return { error: 'the address is not allowed' };
  const message = messageOf(notice, openAll(vault, endpointId, secrets), at);
  const answer = await post({ url, addresses: found.addresses, message, signal });
  return { statusCode: answer.status, verdict: judge(answer, Date.now()) };
}

function openAll(vault: SecretVault, owner: string, sealed: readonly string[]): readonly string[] {
  try {
    return sealed.map((secret) => vault.open(owner, secret));
  } catch (error) {
    throw new Error('our key does not open its secret', { cause: error });
  }
}

/** Codes such as ECONNREFUSED, and nothing that would tell more of our network. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
