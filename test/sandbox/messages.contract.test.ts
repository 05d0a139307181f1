import { createTransport, type SendMailOptions } from 'nodemailer';
import { afterEach, describe, expect, test } from 'vitest';

import { useTestSandbox } from './test-sandbox.js';

const sandbox = useTestSandbox();
afterEach(() => sandbox.control('DELETE', 'faults'));

const inboxOf = (orderId: string) => sandbox.inbox(`order_id=${orderId}`);
async function sendMail(orderId: string, changes: SendMailOptions = {}) {
  const transport = createTransport(sandbox.smtpUrl);
  try {
    return await transport.sendMail({
      from: 'Shop <shop@example.com>',
      to: 'ada@example.com',
      subject: `Your order ${orderId}`,
      text: 'Thank you.',
      html: '<p>Thank <b>you</b>.</p>',
      messageId: `<${orderId}.confirmation@shop.example>`,
      headers: { 'X-Order-Id': orderId, 'X-Template': 'order_confirmation' },
      ...changes,
    });
  } finally {
    transport.close();
  }
}

const text = { To: '+4915100000000', From: '+4915155500000', Body: 'Your code is 123456.' };

async function sendText(
  orderId: string,
  form: Record<string, string> = text,
  headers: Record<string, string> = { authorization: 'Basic QUM6dG9rZW4=' },
) {
  const response = await fetch(`${sandbox.url}/2010-04-01/Accounts/ACtest/Messages.json`, {
    method: 'POST',
    headers: { 'x-order-id': orderId, 'x-template': 'one_time_code', ...headers },
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a mail', () => {
  test('above the size limit is refused', async () => {
    const big = sendMail('ord_big', { text: 'x'.repeat(1_200_000) });
    await expect(big).rejects.toMatchObject({ responseCode: 552 });
  });
});

describe('a text message', () => {
  test('is answered as by Twilio, and booked with the channel sms', async () => {
    const { status, body } = await sendText('ord_text');
    expect(status).toBe(201);
    expect(body).toMatchObject({
      sid: expect.stringMatching(/^SM[0-9a-f]{32}$/),
      account_sid: 'ACtest',
      status: 'queued',
      to: text.To,
      body: text.Body,
      error_code: null,
    });
    const kept = { channel: 'sms', template: 'one_time_code' };
    expect(await inboxOf('ord_text')).toMatchObject([
      { ...kept, id: body['sid'], text: text.Body, html: null },
    ]);
    expect((await sandbox.ledger('ord_text')).messages).toMatchObject([{ ...kept, to: text.To }]);
  });

  test.each([
    ['to something that is no number', { ...text, To: '0151 000' }, 21211],
    ['without a receiver', { From: text.From, Body: text.Body }, 21602],
    ['without a text', { ...text, Body: '' }, 21602],
    ['that is too long', { ...text, Body: 'x'.repeat(1_601) }, 21602],
  ])('%s is refused', async (_what, form, code) => {
    expect(await sendText('ord_bad', form)).toMatchObject({ status: 400, body: { code } });
    expect(await inboxOf('ord_bad')).toEqual([]);
  });

  test('needs a login', async () => {
    const refused = { status: 401, body: { code: 20003 } };
    expect(await sendText('ord_nobody', text, {})).toMatchObject(refused);
  });

  test('is not concerned by the faults of mails', async () => {
    await sandbox.fault({ service: 'mail', operation: 'send', kind: 'refuse' });
    expect((await sendText('ord_not_mail')).status).toBe(201);
  });
});

describe('the pages of the inbox', () => {
  test('load nothing from outside and run nothing', async () => {
    const html = '<script>alert(1)</script><img src="https://example.com/x.png">';
    await sendMail('ord_page', { html, subject: '<b>Bold</b>' });
    const [mail] = await inboxOf('ord_page');
    const pages: string[] = [];
    for (const url of [sandbox.inboxUrl, `${sandbox.inboxUrl}/${String(mail!['id'])}`]) {
      const response = await fetch(url);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      pages.push(await response.text());
    }
    for (const page of pages) {
      expect(page).toContain('&lt;b&gt;Bold&lt;/b&gt;');
      expect(page).not.toMatch(/<(link|img|script)\b/);
    }
    expect(pages[1]).toContain('<iframe sandbox title="HTML part" srcdoc="&lt;script&gt;');
  });

  test('show a text message by its text', async () => {
    await sendText('ord_shown');
    const page = await (await fetch(sandbox.inboxUrl)).text();
    expect(page).toContain(text.Body);
    expect(page).not.toContain('(no subject)');
  });

  test('answer 404 for an unknown mail', async () => {
    expect((await fetch(`${sandbox.inboxUrl}/msg_none`)).status).toBe(404);
  });
});
