import type { IncomingMessage } from 'node:http';
import Stripe from 'stripe';
import { callLimitMs } from './time-limits.js';

export interface StripeClientOptions {
  readonly apiKey: string;
  /** Scheme, host and port; the version in the path is the SDK's own. */
  readonly apiUrl: string;
  /** How long one call may take, in milliseconds. */
  readonly timeoutMs: number;
}

type HttpClient = ReturnType<typeof Stripe.createNodeHttpClient>;
type Transport = Pick<HttpClient, 'getClientName' | 'makeRequest'>;

/** The SDK without its retries and its telemetry: Temporal is the only one that tries again. */
export function stripeClient({ apiKey, apiUrl, timeoutMs }: StripeClientOptions): Stripe {
  const { protocol, hostname, port } = new URL(apiUrl);
  const isPlain = protocol === 'http:';
  return new Stripe(apiKey, {
    protocol: isPlain ? 'http' : 'https',
    host: hostname,
    port: port === '' ? (isPlain ? 80 : 443) : port,
    timeout: timeoutMs,
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: bounded(Stripe.createNodeHttpClient(), timeoutMs),
  });
}

/**
 * One try within its time, from the first byte to the last: the SDK's own timeout bounds a silence
 * only. With retries at 0 the SDK still repeats a call once after ECONNRESET; it knows it by its code.
 */
const bounded = (client: HttpClient, timeoutMs: number): Transport => ({
  getClientName: () => client.getClientName(),
  makeRequest: async (...request) => {
    const signal = AbortSignal.timeout(callLimitMs(timeoutMs));
    try {
      const response = await Promise.race([client.makeRequest(...request), aborted(signal)]);
      cutOff(response.getRawResponse() as IncomingMessage, signal);
      return response;
    } catch (error) {
      throw new Error('The connection failed', { cause: error });
    }
  },
});

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('The time for one call is over'));
    });
  });

/** Ends a body that is still coming when the time is over. */
function cutOff(body: IncomingMessage, signal: AbortSignal): void {
  const end = (): void => {
    body.destroy(new Error('The time for one call is over'));
  };
  signal.addEventListener('abort', end);
  body.once('close', () => {
    signal.removeEventListener('abort', end);
  });
}
