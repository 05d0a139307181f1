import { createHmac } from 'node:crypto';
import EasyPost from '@easypost/api';
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { milestoneOf, parseCarrierEvent } from '../../../src/api/incoming-webhooks/events.js';
import {
  isEasypostSignature,
  isStripeSignature,
} from '../../../src/api/incoming-webhooks/signatures.js';

describe("EasyPost's signature: our check decides as the SDK does", () => {
  interface Validator {
    validateWebhook(body: Buffer, headers: Record<string, string>, secret: string): object;
  }
  const { Utils } = new (EasyPost as unknown as new (key: string) => { Utils: Validator })('key');
  const secret = 'ﬁne sécret';
  const body = '{"id":"evt_1","description":"tracker.updated","result":{"weight":17}}';
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

describe("Stripe's signature", () => {
  const { webhooks } = new Stripe('sk_test_of_the_vectors');
  const secret = 'whsec_vectors';
  const now = 1_800_000_000;
  const payload = JSON.stringify({ id: 'evt_1', object: 'event', note: 'Grüße, 茶' });

  /** Signs with Stripe's own SDK. */
  const signed = (changes: { timestamp?: number; secret?: string; payload?: string } = {}) =>
    webhooks.generateTestHeaderString({ payload, secret, timestamp: now, ...changes });
  const accepts = (header: string, body: string | Buffer = payload) =>
    isStripeSignature(header, Buffer.from(body), secret, now);
  const v1 = (header: string) => header.split('v1=')[1] ?? '';
  const other = signed({ secret: 'whsec_other' });

  test.each([
    ['of the SDK', signed()],
    ['of five minutes ago', signed({ timestamp: now - 300 })],
    ['of five minutes ahead', signed({ timestamp: now + 300 })],
    ['beside one of another secret', `t=${now},v1=${v1(other)},v1=${v1(signed())}`],
    ['before others', `${signed()},v1=${v1(other)},v0=old`],
  ])('%s is accepted', (_which, header) => {
    expect(accepts(header)).toBe(true);
  });

  test.each([
    ['by another secret', other],
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
  ])('%s is refused', (_which, header) => {
    expect(accepts(header)).toBe(false);
  });

  test('is refused when any byte of the body differs, or the JSON is written differently', () => {
    const body = Buffer.from(payload);
    for (let index = 0; index < body.length; index += 1) {
      const altered = Buffer.from(body);
      altered.writeUInt8(body.readUInt8(index) ^ 1, index);
      expect(accepts(signed(), altered)).toBe(false);
    }
    expect(accepts(signed(), JSON.stringify(JSON.parse(payload), null, 1))).toBe(false);
  });
});

test.each([
  ['in_transit', 'received_at_origin_facility', 'handed_over'],
  ['out_for_delivery', 'out_for_delivery', 'handed_over'],
  ['available_for_pickup', 'arrived_at_pickup_location', 'handed_over'],
  ['delivered', 'arrived_at_destination', 'delivered'],
  ['failure', 'delivery_exception', 'exception'],
  ['failure', 'damaged', 'exception'],
  ['failure', 'refused', 'exception'],
  ['failure', 'unknown', 'exception'],
  ['failure', 'lost', 'lost'],
  ['error', 'transit_exception', 'exception'],
  ['error', 'lost', 'lost'],
  ['lost', 'unknown', 'lost'],
  ['return_to_sender', 'return', 'returned_to_sender'],
  // A lost parcel that is found and delivered is delivered.
  ['delivered', 'lost', 'delivered'],
])(
  'the carrier’s status %s with the detail %s is the milestone %s',
  (status, detail, milestone) => {
    expect(milestoneOf(status, detail)).toBe(milestone);
  },
);

test.each([
  ['pre_transit', 'label_created'],
  ['unknown', 'unknown'],
  ['cancelled', 'cancelled'],
  ['error', 'unknown'],
  ['constructor', 'unknown'],
])('the carrier’s status %s with the detail %s is no milestone', (status, detail) => {
  expect(milestoneOf(status, detail)).toBeNull();
});

const carrierEvent = (result: object) =>
  Buffer.from(JSON.stringify({ id: 'evt_1', description: 'tracker.updated', result }));

test.each([{}, { status_detail: null }])('a carrier event without a detail is read: %o', (more) => {
  expect(
    parseCarrierEvent(carrierEvent({ tracking_code: 'TRK1', status: 'error', ...more })),
  ).toEqual({
    kind: 'scan',
    scan: { eventId: 'evt_1', trackingNumber: 'TRK1', status: 'error' },
    milestone: null,
  });
});

test('the detail of a carrier event decides about a failure', () => {
  const lost = carrierEvent({ tracking_code: 'TRK1', status: 'failure', status_detail: 'lost' });
  expect(parseCarrierEvent(lost)).toMatchObject({ kind: 'scan', milestone: 'lost' });
});
