import { expect, test } from 'vitest';
import { shipmentIdOf } from '../../../src/domain/ids.js';
import { newOrderId } from '../../adapters/own-database.js';
import { amount, capturing } from '../../adapters/requests.js';
import { useFixture } from '../../support/use-fixture.js';
import { afterNow, startReconciliation } from './reconciliation.js';

const books = useFixture(startReconciliation);

const captured = {
  type: 'payment.captured',
  amount,
  shipmentId: shipmentIdOf(newOrderId()),
} as const;
const compared = (orderId: `ord_${string}`) => books.outcomes('comparePayments', orderId);

test('ledgers that agree are counted and left alone', async () => {
  const orderId = await books.orderWith('delivered', captured);
  await books.captured(orderId);
  expect((await books.run('comparePayments')).agreed).toBeGreaterThan(0);
  expect(await compared(orderId)).toEqual([]);
  expect(await books.facts(orderId)).toEqual(['payment.captured']);
});

test('a capture that the timeline does not know becomes work for a person, once', async () => {
  const orderId = await books.orderWith('shipped', { type: 'order.confirmed' });
  await books.captured(orderId);
  expect(await compared(orderId)).toEqual(['sums_differ raised']);
  await compared(orderId);
  expect(await books.openItems(orderId)).toEqual([
    {
      reason: 'books_differ',
      subject: 'captured: 0.00 EUR in our books, 42.00 EUR at the provider',
      owner: 'payments',
      exposure: 4_200,
      choices: ['mark_done', 'waive'],
    },
  ]);
  expect(await books.facts(orderId)).toEqual(['order.confirmed', 'attention.raised']);
});

test('a difference that a person has waived is not raised again', async () => {
  const orderId = await books.orderWith('shipped', captured);
  await compared(orderId);
  const [item] = await books.openItems(orderId);
  const about = { reason: 'books_differ', subject: item!.subject } as const;
  await books.record(orderId, 'waived', { type: 'attention.resolved', ...about });
  await compared(orderId);
  expect(await books.openItems(orderId)).toEqual([]);
});

test('an authorization left open on a cancelled order is voided, and the timeline says so', async () => {
  const orderId = await books.orderWith('cancelled', { type: 'payment.voided' });
  await books.authorized(orderId);
  expect(await compared(orderId)).toEqual(['open_authorization auto_fixed']);
  expect(await books.paid(orderId)).toEqual(['authorize 4200', 'void 4200']);
  expect(await books.facts(orderId)).toEqual(['payment.voided', 'payment.late']);
  expect(await compared(orderId)).toEqual([]);
});

test('an authorization left open on a delivered order is for a person', async () => {
  const orderId = await books.orderWith('delivered', { type: 'order.delivered' });
  await books.authorized(orderId);
  expect(await compared(orderId)).toEqual(['open_authorization raised']);
  expect(await books.paid(orderId)).toEqual(['authorize 4200']);
});

test('a payment that came after the last change of its order is found in the list', async () => {
  const orderId = await books.orderWith('cancelled', { type: 'payment.voided' });
  const afterwards = books.period(afterNow());
  await books.authorized(orderId);
  expect(await books.outcomes('comparePayments', orderId, afterwards)).toEqual([]);
  expect(await books.outcomes('comparePaymentList', orderId, afterwards)).toEqual([
    'open_authorization auto_fixed',
  ]);
  expect(await books.paid(orderId)).toEqual(['authorize 4200', 'void 4200']);
});

test('a payment of no order of ours is reported and left alone', async () => {
  const stranger = newOrderId();
  await books.authorized(stranger);
  const { differences } = await books.run('comparePaymentList');
  const found = differences.filter(({ subject }) => subject.includes(stranger));
  expect(found).toMatchObject([
    { kind: 'payment_without_order', orderId: null, outcome: 'reported' },
  ]);
  expect(await books.paid(stranger)).toEqual(['authorize 4200']);
});

test('an order that is being compensated, or changed a moment ago, is left out', async () => {
  const compensating = await books.orderWith('compensating', captured);
  const fresh = await books.orderWith('shipped', captured);
  const until = new Date(Date.now() - 60_000).toISOString();
  const earlier = { ...books.period(), until };
  expect(await books.outcomes('comparePayments', fresh, earlier)).toEqual([]);
  expect(await compared(compensating)).toEqual([]);
});

test('a failed order keeps the part that was captured, and the rest is released', async () => {
  const part = { ...amount, amountMinor: 1_000 };
  const orderId = await books.orderWith('failed', { ...captured, amount: part });
  const paymentId = await books.authorized(orderId, { inParts: true });
  await books.payments.capture(capturing(orderId, paymentId, { amount: part, isPart: true }));
  expect(await compared(orderId)).toEqual(['open_authorization auto_fixed']);
  expect((await books.paid(orderId)).slice(1)).toEqual(['capture 1000', 'void 3200']);
  expect(await books.facts(orderId)).toEqual(['payment.captured', 'payment.remainder_released']);
  expect(await compared(orderId)).toEqual([]);
});

test('each page starts where the one before ended, so that every order is seen once', async () => {
  const before = new Date();
  for (let count = 0; count < 60; count += 1) {
    await books.orderWith('confirmed', { type: 'order.confirmed' });
  }
  const lookedAt: number[] = [];
  let since: string | undefined = before.toISOString();
  while (since !== undefined) {
    const page = await books.activities.comparePayments({ ...books.period(), since });
    lookedAt.push(page.lookedAt);
    since = page.next;
  }
  expect(lookedAt).toEqual([25, 25, 10]);
});
