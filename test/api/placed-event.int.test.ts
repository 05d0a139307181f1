import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { OrderBody } from '../../src/api/representation.js';
import { toOrderEvent, type OutboxFact } from '../../src/events/catalogue/to-order-event.js';
import { traceparentOf } from '../../src/events/catalogue/trace.js';
import { anOrderRequest, useTestApi } from '../support/test-api.js';

const api = useTestApi();

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';

async function placedEvent(body: object, headers: Record<string, string> = {}) {
  const response = await api.http
    .post('/v1/orders')
    .set({ 'Idempotency-Key': randomUUID(), ...headers })
    .send(body)
    .expect(202);
  const order = response.body as OrderBody;
  const { rows } = await sql<OutboxFact>`
    select fact.order_id as "orderId", sequence, type, data, at, trace_id as "traceId"
    from orders.outbox fact join orders.orders o on o.id = fact.order_id
    where order_id = ${order.id}`.execute(api.database);
  expect(rows).toHaveLength(1);
  return { order, event: toOrderEvent(rows[0]!) };
}

test('order.placed has customer, lines, sellers and amounts', async () => {
  const lines = [
    { sku: 'TEA-100', quantity: 2 },
    { sku: 'MUG-200', quantity: 1 },
  ];
  const { order, event } = await placedEvent(anOrderRequest({ lines, discount_code: 'WELCOME10' }));
  const minor = ({ amount, currency }: { amount: number; currency: string }) => ({
    amount_minor: amount,
    currency,
  });
  expect(event).toMatchObject({
    type: 'order.placed',
    subject: order.id,
    ordersequence: 1,
    time: order.created_at,
  });
  expect(event.data).toEqual({
    customer_id: order.customer_id,
    is_member: anOrderRequest().customer.member,
    total: minor(order.totals.total),
    lines: order.lines.map((line, index) => ({
      line_number: index + 1,
      sku: line.sku,
      quantity: line.quantity,
      seller_id: line.seller_id,
      amount: minor(line.amount),
    })),
  });
});

test('order.placed of the longest order has all lines in less than 20 kB', async () => {
  const lines = Array.from({ length: 200 }, () => ({ sku: 'TEA-100', quantity: 1 }));
  const { order, event } = await placedEvent(anOrderRequest({ lines }));
  expect(order.lines).toHaveLength(200);
  expect((event.data as { lines: unknown[] }).lines).toHaveLength(200);
  expect(event.data).not.toHaveProperty('lines_left_out', expect.anything());
  expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(20_000);
});

test('order.placed has no personal data', async () => {
  const request = anOrderRequest();
  const { event } = await placedEvent({ ...request, metadata: { note: 'for Ada' } });
  const { customer, shipping_address: address, payment_method } = request;
  const personal = [
    customer.name,
    customer.email,
    address.name,
    address.line1,
    address.city,
    address.postal_code,
    payment_method,
    'for Ada',
  ];
  const text = JSON.stringify(event);
  for (const part of personal) expect(text).not.toContain(part);
});

describe('the trace', () => {
  test('of who places the order goes on in its events', async () => {
    const { event } = await placedEvent(anOrderRequest(), {
      traceparent: `00-${trace}-00f067aa0ba902b7-01`,
    });
    expect(event.traceparent).toMatch(
      new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`),
    );
  });

  test.each(['none', '00-short-00f067aa0ba902b7-01', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`])(
    'is the order itself when the header is "%s"',
    async (traceparent) => {
      const { event } = await placedEvent(anOrderRequest(), { traceparent });
      expect(event.traceparent).toBe(traceparentOf(event.subject, 1));
    },
  );
});
