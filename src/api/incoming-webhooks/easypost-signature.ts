import { createHmac } from 'node:crypto';
import { isSameText } from './same-text.js';

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
