import type { Database } from '../../db/database.js';
import { orAborted } from '../../runtime/deadline.js';
import { startPollingLoop, type Stoppable } from '../../runtime/polling-loop.js';
import { checkUrl, resolveHost } from './address.js';
import { claimDue, releaseClaim, type ClaimedDelivery } from './claims.js';
import { messageOf, post } from './message.js';
import { createResultWriter, type Try, type TryResult } from './results.js';
import { judge } from './retries.js';
import type { SecretVault } from './secrets.js';
import { senderLimits, type SenderLimits, type WebhookSettings } from './settings.js';

interface Dependencies {
  readonly database: Database;
  readonly log: { warn(fields: object, message: string): void };
  readonly settings: WebhookSettings;
  readonly limits: SenderLimits;
}

/**
 * Sends deliveries as they become due, a bounded number at a time. Any number of copies may run.
 * @returns `stop` waits a little for what is under way, aborts the rest and ends its claims
 */
export function startWebhooks(
  given: Omit<Dependencies, 'limits'> & { readonly limits?: Partial<SenderLimits> },
): Stoppable {
  const limits = { ...senderLimits, ...given.limits };
  const dependencies = { ...given, limits };
  const { database, log } = dependencies;
  const underWay = new Map<Promise<void>, AbortController>();
  const writeResult = createResultWriter(dependencies);

  const begin = (delivery: ClaimedDelivery): void => {
    const breaking = new AbortController();
    const work = deliver(dependencies, writeResult, delivery, breaking)
      .catch((error: unknown) => {
        // The claim ends by itself, and the delivery is tried again.
        log.warn({ err: error, delivery_id: delivery.id }, 'a delivery could not be written down');
      })
      .finally(() => {
        underWay.delete(work);
        sending.wake();
      });
    underWay.set(work, breaking);
  };
  const sending = startPollingLoop({
    round: async () => {
      const count = limits.inFlight - underWay.size;
      if (count <= 0) return false;
      const deliveries = await claimDue(database, limits, count);
      deliveries.forEach(begin);
      return deliveries.length > 0;
    },
    pollMs: limits.idleMs,
    onError: (error) => {
      log.warn({ err: error }, 'webhooks could not be claimed');
    },
  });
  return {
    stop: async () => {
      await sending.stop();
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
  dependencies: Dependencies,
  writeResult: (done: Try) => Promise<TryResult>,
  delivery: ClaimedDelivery,
  breaking: AbortController,
): Promise<void> {
  const { database, log } = dependencies;
  const done = await tryOnce(dependencies, delivery, breaking);
  if (breaking.signal.reason === stopping && done.verdict === undefined) {
    await releaseClaim(database, delivery);
    return;
  }
  const result = await writeResult(done);
  const subject = { delivery_id: delivery.id, endpoint_id: delivery.endpointId };
  if (result === 'dead') log.warn(subject, 'a webhook was given up');
  if (result === 'disabled') log.warn(subject, 'a webhook endpoint was disabled');
}

async function tryOnce(
  { settings, limits }: Dependencies,
  delivery: ClaimedDelivery,
  breaking: AbortController,
): Promise<Try> {
  const at = new Date();
  const begunMs = performance.now();
  const timer = setTimeout(() => {
    breaking.abort(new Error(`no answer within ${limits.tryMs} ms`));
  }, limits.tryMs);
  const outcome = await send(settings, delivery, at, breaking.signal).catch((error: unknown) => ({
    error: describe(breaking.signal.aborted ? breaking.signal.reason : error),
  }));
  clearTimeout(timer);
  return { delivery, at, durationMs: Math.round(performance.now() - begunMs), ...outcome };
}

async function send(
  { rules, vault, resolve }: WebhookSettings,
  { endpointId, url: text, secrets, ...notice }: ClaimedDelivery,
  at: Date,
  signal: AbortSignal,
): Promise<Pick<Try, 'statusCode' | 'verdict' | 'error'>> {
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
