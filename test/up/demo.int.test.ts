import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, expect, test } from 'vitest';
import { exampleOrder, runDemo } from '../../src/up/demo.js';

const server: { current?: Server } = {};
afterEach(() => server.current?.close());

const facts = ['order_placed', 'payment_authorized', 'order_delivered'];
const at = '2026-01-02T10:20:30.400Z';

/** An API whose order has one more fact at each look, and ends at the last one. */
async function anApi(end: string) {
  const requests: unknown[] = [];
  let looks = 0;
  const app = express().use(express.json());
  app.post('/v1/orders', (request, response) => {
    requests.push([request.get('idempotency-key'), request.body]);
    response.json({ id: 'ord_1', status: 'pending' });
  });
  app.get('/v1/orders/ord_1', (_request, response) => {
    looks += 1;
    response.json({ id: 'ord_1', status: looks >= facts.length ? end : 'pending' });
  });
  app.get('/v1/orders/ord_1/timeline', (_request, response) => {
    const data = facts.slice(0, looks).map((type, i) => ({ sequence: i + 1, type, at }));
    response.json({ data });
  });
  server.current = app.listen(0, '127.0.0.1');
  await once(server.current, 'listening');
  const { port } = server.current.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests };
}

test('the demo places the example order and shows each fact once', async () => {
  const { url, requests } = await anApi('delivered');
  const lines: string[] = [];
  const outcome = await runDemo({ apiUrl: url, print: (line) => lines.push(line) });
  expect(outcome).toEqual({ orderId: 'ord_1', summary: 'The order is delivered.' });
  expect(lines.slice(1)).toEqual(facts.map((type) => `  10:20:30.400  ${type}`));
  expect(requests).toEqual([[expect.stringMatching(/^[0-9a-f-]{36}$/), exampleOrder]]);
});

test('the demo gives up on an order that does not end', async () => {
  const { url } = await anApi('processing');
  const outcome = await runDemo({ apiUrl: url, print: () => undefined, limitMs: 300 });
  expect(outcome).toEqual({
    orderId: 'ord_1',
    summary: 'The order has not ended yet: still processing after 0.3 s',
  });
});

test('the demo says so when the API cannot be reached', async () => {
  const outcome = await runDemo({ apiUrl: 'http://127.0.0.1:9', print: () => undefined });
  expect(outcome).toEqual({ summary: expect.stringContaining('The example order was not placed') });
});
