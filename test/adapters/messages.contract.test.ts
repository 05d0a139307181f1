import { describe, expect, test } from 'vitest';
import { oneTimeCodeActivities } from '../../src/activities/one-time-code.js';
import type { Mail } from '../../src/activities/ports.js';
import { postgresCodes } from '../../src/adapters/postgres-codes.js';
import { postgresJournal } from '../../src/adapters/postgres-journal.js';
import { smtpMailer } from '../../src/adapters/smtp.js';
import { noTexter } from '../../src/adapters/twilio.js';
import { codeDigest } from '../../src/db/code-digest.js';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import type { OrderId } from '../../src/domain/ids.js';
import { placed } from '../../src/domain/order-state.js';
import { anOrder, shop } from '../activities/samples.js';
import { newOrderId } from './own-database.js';
import { failureOf, useTestProviders } from './providers.js';

const timeoutMs = 2_000;
const providers = useTestProviders(timeoutMs);

const mailFor = (orderId: OrderId, changes: Partial<Mail> = {}): Mail => ({
  orderId,
  template: 'order_confirmation',
  to: 'ada@example.com',
  subject: `Your order ${orderId} is confirmed`,
  text: 'Thank you, Ada.',
  html: '<p>Thank you, Ada.</p>',
  ...changes,
});

const textFor = (orderId: OrderId, to = '+4915100000000') => ({
  orderId,
  template: 'one_time_code' as const,
  sequence: '1',
  to,
  text: `123456 is your code for order ${orderId}: ä, +, & and =.`,
});

const sendMail = (orderId: OrderId, changes?: Partial<Mail>) =>
  providers.mailer.send(mailFor(orderId, changes));
const sendText = (orderId: OrderId, to?: string) => providers.texter.send(textFor(orderId, to));

describe.each([
  ['mail', sendMail, 'mail: refused with 550'],
  ['sms', sendText, 'texts: 21610 (HTTP 400)'],
] as const)('a message by %s', (service, send, refusal) => {
  test.each(['error_500', 'down'])('is sent by the second try after %s', async (kind) => {
    const orderId = newOrderId();
    await providers.fault(service, 'send', kind, orderId);
    expect(await failureOf(send(orderId))).toBeInstanceOf(ProviderUnavailable);
    await send(orderId);
    expect(await providers.inbox(orderId)).toHaveLength(1);
  });

  test('is given up at its deadline', async () => {
    const orderId = newOrderId();
    await providers.fault(service, 'send', 'delay', orderId, { delay_ms: 5_000 });
    const startedMs = Date.now();
    expect(await failureOf(send(orderId))).toBeInstanceOf(ProviderUnavailable);
    expect(Date.now() - startedMs).toBeLessThan(timeoutMs + 1_000);
  });

  test('is refused for good when the provider refuses it, without naming the recipient', async () => {
    const orderId = newOrderId();
    await providers.fault(service, 'send', 'refuse', orderId);
    const failure = await failureOf(send(orderId));
    expect(failure).toMatchObject({ name: 'ProviderRefused', message: refusal });
    expect(await providers.inbox(orderId)).toEqual([]);
  });
});

