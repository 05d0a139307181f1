import { createTransport, type SendMailOptions } from 'nodemailer';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { failureOf, startHarness, type Harness } from './harness.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterEach(() => harness.control('DELETE', 'faults'));
afterAll(() => harness.stop());

async function send(orderId: string, changes: SendMailOptions = {}) {
  const transport = createTransport(harness.sandbox.smtpUrl);
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

const inbox = async (query: string) => {
  const response = await fetch(`${harness.sandbox.url}/inbox.json?${query}`);
  return ((await response.json()) as { data: Record<string, unknown>[] }).data;
};

test('keeps a mail with its parts and books it', async () => {
  await send('ord_mail');
  expect(await inbox('order_id=ord_mail')).toMatchObject([
    {
      order_id: 'ord_mail',
      template: 'order_confirmation',
      channel: 'email',
      from: 'shop@example.com',
      to: 'ada@example.com',
      subject: 'Your order ord_mail',
      text: expect.stringContaining('Thank you.'),
      html: expect.stringContaining('<b>you</b>'),
      duplicates: 0,
    },
  ]);
  expect((await harness.ledger('ord_mail')).messages).toMatchObject([
    { channel: 'email', to: 'ada@example.com', template: 'order_confirmation' },
  ]);
});

test('takes a mail with a known Message-ID and lists it once', async () => {
  await send('ord_double');
  await send('ord_double');
  expect(await inbox('order_id=ord_double')).toMatchObject([{ duplicates: 1 }]);
  expect((await harness.ledger('ord_double')).messages).toHaveLength(1);
});

test('finds mails by their recipient', async () => {
  await send('ord_to', { to: 'grace@example.com' });
  expect(await inbox('to=grace@example.com')).toHaveLength(1);
});

test.each([
  ['refuse', 550],
  ['error_500', 451],
])('answers the fault %s with %i and keeps nothing', async (kind, responseCode) => {
  const orderId = `ord_${kind}`;
  await harness.fault({ service: 'mail', operation: 'send', kind, order_id: orderId });
  await expect(send(orderId)).rejects.toMatchObject({ responseCode });
  expect(await inbox(`order_id=${orderId}`)).toEqual([]);
  await send(orderId);
  expect(await inbox(`order_id=${orderId}`)).toHaveLength(1);
});

test.each([
  ['down', 0],
  ['drop_response', 1],
])('cuts the connection for the fault %s and keeps %i mail', async (kind, kept) => {
  const orderId = `ord_${kind}`;
  await harness.fault({ service: 'mail', operation: 'send', kind, order_id: orderId });
  const error = await failureOf(send(orderId));
  expect(error.responseCode).toBeUndefined();
  expect(await inbox(`order_id=${orderId}`)).toHaveLength(kept);
});

test('refuses a mail above the size limit', async () => {
  await expect(send('ord_big', { text: 'x'.repeat(1_200_000) })).rejects.toMatchObject({
    responseCode: 552,
  });
});

test('shows the list and each mail as a page that asks nobody else and runs nothing', async () => {
  const html = '<script>alert(1)</script><img src="https://example.com/x.png">';
  await send('ord_page', { html, subject: '<b>Bold</b>' });
  const [mail] = await inbox('order_id=ord_page');
  const pages = [harness.sandbox.inboxUrl, `${harness.sandbox.inboxUrl}/${String(mail!['id'])}`];
  for (const url of pages) {
    const response = await fetch(url);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await response.text();
    expect(page).toContain('&lt;b&gt;Bold&lt;/b&gt;');
    expect(page).not.toContain('<script');
    expect(page).not.toMatch(/<(link|img|script)\b/);
  }
  const page = await (await fetch(pages[1]!)).text();
  expect(page).toContain('<iframe sandbox title="HTML part" srcdoc="&lt;script&gt;');
});

test('answers 404 for a mail that is not there', async () => {
  expect((await fetch(`${harness.sandbox.inboxUrl}/msg_none`)).status).toBe(404);
});
