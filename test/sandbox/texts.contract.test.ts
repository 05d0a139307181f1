import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { startHarness, type Harness } from './harness.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterEach(() => harness.control('DELETE', 'faults'));
afterAll(() => harness.stop());

const message = { To: '+4915100000000', From: '+4915155500000', Body: 'Your code is 123456.' };

async function send(
  orderId: string,
  form: Record<string, string> = message,
  headers: Record<string, string> = { authorization: 'Basic QUM6dG9rZW4=' },
) {
  const url = `${harness.sandbox.url}/2010-04-01/Accounts/ACtest/Messages.json`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'x-order-id': orderId, 'x-template': 'one_time_code', ...headers },
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const inbox = async (orderId: string) => {
  const response = await fetch(`${harness.sandbox.url}/inbox.json?order_id=${orderId}`);
  return ((await response.json()) as { data: Record<string, unknown>[] }).data;
};

test('takes a message, answers as Twilio does, and books it with the channel sms', async () => {
  const { status, body } = await send('ord_text');
  expect(status).toBe(201);
  expect(body).toMatchObject({
    sid: expect.stringMatching(/^SM[0-9a-f]{32}$/),
    account_sid: 'ACtest',
    status: 'queued',
    to: message.To,
    body: message.Body,
    error_code: null,
  });
  expect(await inbox('ord_text')).toMatchObject([
    { id: body['sid'], channel: 'sms', template: 'one_time_code', text: message.Body, html: null },
  ]);
  expect((await harness.ledger('ord_text')).messages).toMatchObject([
    { channel: 'sms', to: message.To, template: 'one_time_code' },
  ]);
});

test('keeps what is sent twice twice', async () => {
  await send('ord_twice');
  await send('ord_twice');
  expect(await inbox('ord_twice')).toHaveLength(2);
});

test.each([
  ['no number', { ...message, To: '0151 000' }, 21211],
  ['no receiver', { From: message.From, Body: message.Body }, 21602],
  ['no text', { ...message, Body: '' }, 21602],
  ['a text that is too long', { ...message, Body: 'x'.repeat(1_601) }, 21602],
])('refuses %s', async (_what, form, code) => {
  const { status, body } = await send('ord_bad', form);
  expect({ status, code: body['code'] }).toEqual({ status: 400, code });
  expect(await inbox('ord_bad')).toEqual([]);
});

test('wants a login', async () => {
  const { status, body } = await send('ord_nobody', message, {});
  expect({ status, code: body['code'] }).toEqual({ status: 401, code: 20003 });
});

test.each([
  ['refuse', 400, 21610],
  ['error_500', 500, 20500],
])('answers the fault %s with %i and keeps nothing', async (kind, status, code) => {
  const orderId = `ord_text_${kind}`;
  await harness.fault({ service: 'sms', operation: 'send', kind, order_id: orderId });
  const refused = await send(orderId);
  expect({ status: refused.status, code: refused.body['code'] }).toEqual({ status, code });
  expect(await inbox(orderId)).toEqual([]);
  expect((await send(orderId)).status).toBe(201);
});

test.each([
  ['down', 0],
  ['drop_response', 1],
])('cuts the connection for the fault %s and keeps %i messages', async (kind, kept) => {
  const orderId = `ord_text_${kind}`;
  await harness.fault({ service: 'sms', operation: 'send', kind, order_id: orderId });
  await expect(send(orderId)).rejects.toThrow('fetch failed');
  expect(await inbox(orderId)).toHaveLength(kept);
});

test('leaves mails alone when texts are to fail', async () => {
  await harness.fault({ service: 'mail', operation: 'send', kind: 'refuse' });
  expect((await send('ord_not_mail')).status).toBe(201);
});

test('shows a message by its text', async () => {
  await send('ord_shown');
  const page = await (await fetch(harness.sandbox.inboxUrl)).text();
  expect(page).toContain(message.Body);
  expect(page).not.toContain('(no subject)');
});
