import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startApi, type Api } from '../../src/api/server.js';
import { apiConfig } from '../../src/config.js';
import { seedCatalogue } from '../../src/db/seed.js';
import { createLogger } from '../../src/logger.js';
import { testDatabase } from '../support/postgres.js';
import { anOrderRequest } from '../support/test-api.js';
import { waitFor } from '../support/wait-for.js';

const log = createLogger('api', 'silent');
let store: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  store = await testDatabase({ migrated: true });
  await seedCatalogue(store.url);
});
afterAll(() => store.drop());

const start = (changes: Record<string, string> = {}): Promise<Api> =>
  startApi(
    apiConfig({
      DATABASE_URL: store.url,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      TEMPORAL_TASK_QUEUE: `server-${randomUUID()}`,
      API_PORT: '0',
      STRIPE_WEBHOOK_SECRET: 'whsec_of_the_server_test',
      EASYPOST_WEBHOOK_SECRET: 'whsec_of_the_server_test',
      ORDER_CODE_SECRET: 'secret-of-the-server-test',
      WEBHOOK_SECRET_KEY: 'key-of-the-server-test',
      ...changes,
    }),
    log,
  );

const post = (api: Api, headers: Record<string, string> = {}) =>
  fetch(`${api.url}/v1/orders`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID(), ...headers },
    body: JSON.stringify(anOrderRequest()),
  });

test('the server is ready when database and Temporal answer', async () => {
  const api = await start();
  expect((await fetch(`${api.url}/readyz`)).status).toBe(200);
  expect((await post(api)).status).toBe(202);
  await api.stop();
  await expect(fetch(`${api.url}/healthz`)).rejects.toThrow();
});

test('the server starts and accepts orders while Temporal is away', async () => {
  const api = await start({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
  expect((await fetch(`${api.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
  const begin = Date.now();
  expect((await post(api)).status).toBe(202);
  expect(Date.now() - begin).toBeLessThan(8_000);
  await api.stop();
});

test('a client that waits gets an answer when the server stops', async () => {
  const api = await start();
  const before = await ordersIn(api);
  const waiting = post(api, { Prefer: 'wait=25' });
  await waitFor('the order', async () => (await ordersIn(api)) === before + 1);
  const begin = Date.now();
  await api.stop();
  expect((await waiting).status).toBe(202);
  expect(Date.now() - begin).toBeLessThan(5_000);
});

test('headers beyond 16 KiB are refused', async () => {
  const api = await start();
  const answer = await fetch(`${api.url}/healthz`, { headers: { 'X-Long': 'x'.repeat(17_000) } });
  expect(answer.status).toBe(431);
  await api.stop();
});

test('the server stops without waiting for a client that reads a stream of events', async () => {
  const api = await start();
  const { id } = (await (await post(api)).json()) as { id: string };
  const stream = await fetch(`${api.url}/v1/orders/${id}/events`);
  expect(stream.status).toBe(200);
  const begin = Date.now();
  await api.stop();
  expect(Date.now() - begin).toBeLessThan(3_000);
  expect(await stream.text()).toContain('retry:');
});

test('the server stops without waiting for a client that never sends its request', async () => {
  const api = await start();
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  socket.write('POST /v1/orders HTTP/1.1\r\nHost: x\r\n');
  await api.stop();
  await closed;
});

const ordersIn = async (api: Api): Promise<number> => {
  const { data } = (await (await fetch(`${api.url}/v1/orders`)).json()) as { data: object[] };
  return data.length;
};
