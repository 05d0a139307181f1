import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import EasyPost from '@easypost/api';
import type { ShipmentDraft } from './easypost-draft.js';
import { HttpFailure, translator } from './http-failure.js';
import { callLimitMs } from './time-limits.js';

export interface EasyPostClientOptions {
  readonly apiKey: string;
  /** With the version in its path. */
  readonly apiUrl: string;
  /** How long one call may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** What we read of a shipment at EasyPost. */
export interface CarrierShipment {
  readonly id: string;
  readonly reference: string | null;
  /** RFC 3339. */
  readonly created_at: string;
  readonly rates: readonly CarrierRate[];
  readonly selected_rate: CarrierRate | null;
  /** Null until the label is bought. */
  readonly postage_label: object | null;
  readonly tracking_code: string | null;
  readonly refund_status: 'submitted' | 'refunded' | 'rejected' | 'not_applicable' | null;
  readonly tracker: { readonly status: string; readonly public_url?: string | null } | null;
}

export interface CarrierRate {
  readonly id: string;
  readonly carrier: string;
  /** A decimal in the currency's major unit: to compare by, not to count with. */
  readonly rate: string;
}

/** Five calls of EasyPost. Each throws {@link HttpFailure}, or anything when there is no answer. */
export interface EasyPostClient {
  create(draft: ShipmentDraft): Promise<CarrierShipment>;
  retrieve(id: string): Promise<CarrierShipment>;
  buy(id: string, rateId: string): Promise<CarrierShipment>;
  refund(id: string): Promise<CarrierShipment>;
  /** Newest first, at most 100 on a page. */
  all(page: {
    readonly page_size: number;
    readonly before_id?: string;
    readonly purchased: true;
  }): Promise<{ readonly shipments: readonly CarrierShipment[]; readonly has_more: boolean }>;
}

interface Request {
  timeout(limits: { readonly deadline: number }): Request;
  agent(agent: HttpAgent): Request;
}

interface HookedAnswer {
  readonly httpStatus: number;
  readonly responseBody: unknown;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

type SdkConstructor = new (
  apiKey: string,
  options: { baseUrl: string; requestMiddleware: (request: Request) => Request },
) => {
  readonly Shipment: EasyPostClient;
  addResponseHook(hook: (answer: HookedAnswer) => void): void;
};

/** The SDK with a deadline, which its own `timeout` option does not set, and with kept connections. */
export function easypostClient({
  apiKey,
  apiUrl,
  timeoutMs,
}: EasyPostClientOptions): EasyPostClient {
  // The typings are those of CommonJS, the module that runs is not: the default export is the class.
  const Sdk = EasyPost as unknown as SdkConstructor;
  const agent = agentFor(apiUrl);
  const sdk = new Sdk(apiKey, {
    baseUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/`,
    requestMiddleware: (request) =>
      request.timeout({ deadline: callLimitMs(timeoutMs) }).agent(agent),
  });
  sdk.addResponseHook(throwFailure);
  return sdk.Shipment;
}

function agentFor(apiUrl: string): HttpAgent {
  const options = { keepAlive: true };
  return new URL(apiUrl).protocol === 'http:' ? new HttpAgent(options) : new HttpsAgent(options);
}

/** The SDK's own errors have no headers, and an error page that is not JSON breaks its parser. */
function throwFailure({ httpStatus, responseBody, headers }: HookedAnswer): void {
  if (httpStatus < 400) return;
  const code = (responseBody as { error?: { code?: unknown } | null } | null)?.error?.code;
  const text = typeof code === 'string' ? code : 'unknown';
  throw new HttpFailure(httpStatus, text, headers['retry-after']);
}

/** Understood and refused: an unknown address, a label that no carrier sells. */
export const isUnprocessable = (error: unknown): error is HttpFailure =>
  error instanceof HttpFailure && error.status === 422;

/** There is nothing under this id. */
export const isUnknown = (error: unknown): boolean =>
  error instanceof HttpFailure && error.status === 404;

export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof HttpFailure && error.code === code;

export const translated = translator('carrier');
