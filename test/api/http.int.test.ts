import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.js';
import { anOrderRequest, placeOrder, startTestApi, useTestApi } from '../support/test-api.js';
import { waitFor } from '../support/wait-for.js';

const lines: string[] = [];
const log = pino({}, { write: (line) => void lines.push(line) });
const api = useTestApi({ log });
const { workflows } = api;

const paths = [
  '/v1/orders',
  '/v1/orders/ord_1',
  '/v1/stock',
  '/webhooks/payments',
  '/healthz',
  '/nowhere',
];

describe('every answer', () => {
  test.each(paths)('of %s has the safe headers and no name of our software', async (path) => {
    const { headers } = await api.http.get(path);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('carries the request id of the client when it is harmless', async () => {
    const good = await api.http.get('/nowhere').set('X-Request-Id', 'req.1:a_b-c');
    expect(good.headers['x-request-id']).toBe('req.1:a_b-c');
    expect(good.body.request_id).toBe('req.1:a_b-c');
    for (const bad of ['x'.repeat(129), 'a b', '<script>']) {
      const { headers } = await api.http.get('/nowhere').set('X-Request-Id', bad);
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

test('an unknown address is answered 404 with a problem', async () => {
  const { body, headers } = await api.http.get('/v1/nothing').expect(404);
  expect(body).toEqual({
    type: 'urn:problem:durable-orders:route_not_found',
    title: 'There is nothing at this address',
    status: 404,
    code: 'route_not_found',
    request_id: headers['x-request-id'],
  });
  await api.http.get('/v1/orders/%E0%A4%A').expect(400);
});

describe('the process says', () => {
  test('that it is alive', async () => {
    await api.http.get('/healthz').expect(200, { status: 'alive' });
  });

  test('whether it is ready, and what is missing', async () => {
    const checks = { database: 'ok', temporal: 'ok' };
    await api.http.get('/readyz').expect(200, { status: 'ready', checks });
    workflows.isReachable = false;
    await api.http
      .get('/readyz')
      .expect(503, { status: 'not_ready', checks: { ...checks, temporal: 'unavailable' } });
  });

  test('how long its answers took, by route and status', async () => {
    await api.http.get('/v1/orders/ord_1').expect(404);
    const { text } = await api.http.get('/metrics').expect(200);
    expect(text).toMatch(
      /http_request_duration_seconds_count\{method="GET",route="\/v1\/orders\/:id",status="404"\} \d+/,
    );
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).not.toContain('ord_1');
  });
});

test('the log has method, path, status, request id and order, and no personal data', async () => {
  lines.length = 0;
  const { id } = await placeOrder(api);
  await api.http.get(`/v1/orders/${id}?email=ada@example.com`);
  await api.http.post('/v1/orders').send(anOrderRequest()).expect(400);
  const said = lines.map((line) => JSON.parse(line) as { req: object });
  expect(said).toMatchObject([
    {
      req: { id: expect.any(String), method: 'POST', path: '/v1/orders' },
      res: { status: 202 },
      order_id: id,
    },
    { req: { method: 'GET', path: `/v1/orders/${id}` }, res: { status: 200 }, order_id: id },
    { req: { method: 'POST', path: '/v1/orders' }, res: { status: 400 } },
  ]);
  expect(Object.keys(said[0]!.req)).toEqual(['id', 'method', 'path']);
  for (const secret of ['Ada', 'ada@', 'Main Street', '+4915', 'pm_card', 'dempotency']) {
    expect(lines.join('')).not.toContain(secret);
  }
});

test('an internal error is logged and not shown', async () => {
  lines.length = 0;
  workflows.start = () => Promise.reject(new Error('secret detail'));
  await placeOrder(api);
  expect(lines.join('')).toContain('secret detail');

  workflows.reachable = () => Promise.reject(new Error('inner secret'));
  const { body, text } = await api.http.get('/readyz').expect(500);
  expect(body.code).toBe('internal_error');
  expect(text).not.toContain('secret');
});

test('every read is answered 503 without details while the database is away', async () => {
  const nowhere = openDatabase({ url: 'postgres://u:p@127.0.0.1:1/none', poolSize: 1 });
  const other = await startTestApi({ database: nowhere, log });
  const { body, headers } = await other.http.get('/v1/orders').expect(503);
  expect(body).toMatchObject({ code: 'database_unavailable' });
  expect(headers['retry-after']).toBe('2');
  expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|refused|postgres/i);
  await other.http.get('/readyz').expect(503);
  await other.http.get('/healthz').expect(200);
  await other.stop();
});

const place = (prefer: string) => api.postOrder(undefined, { Prefer: prefer });

test('Prefer: wait is answered 201 once the order is confirmed', async () => {
  const waiting = place('respond-async, wait=20').then((r) => r);
  await waitFor('the start of the order', () => workflows.started.length === 1);
  await api.setOrder(workflows.started[0]!.orderId, 'confirmed');
  const { status, body, headers } = await waiting;
  expect(status).toBe(201);
  expect(body.status).toBe('confirmed');
  expect(headers['preference-applied']).toBe('wait=20');
  expect(headers['location']).toBe(`/v1/orders/${body.id}`);
});

test('Prefer: wait is answered once the order has ended, not while it compensates', async () => {
  let isAnswered = false;
  const waiting = place('wait=20').then((response) => {
    isAnswered = true;
    return response;
  });
  await waitFor('the start of the order', () => workflows.started.length === 1);
  const { orderId } = workflows.started[0]!;
  await api.setOrder(orderId, 'compensating');
  await aRoundOfWaiting();
  expect(isAnswered).toBe(false);

  await api.setOrder(orderId, 'rejected');
  const { status, body } = await waiting;
  expect([status, body.status]).toEqual([201, 'rejected']);
});

/** All waiting orders are looked at together: once another one is answered, all were looked at. */
async function aRoundOfWaiting(): Promise<void> {
  const other = place('wait=20').then((response) => response);
  await waitFor('the start of the order', () => workflows.started.length === 2);
  await api.setOrder(workflows.started[1]!.orderId, 'confirmed');
  expect((await other).status).toBe(201);
}

test('Prefer: wait is answered 202 when the time is up', async () => {
  const { body, headers } = await place('wait=1').expect(202);
  expect(body.status).toBe('pending');
  expect(headers['preference-applied']).toBe('wait=1');
});

test('an unreadable preference does not wait', async () => {
  const { headers } = await place('wait=soon').expect(202);
  expect(headers['preference-applied']).toBeUndefined();
});
