import Stripe from 'stripe';

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
    httpClient: singleTry(Stripe.createNodeHttpClient()),
  });
}

/** With retries at 0 the SDK still repeats a call once after ECONNRESET; it knows it by its code. */
const singleTry = (client: HttpClient): Transport => ({
  getClientName: () => client.getClientName(),
  makeRequest: async (...request) => {
    try {
      return await client.makeRequest(...request);
    } catch (error) {
      throw new Error('The connection failed', { cause: error });
    }
  },
});
