import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { isStripeSignature } from '../../../src/api/incoming-webhooks/stripe-signature.js';

const { webhooks } = new Stripe('sk_test_of_the_vectors');
const secret = 'whsec_vectors';
const now = 1_800_000_000;
const payload = JSON.stringify({ id: 'evt_1', object: 'event', note: 'Grüße, 茶' });

/** Signs with Stripe's own SDK. */
const signed = (changes: { timestamp?: number; secret?: string; payload?: string } = {}) =>
  webhooks.generateTestHeaderString({ payload, secret, timestamp: now, ...changes });

const accepts = (header: string, body = payload) =>
  isStripeSignature(header, Buffer.from(body), secret, now);

const v1 = (header: string) => header.split('v1=')[1] ?? '';

describe('a signature of the SDK', () => {
  test('is accepted', () => {
    expect(accepts(signed())).toBe(true);
  });

  test('is accepted up to five minutes early or late', () => {
    expect(accepts(signed({ timestamp: now - 300 }))).toBe(true);
    expect(accepts(signed({ timestamp: now + 300 }))).toBe(true);
  });

  test('is accepted as any one of several, so that a secret can be replaced', () => {
    const other = signed({ secret: 'whsec_other' });
    expect(accepts(`t=${now},v1=${v1(other)},v1=${v1(signed())}`)).toBe(true);
    expect(accepts(`${signed()},v1=${v1(other)},v0=old`)).toBe(true);
  });
});

describe('a signature is refused', () => {
  test.each([
    ['by another secret', signed({ secret: 'whsec_other' })],
    ['by an empty secret', signed({ secret: ' ' })],
    ['of another body', signed({ payload: '{}' })],
    ['too old', signed({ timestamp: now - 301 })],
    ['from the future', signed({ timestamp: now + 301 })],
    ['with another time than the signed one', signed().replace(`t=${now}`, `t=${now - 1}`)],
    ['with two times', `t=${now},${signed()}`],
    ['without a time', `v1=${v1(signed())}`],
    ['with a time that is no number', signed().replace(`t=${now}`, 't=NaN')],
    ['under the old scheme only', signed().replace('v1=', 'v0=')],
    ['in capital letters', `t=${now},v1=${v1(signed()).toUpperCase()}`],
    ['cut short', signed().slice(0, -1)],
    ['made longer', `${signed()}0`],
    ['empty', ''],
    ['without a value', `t=${now},v1=`],
  ])('%s', (_why, header) => {
    expect(accepts(header)).toBe(false);
  });

  test('for any other byte in the body', () => {
    const header = signed();
    const body = Buffer.from(payload);
    for (let index = 0; index < body.length; index += 1) {
      const altered = Buffer.from(body);
      altered.writeUInt8(body.readUInt8(index) ^ 1, index);
      expect(isStripeSignature(header, altered, secret, now)).toBe(false);
    }
  });

  test('for the same JSON written differently', () => {
    expect(accepts(signed(), JSON.stringify(JSON.parse(payload), null, 1))).toBe(false);
  });
});
