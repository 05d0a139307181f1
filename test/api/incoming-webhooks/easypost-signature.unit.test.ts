import { createHmac } from 'node:crypto';
import EasyPost from '@easypost/api';
import { describe, expect, test } from 'vitest';
import { isEasypostSignature } from '../../../src/api/incoming-webhooks/easypost-signature.js';

interface Validator {
  validateWebhook(body: Buffer, headers: Record<string, string>, secret: string): object;
}
const { Utils } = new (EasyPost as unknown as new (key: string) => { Utils: Validator })('key');

const secret = 'ﬁne sécret';
const body = JSON.stringify({
  id: 'evt_1',
  description: 'tracker.updated',
  result: { weight: 17 },
});

const sign = (text: string, key = secret) =>
  `hmac-sha256-hex=${createHmac('sha256', Buffer.from(key.normalize('NFKD')))
    .update(text)
    .digest('hex')}`;

/** What EasyPost sends: the weight is a decimal when it is signed. */
const genuine = sign(body.replace('"weight":17', '"weight":17.0'));

const sdkAccepts = (header: string, text: string): boolean => {
  try {
    Utils.validateWebhook(Buffer.from(text), { 'X-Hmac-Signature': header }, secret);
    return true;
  } catch {
    return false;
  }
};

describe('our check decides as the SDK does', () => {
  test.each<[string, string, string, boolean]>([
    ['a genuine event', genuine, body, true],
    ['a weight that was signed as it was sent', sign(body), body, false],
    ['an event without a weight', sign('{"id":"evt_2"}'), '{"id":"evt_2"}', true],
    ['a decimal weight', sign('{"weight": 1.5}'), '{"weight": 1.5}', true],
    ['another secret', sign(body, 'other'), body, false],
    ['an altered body', genuine, body.replace('evt_1', 'evt_9'), false],
    ['a bare digest', genuine.replace('hmac-sha256-hex=', ''), body, false],
    ['another scheme', genuine.replace('sha256', 'sha512'), body, false],
    ['a digest in capital letters', genuine.toUpperCase(), body, false],
    ['nothing', '', body, false],
  ])('on %s', (_case, header, text, expected) => {
    expect(isEasypostSignature(header, Buffer.from(text), secret)).toBe(expected);
    expect(sdkAccepts(header, text)).toBe(expected);
  });
});
