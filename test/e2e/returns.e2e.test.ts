import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { kinds } from '../support/placed-orders.js';
import { waitFor } from '../support/wait-for.js';
import { useTestStack } from '../support/test-stack.js';

const stack = useTestStack();

interface ReturnView {
  readonly id: string;
  readonly status: string;
  readonly refund: { readonly amount: number };
  readonly exchange_order_id: string;
}

async function call(path: string, body?: object): Promise<ReturnView> {
  const response = await fetch(`${stack.url('api')}/v1/returns${path}`, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  expect(response.ok, text).toBe(true);
  return JSON.parse(text) as ReturnView;
}

/** Returns one packet of tea. */
async function sendBack(orderId: string, kind: string, verdict: string): Promise<ReturnView> {
  const line = { sku: 'TEA-100', quantity: 1 };
  const lines = [{ ...line, reason: 'changed_mind' }];
  const { id } = await call('', { order_id: orderId, kind, lines });
  await waitFor('an inspection', () =>
    call(`/${id}/inspection`, { lines: [{ ...line, verdict }] }),
  );
  return waitFor('a completed return', async () => {
    const view = await call(`/${id}`);
    expect(view.status).toBe('completed');
    return view;
  });
}

test('a part comes back for money and the rest in exchange, and all ledgers agree', async () => {
  const { id } = await stack.placeOrder();
  await stack.waitForStatus(id, 'delivered');
  const refunded = await sendBack(id, 'refund', 'restock');
  expect(refunded.refund.amount).toBe(890);
  expect(await stack.order(id)).toMatchObject({ payment_status: 'partially_refunded' });

  const exchanged = await sendBack(id, 'exchange', 'scrap');
  expect(await stack.order(id)).toMatchObject({
    status: 'delivered',
    payment_status: 'refunded',
    fulfillment_status: 'returned',
    needs_attention: false,
  });
  const { payments, labels } = await stack.ledger(id);
  expect(kinds(payments)).toEqual(['authorize', 'capture', 'refund', 'refund']);
  expect(payments.map(({ amount }) => amount)).toEqual([1780, 1780, 890, 890]);
  expect(kinds(labels)).toEqual(['buy', 'buy', 'buy']);
  // A return ends with its money, and its mail comes after that.
  await waitFor('a mail about each return', async () => {
    const { messages } = await stack.ledger(id);
    return messages.filter(({ template }) => template === 'return_completed').length === 2;
  });

  // The relay starts it; its parcel is another one than those that came back.
  const anew = await stack.waitForStatus(exchanged.exchange_order_id, 'delivered');
  expect(anew).toMatchObject({ payment_status: 'captured' });
  expect(kinds((await stack.ledger(anew.id)).payments)).toEqual(['authorize', 'capture']);
}, 120_000);
