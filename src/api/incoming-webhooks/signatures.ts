import { createHmac, timingSafeEqual } from 'node:crypto';

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

/**
 * Whether EasyPost signed this body with the secret.
 * @param header `hmac-sha256-hex=<hex>`
 */
export function isEasypostSignature(header: string, body: Buffer, secret: string): boolean {
  const digest = createHmac('sha256', Buffer.from(secret.normalize('NFKD')))
    .update(asSigned(body.toString('utf8')))
    .digest('hex');
  return isSameText(header, `hmac-sha256-hex=${digest}`);
}

/** EasyPost signs weights as decimals and may send them as whole numbers. */
const asSigned = (body: string): string =>
  body.replace(/("weight":\s*)(\d+)(\s*)(?=,|\})/g, '$1$2.0');

/** Compares in constant time: the time must not reveal how much of the text was right. */
function isSameText(given: string, expected: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}
