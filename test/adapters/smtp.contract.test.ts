import { expect, test } from 'vitest';
import type { Mail } from '../../src/activities/ports.js';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import { smtpMailer } from '../../src/adapters/smtp.js';
import type { OrderId } from '../../src/domain/ids.js';
import { failureOf, newOrderId, useTestProviders } from './harness.js';

const timeoutMs = 1_000;
const harness = useTestProviders(timeoutMs);

const mailFor = (orderId: OrderId, changes: Partial<Mail> = {}): Mail => ({
  orderId,
  template: 'order_confirmation',
  to: 'ada@example.com',
  subject: `Your order ${orderId} is confirmed`,
  text: 'Thank you, Ada.',
  html: '<p>Thank you, Ada.</p>',
  ...changes,
});

const sendFault = (orderId: OrderId, kind: string, more: object = {}) =>
  harness.fault({ service: 'mail', operation: 'send', kind, order_id: orderId, ...more });

const failedMail = (orderId: OrderId): Promise<unknown> =>
  failureOf(harness.mailer.send(mailFor(orderId)));

test('sends both parts, the order and the template', async () => {
  const orderId = newOrderId();
  await harness.mailer.send(mailFor(orderId));
  const [mail] = await harness.inbox(orderId);
  expect(mail).toMatchObject({
    order_id: orderId,
    template: 'order_confirmation',
    from: 'orders@shop.example',
    to: 'ada@example.com',
    subject: `Your order ${orderId} is confirmed`,
    duplicates: 0,
  });
  expect(mail?.['text']).toContain('Thank you, Ada.');
  expect(mail?.['html']).toContain('<p>Thank you, Ada.</p>');
});

test('shows a mail once that is sent again after its answer was lost', async () => {
  const orderId = newOrderId();
  await sendFault(orderId, 'drop_response');
  expect(await failedMail(orderId)).toBeInstanceOf(ProviderUnavailable);
  await harness.mailer.send(mailFor(orderId));
  expect(await harness.inbox(orderId)).toMatchObject([{ duplicates: 1 }]);
});

test('tells templates and recipients of one order apart', async () => {
  const orderId = newOrderId();
  await harness.mailer.send(mailFor(orderId));
  await harness.mailer.send(mailFor(orderId, { template: 'cancellation' }));
  await harness.mailer.send(mailFor(orderId, { to: 'bob@example.com' }));
  const mails = await harness.inbox(orderId);
  const ids = mails.map((mail) => String(mail['message_id']));
  expect(new Set(ids).size).toBe(3);
  for (const id of ids) expect(id).toMatch(/^<ord_\w+\.\w+\.[0-9a-f]{16}@shop\.example>$/);
  expect(ids.join()).not.toContain('ada');
});

test('tells mails of one template apart by their sequence, and shows each once', async () => {
  const orderId = newOrderId();
  for (const sequence of ['1', '2', '1']) {
    await harness.mailer.send(mailFor(orderId, { template: 'one_time_code', sequence }));
  }
  const mails = await harness.inbox(orderId);
  const ids = mails.map((mail) => String(mail['message_id'])).sort();
  expect(ids).toHaveLength(2);
  expect(ids[0]).toContain(`<${orderId}.one_time_code.1.`);
  expect(ids[1]).toContain(`<${orderId}.one_time_code.2.`);
});

test('passes on a refusal of the mail server as final, without the recipient', async () => {
  const orderId = newOrderId();
  await sendFault(orderId, 'refuse');
  const failure = await failedMail(orderId);
  expect(failure).toBeInstanceOf(ProviderRefused);
  expect((failure as Error).message).toBe('mail: refused with 550');
  expect(await harness.inbox(orderId)).toEqual([]);
});

test.each(['error_500', 'down'])('is worth another try after %s', async (kind) => {
  const orderId = newOrderId();
  await sendFault(orderId, kind);
  expect(await failedMail(orderId)).toBeInstanceOf(ProviderUnavailable);
  await harness.mailer.send(mailFor(orderId));
  expect(await harness.inbox(orderId)).toHaveLength(1);
});

test('gives a mail up at its deadline', async () => {
  const orderId = newOrderId();
  await sendFault(orderId, 'delay', { delay_ms: 5_000 });
  const startedMs = Date.now();
  expect(await failedMail(orderId)).toBeInstanceOf(ProviderUnavailable);
  expect(Date.now() - startedMs).toBeLessThan(timeoutMs + 1_000);
});

test('is worth another try when nobody listens', async () => {
  const mailer = smtpMailer({ url: 'smtp://127.0.0.1:9', from: 'a@b.example', timeoutMs });
  const sending = mailer.send(mailFor(newOrderId()));
  await expect(sending).rejects.toBeInstanceOf(ProviderUnavailable);
  mailer.close();
});