describe('a mail', () => {
  test('has both parts, its order and its template', async () => {
    const orderId = newOrderId();
    await sendMail(orderId);
    expect(await providers.inbox(orderId)).toMatchObject([
      {
        order_id: orderId,
        template: 'order_confirmation',
        from: 'orders@shop.example',
        to: 'ada@example.com',
        subject: `Your order ${orderId} is confirmed`,
        text: expect.stringContaining('Thank you, Ada.'),
        html: expect.stringContaining('<p>Thank you, Ada.</p>'),
        duplicates: 0,
      },
    ]);
  });

  test('is shown once when it is sent again after its answer was lost', async () => {
    const orderId = newOrderId();
    await providers.fault('mail', 'send', 'drop_response', orderId);
    expect(await failureOf(sendMail(orderId))).toBeInstanceOf(ProviderUnavailable);
    await sendMail(orderId);
    expect(await providers.inbox(orderId)).toMatchObject([{ duplicates: 1 }]);
    expect((await providers.ledger(orderId)).messages).toHaveLength(1);
  });

  test('has a Message-ID of its template, sequence and recipient, which does not name the recipient', async () => {
    const orderId = newOrderId();
    const code = { template: 'one_time_code' } as const;
    const changes: Partial<Mail>[] = [
      {},
      { to: 'bob@example.com' },
      { template: 'cancellation' },
      { ...code, sequence: '1' },
      { ...code, sequence: '2' },
    ];
    for (const change of [...changes, ...changes]) await sendMail(orderId, change);
    const mails = await providers.inbox(orderId);
    const ids = mails.map((mail) => String(mail['message_id'])).sort();
    const places =
      'cancellation one_time_code.1 one_time_code.2 order_confirmation order_confirmation';
    const expected = places
      .split(' ')
      .map((place) => new RegExp(`^<${orderId}.${place}.[0-9a-f]{16}@shop.example>$`));
    expect(ids).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(ids[index]).toMatch(pattern);
    expect(ids.join()).not.toMatch(/ada|bob/);
  });

  test('may be sent later when nobody listens', async () => {
    const mailer = smtpMailer({ url: 'smtp://127.0.0.1:9', from: 'a@b.example', timeoutMs });
    const sending = mailer.send(mailFor(newOrderId()));
    await expect(sending).rejects.toBeInstanceOf(ProviderUnavailable);
    mailer.close();
  });
});

describe('a text message', () => {
  test('is sent as it is written, with its order and template', async () => {
    const orderId = newOrderId();
    await sendText(orderId);
    expect(await providers.inbox(orderId)).toMatchObject([
      {
        channel: 'sms',
        order_id: orderId,
        template: 'one_time_code',
        from: '+4915155500000',
        to: '+4915100000000',
        text: textFor(orderId).text,
      },
    ]);
  });

  test('may be sent twice when an answer was lost, as there is no idempotency key', async () => {
    const orderId = newOrderId();
    await providers.fault('sms', 'send', 'drop_response', orderId);
    expect(await failureOf(sendText(orderId))).toBeInstanceOf(ProviderUnavailable);
    await sendText(orderId);
    expect(await providers.inbox(orderId)).toHaveLength(2);
  });

  test('to something that is no phone number is refused for good', async () => {
    const failure = await failureOf(sendText(newOrderId(), '0151 000'));
    expect(failure).toMatchObject({ name: 'ProviderRefused', message: 'texts: 21211 (HTTP 400)' });
  });

  test('is refused for good in a shop that sends no texts', async () => {
    const failure = await failureOf(noTexter.send(textFor(newOrderId())));
    expect(failure).toBeInstanceOf(ProviderRefused);
  });
});

test.each(['email', 'sms'] as const)(
  'the code sent by %s is the one that is checked',
  async (channel) => {
    const secret = 'secret-of-the-code-tests';
    const { database, mailer, texter } = providers;
    const orderId = await providers.newOrder();
    const orders = { find: () => Promise.resolve({ ...anOrder, orderId }) };
    const { sendCode, checkCode } = oneTimeCodeActivities({
      codes: postgresCodes(database, secret),
      journal: postgresJournal(database),
      mailer,
      texter,
      orders: orders as unknown as Parameters<typeof oneTimeCodeActivities>[0]['orders'],
      shop,
    });
    const before = { ...placed, status: 'awaiting_customer', stage: 'confirm_code' } as const;
    const step = { orderId, before, number: 1 };
    await sendCode({ ...step, revision: 1_000, channel, validMs: 60_000 });
    const [message] = await providers.inbox(orderId);
    const [code] = /\b\d{6}\b/.exec(String(message!['text']))!;
    const digest = codeDigest(secret, orderId, code);
    const { outcome } = await checkCode({ ...step, revision: 1_001, tryNumber: 1, digest });
    expect(outcome).toEqual({ kind: 'verified' });
    const { messages } = await providers.ledger(orderId);
    expect(messages).toMatchObject([{ channel, template: 'one_time_code' }]);
  },
);
