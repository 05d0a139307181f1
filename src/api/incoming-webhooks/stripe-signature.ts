import { createHmac } from 'node:crypto';
import { isSameText } from './same-text.js';

/** An event that is older, or that claims to come from the future, may be a recorded one. */
const toleranceSeconds = 300;

/**
 * Whether Stripe signed this body with the secret, not long ago.
 * @param header `t=<seconds>,v1=<hex>`; several `v1` stand there while a secret is being replaced
 * @param nowSeconds the time now, in seconds since 1970
 */
export function isStripeSignature(
  header: string,
  body: Buffer,
  secret: string,
  nowSeconds: number,
): boolean {
  const parts = header.split(',').map((part) => part.trim());
  const [time, ...otherTimes] = valuesOf(parts, 't');
  if (time === undefined || otherTimes.length > 0 || !/^\d{1,12}$/.test(time)) return false;
  if (Math.abs(nowSeconds - Number(time)) > toleranceSeconds) return false;
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
  return valuesOf(parts, 'v1').some((given) => isSameText(given, expected));
}

const valuesOf = (parts: readonly string[], name: string): readonly string[] =>
  parts.filter((part) => part.startsWith(`${name}=`)).map((part) => part.slice(name.length + 1));
