import { describe, expect, test } from 'vitest';
import { orderMail, sellerMails, type OrderMailTemplate } from '../../src/activities/mails/mail.js';
import type { MailData } from '../../src/activities/mails/mail-context.js';
import { codeText } from '../../src/activities/one-time-code.js';
import type { Mail, OrderDetails } from '../../src/activities/ports.js';
import { money } from '../../src/domain/money.js';
import { anOrder, samples, shop, untilInWords } from './samples.js';

const templates = Object.keys(samples) as OrderMailTemplate[];
const { customer, shippingAddress } = anOrder;

const mailOf = (template: OrderMailTemplate, order: OrderDetails = anOrder): Mail => {
  const { data, sequence } = samples[template];
  return orderMail(template, { order, shop, data }, sequence);
};

/** The HTML as a reader sees it. */
const seen = ({ html }: Mail): string =>
  html
    .replace(/<title>.*<\/title>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&amp;', '&')
    .replaceAll('&#39;', "'");

const withoutSpaces = (text: string): string => text.replace(/\s+/g, ' ');

describe.each(templates)('the mail %s', (template) => {
  const { tells } = samples[template];
  const mail = mailOf(template);

  test.each(['text', 'html'] as const)('tells its reader all that counts in its %s', (part) => {
    const read = withoutSpaces(part === 'text' ? mail.text : seen(mail));
    for (const told of [...tells, anOrder.orderId, shop.name]) expect(read).toContain(told);
  });

  test('has the order in its subject, which is one line', () => {
    expect(mail.subject).toContain(anOrder.orderId);
    expect(mail.subject).not.toMatch(/\p{Cc}/u);
  });

  test('leads to the order, in both parts, where the shop has a page', () => {
    const page = `https://shop.example/orders/${anOrder.orderId}`;
    expect(mail.text).toContain(`\n${page}\n`);
    expect(mail.html).toContain(`href="${page}"`);
    const bare = { ...shop, orderPage: () => undefined };
    const { data } = samples[template];
    const { text, html } = orderMail(template, { order: anOrder, shop: bare, data });
    expect(`${text}${html}`).not.toMatch(/href|https?:/);
  });

  test('can be written from the order alone', () => {
    const { text, html } = orderMail(template, { order: anOrder, shop, data: {} });
    expect(`${text}${html}`).not.toMatch(/undefined|null|NaN|Invalid/);
  });

  test('loads nothing and runs nothing', () => {
    expect(mail.html).not.toMatch(/<(img|script|link|iframe|style)\b|url\(/i);
  });
});

test('goes to the buyer, and for an approval to the staff, without a word about the buyer', () => {
  for (const template of templates.filter((name) => name !== 'approval_reminder')) {
    expect(mailOf(template)).toMatchObject({ to: customer.email });
  }
  const reminder = mailOf('approval_reminder');
  expect(reminder.to).toBe(shop.staffEmail);
  expect(JSON.stringify(reminder)).not.toContain(customer.name);
});

test('shows names and titles as they are written, and never as HTML', () => {
  const name = `<b>Ada</b> & "Bob's" <script>alert(1)</script>`;
  const lines = anOrder.lines.map((line) => ({ ...line, title: '<i>Tea</i>' }));
  const order = { ...anOrder, customer: { ...customer, name }, lines };
  const { text, html } = mailOf('order_confirmation', order);
  expect(text).toContain(`Hello ${name},`);
  expect(text).toContain('2 x <i>Tea</i> (TEA-100)');
  expect(html).toContain(
    'Hello &lt;b&gt;Ada&lt;/b&gt; &amp; &quot;Bob&#39;s&quot; &lt;script&gt;alert(1)&lt;/script&gt;,',
  );
  expect(html).toContain('2 × &lt;i&gt;Tea&lt;/i&gt;');
  expect(html).not.toMatch(/<(b|i|script)>/);
});

test('says of a parcel only what it knows to be in it', () => {
  for (const template of ['shipped', 'delayed', 'delivered', 'parcel_lost'] as const) {
    const { text } = orderMail(template, { order: anOrder, shop, data: {} });
    expect(text).not.toContain('TEA-100');
  }
});

test('promises no money where none was charged, and none goes back', () => {
  const write = (template: OrderMailTemplate, data: MailData) =>
    orderMail(template, { order: anOrder, shop, data }).text;
  const amount = money(4_200, 'EUR');
  expect(write('refunded', { amount, payment: 'voided' })).toMatch(/do not pay.*Not charged: 42/s);
  expect(write('return_completed', { amount: money(0, 'EUR') })).not.toContain('pay back');
  expect(write('parcel_lost', {})).toContain('We send you the goods again');
  for (const payment of ['none', 'requires_action', 'declined', 'authorized', 'voided'] as const) {
    expect(write('cancellation', { payment })).toContain('You are not charged');
  }
  for (const payment of ['captured', 'partially_captured', 'partially_refunded'] as const) {
    expect(write('cancellation', { payment })).toContain('We pay back what was charged');
  }
});

describe('the sums', () => {
  const textWith = (changes: Partial<OrderDetails>, lines?: { sku: string; quantity: number }[]) =>
    orderMail('order_confirmation', { order: { ...anOrder, ...changes }, shop, data: { lines } })
      .text;

  test('leave out what is nothing', () => {
    const text = textWith({ total: money(5_980, 'EUR'), shipping: money(0, 'EUR') });
    expect(text).toContain('Total: 59.80 EUR');
    expect(text).not.toMatch(/Discount|Shipping/);
  });

  test('are those of the goods that are left of a reduced order', () => {
    const text = textWith({ total: money(1_202, 'EUR') }, [{ sku: 'TEA-100', quantity: 1 }]);
    expect(text).toContain('- 1 x Green tea, 100 g (TEA-100): 8.90 EUR');
    expect(text).toContain('Discount: −1.78 EUR\nShipping: 4.90 EUR\nTotal: 12.02 EUR');
    expect(text).not.toContain('Teapot');
  });
});

describe('the mails to sellers', () => {
  const buyer = [
    ...Object.values(customer).filter((value) => typeof value === 'string'),
    ...Object.values(shippingAddress).filter((value) => value !== 'DE'),
  ];

  test.each(['seller_notice', 'seller_cancellation'] as const)(
    '%s names the goods of one seller, and nobody who bought them',
    (template) => {
      const mails = sellerMails(template, { order: anOrder, shop });
      expect(mails.map(({ sellerId }) => sellerId)).toEqual(['sel_leaf', 'sel_clay']);
      const [leaf, clay] = mails.map(({ mail }) => mail);
      expect(leaf).toMatchObject({ to: 'warehouse@leaf.example', sequence: 'sel_leaf' });
      expect(leaf!.text).toContain('2 x Green tea, 100 g');
      expect(leaf!.text).not.toContain('Teapot');
      expect(clay!.text).toContain('1 x Teapot, 900 ml');
      for (const mail of [leaf!, clay!]) {
        for (const personal of buyer) expect(JSON.stringify(mail)).not.toContain(personal);
      }
    },
  );

  test('leave out the sellers of whom nothing is left', () => {
    const lines = [{ sku: 'TEA-100', quantity: 1 }];
    const mails = sellerMails('seller_notice', { order: anOrder, shop }, lines);
    expect(mails).toMatchObject([{ sellerId: 'sel_leaf' }]);
    expect(mails[0]!.mail.text).toContain('1 x Green tea');
  });
});

describe('the one-time code', () => {
  const until = '2026-11-23T14:05:00.000Z';

  test('stands in the mail with its deadline, and not in the subject', () => {
    const context = { order: anOrder, shop, code: '042137', data: { until } };
    const mail = orderMail('one_time_code', context, '2');
    for (const part of [mail.text, mail.html]) {
      expect(part).toContain('042137');
      expect(part).toContain(untilInWords);
    }
    expect(mail).toMatchObject({ to: customer.email, template: 'one_time_code', sequence: '2' });
    expect(mail.subject).not.toContain('042137');
  });

  test('fits one text message', () => {
    const text = codeText('A shop of 20 letters', anOrder.orderId, '042137');
    expect(text).toContain('042137');
    expect(text.length).toBeLessThanOrEqual(160);
    expect(text).toMatch(/^[\w .,:]+$/);
  });
});
