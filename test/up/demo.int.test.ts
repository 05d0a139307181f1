import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { exampleOrder, runDemo } from '../../src/up/demo.js';

const server: { current?: Server } = {};
afterEach(() => server.current?.close());

const facts = ['order_placed', 'payment_authorized', 'order_delivered'];
const at = '2026-01-02T10:20:30.400Z';

/** An API whose order has one more fact at each look, and ends at the last one. */
async function anApi(end: string): Promise<{ url: string; bodies: unknown[]; keys: unknown[] }> {
  const bodies: unknown[] = [];
  const keys: unknown[] = [];
  let looks = 0;
  const answer = (url: string) => {
    if (url.includes('/timeline')) {
      const data = facts.slice(0, looks).map((type, i) => ({ sequence: i + 1, type, at }));
      return { data };
    }
    looks += 1;
    return { id: 'ord_1', status: looks >= facts.length ? end : 'pending' };
  };
  server.current = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (request.method === 'POST') {
        bodies.push(JSON.parse(body));
        keys.push(request.headers['idempotency-key']);
        response.end(JSON.stringify({ id: 'ord_1', status: 'pending' }));
      } else response.end(JSON.stringify(answer(request.url ?? '')));
    });
  });
  await new Promise<void>((resolve) => server.current?.listen(0, '127.0.0.1', resolve));
  const { port } = server.current.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, bodies, keys };
}

test('the demo places the example order and shows each fact once', async () => {
  const { url, bodies, keys } = await anApi('delivered');
  const lines: string[] = [];
  const outcome = await runDemo({ apiUrl: url, print: (line) => lines.push(line) });
  expect(outcome).toEqual({ orderId: 'ord_1', summary: 'The order is delivered.' });
  expect(lines.slice(1)).toEqual(facts.map((type) => `  10:20:30.400  ${type}`));
  expect(bodies).toEqual([exampleOrder]);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
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
