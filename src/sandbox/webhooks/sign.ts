import { createHmac } from 'node:crypto';

const hmac = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text, 'utf8').digest('hex');

/** The `Stripe-Signature` header. @param timestamp Unix time in seconds. */
export const paymentSignature = (body: string, secret: string, timestamp: number): string =>
  `t=${timestamp},v1=${hmac(secret, `${timestamp}.${body}`)}`;

/** The `X-Hmac-Signature` header. */
export const carrierSignature = (body: string, secret: string): string =>
  `hmac-sha256-hex=${hmac(secret.normalize('NFKD'), body)}`;

/**
 * EasyPost writes weights as floats and its client library signs them so: an integer `12` in the
 * body would be checked as `12.0`.
 */
export const withFloatWeights = (json: string): string =>
  json.replace(/("weight":\s*)(\d+)(\s*)(?=,|\})/g, '$1$2.0$3');
