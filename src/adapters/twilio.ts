import type { Texter, TextMessage } from '../activities/ports.js';
import { ProviderRefused } from '../domain/failures.js';
import { HttpFailure, translator } from './http-failure.js';

export interface TwilioOptions {
  readonly accountSid: string;
  readonly authToken: string;
  /** Scheme, host and port; the version in the path is ours. */
  readonly apiUrl: string;
  /** The sender: a number in E.164, or a name where the receiver's country allows one. */
  readonly from: string;
  /** How long one call may take, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Text messages over Twilio's REST API. Twilio has no idempotency key: when an answer is lost, the
 * step is tried again and the text may come twice. The code in the later one is the one that counts.
 */
export function twilioTexter(options: TwilioOptions): Texter {
  const { accountSid, authToken, apiUrl } = options;
  const path = `/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`;
  const url = new URL(path, apiUrl);
  const login = Buffer.from(`${accountSid}:${authToken}`).toString('base64');
  return {
    send: (message) => translated(post(url, login, message, options)),
  };
}

/** For a shop that sends no text messages: such a code can never arrive. */
export const noTexter: Texter = {
  send: () => Promise.reject(new ProviderRefused('texts: no provider is configured')),
};

async function post(
  url: URL,
  login: string,
  { orderId, template, to, text }: TextMessage,
  { from, timeoutMs }: TwilioOptions,
): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Basic ${login}`,
      'x-order-id': orderId,
      'x-template': template,
    },
    body: new URLSearchParams({ To: to, From: from, Body: text }),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const body = await response.text();
  if (response.ok) return;
  const retryAfter = response.headers.get('retry-after') ?? undefined;
  throw new HttpFailure(response.status, codeIn(body), retryAfter);
}

const translated = translator('texts');

/** Twilio's errors have a number; their message is left out, as it quotes the phone's. */
function codeIn(body: string): string {
  try {
    const error = JSON.parse(body) as { readonly code?: unknown } | null;
    return typeof error?.code === 'number' ? String(error.code) : 'unknown';
  } catch {
    return 'unknown';
  }
}
