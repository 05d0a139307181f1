import { afterAll, beforeAll, expect, test } from 'vitest';
import { shipmentIdOf } from '../../../src/domain/ids.js';
import { amount, authorized, capturing, kinds, newOrderId } from '../../adapters/harness.js';
import { afterNow, outcomesOf, startReconciliation, type Reconciliation } from './harness.js';

let books: Reconciliation;
beforeAll(async () => {
  books = await startReconciliation();
});
afterAll(() => books.stop());

const shipmentId = shipmentIdOf(newOrderId());
const captured = { type: 'payment.captured', amount, shipmentId } as const;
const paymentKinds = async (orderId: `ord_${string}`) =>
  kinds((await books.ledger(orderId)).payments);

async function capture(orderId: `ord_${string}`): Promise<string> {
  const paymentId = await authorized(books, orderId);
  await books.payments.capture(capturing(orderId, paymentId));
  return paymentId;
}

test('books that agree are counted and left alone', async () => {
  const orderId = await books.orderWith('delivered', [captured]);
  await capture(orderId);
  const findings = await books.run('comparePayments', books.period());
  expect(findings.agreed).toBeGreaterThan(0);
  expect(outcomesOf(findings, orderId)).toEqual([]);
  expect(await books.facts(orderId)).toEqual(['payment.captured']);
});

test('a capture that the timeline does not know becomes work for a person, once', async () => {
  const orderId = await books.orderWith('shipped', [{ type: 'order.confirmed' }]);
  await capture(orderId);
  expect(outcomesOf(await books.run('comparePayments', books.period()), orderId)).toEqual([
    'sums_differ raised',
  ]);
  expect(await books.openItems(orderId)).toEqual([
    {
      reason: 'books_differ',
      subject: 'captured: 0.00 EUR in our books, 42.00 EUR at the provider',
      owner: 'payments',
      exposure: 4_200,
      choices: ['mark_done', 'waive'],
    },
  ]);
  await books.run('comparePayments', books.period());
  expect(await books.facts(orderId)).toEqual(['order.confirmed', 'attention.raised']);
});

test('a difference that a person has waived is not raised again', async () => {
  const orderId = await books.orderWith('shipped', [captured]);
  await books.run('comparePayments', books.period());
  const [item] = await books.openItems(orderId);
  await books.tell(orderId, 'waived', [
    { type: 'attention.resolved', reason: 'books_differ', subject: item!.subject },
  ]);
  await books.run('comparePayments', books.period());
  expect(await books.openItems(orderId)).toEqual([]);
});

test.each(['cancelled', 'rejected', 'failed'])(
  'an authorization left open on an order that ended %s is given back, and the timeline says so',
  async (status) => {
    const orderId = await books.orderWith(status, [{ type: 'payment.voided' }]);
    await authorized(books, orderId);
    expect(outcomesOf(await books.run('comparePayments', books.period()), orderId)).toEqual([
      'open_authorization auto_fixed',
    ]);
    expect(await paymentKinds(orderId)).toEqual(['authorize', 'void']);
    expect(await books.facts(orderId)).toEqual(['payment.voided', 'payment.late']);
    expect(outcomesOf(await books.run('comparePayments', books.period()), orderId)).toEqual([]);
  },
);

test('an authorization left open on a delivered order is for a person', async () => {
  const orderId = await books.orderWith('delivered', [{ type: 'order.delivered' }]);
  await authorized(books, orderId);
  expect(outcomesOf(await books.run('comparePayments', books.period()), orderId)).toEqual([
    'open_authorization raised',
  ]);
  expect(await paymentKinds(orderId)).toEqual(['authorize']);
});

test('an authorization of an order that goes on is none of its business', async () => {
  const orderId = await books.orderWith('confirmed', [{ type: 'order.confirmed' }]);
  await authorized(books, orderId);
  expect(outcomesOf(await books.run('comparePayments', books.period()), orderId)).toEqual([]);
});

test('a payment that came after its order was at rest is found in the list', async () => {
  const orderId = await books.orderWith('cancelled', [{ type: 'payment.voided' }]);
  const afterwards = afterNow();
  await authorized(books, orderId);
  const touched = await books.run('comparePayments', books.period(afterwards));
  expect(outcomesOf(touched, orderId)).toEqual([]);
  const listed = await books.run('comparePaymentList', books.period(afterwards));
  expect(outcomesOf(listed, orderId)).toEqual(['open_authorization auto_fixed']);
  expect(await paymentKinds(orderId)).toEqual(['authorize', 'void']);
});

test('a payment of no order of ours is reported and left alone', async () => {
  const stranger = newOrderId();
  await authorized(books, stranger);
  const { differences } = await books.run('comparePaymentList', books.period());
  const found = differences.filter(({ subject }) => subject.includes(stranger));
  expect(found).toMatchObject([
    { kind: 'payment_without_order', orderId: null, outcome: 'reported' },
  ]);
  expect(await paymentKinds(stranger)).toEqual(['authorize']);
});

test('an order that is being undone, or was touched a moment ago, is not looked at', async () => {
  const undone = await books.orderWith('compensating', [captured]);
  const fresh = await books.orderWith('shipped', [captured]);
  const findings = await books.run('comparePayments', {
    ...books.period(),
    until: new Date(Date.now() - 60_000).toISOString(),
  });
  expect(outcomesOf(findings, fresh)).toEqual([]);
  expect(outcomesOf(await books.run('comparePayments', books.period()), undone)).toEqual([]);
});

test('an order that failed after a part was captured keeps the part, and the rest is let go', async () => {
  const part = { ...amount, amountMinor: 1_000 };
  const orderId = await books.orderWith('failed', [{ ...captured, amount: part }]);
  const paymentId = await authorized(books, orderId, { inParts: true });
  await books.payments.capture(capturing(orderId, paymentId, { amount: part, isPart: true }));
  expect(outcomesOf(await books.run('comparePayments', books.period()), orderId)).toEqual([
    'open_authorization auto_fixed',
  ]);
  expect(await paymentKinds(orderId)).not.toContain('refund');
  expect(await books.facts(orderId)).toEqual(['payment.captured', 'payment.remainder_released']);
  expect(outcomesOf(await books.run('comparePayments', books.period()), orderId)).toEqual([]);
});

test('pages go on where the one before ended, and see every order once', async () => {
  const before = new Date();
  for (let count = 0; count < 60; count += 1) {
    await books.orderWith('confirmed', [{ type: 'order.confirmed' }]);
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
