import { createHmac } from 'node:crypto';
import type { OrderId } from '../domain/ids.js';

/**
 * The only form in which a one-time code is kept or sent on. The order is part of it, so that one
 * order's code means nothing to another; without the secret six digits would be guessed at once.
 * @returns 64 hexadecimal digits
 */
export const codeDigest = (secret: string, orderId: OrderId, code: string): string =>
  createHmac('sha256', secret).update(`${orderId}:${code}`).digest('hex');
