import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inheritedEnvironment } from '../../src/config.js';
import { allRows, openDatabase } from '../../src/db/database.js';
import { startListener, type Arrival } from '../../src/up/listen/listener.js';
import { thisProcess } from '../../src/up/state-folder.js';
import { writeStatus } from '../../src/up/status-file.js';
import { startTestApi, type TestApi } from '../support/test-api.js';
import { anEvent, newOrderId } from '../events/event-log.js';
import { useWebhooks } from '../events/webhooks/webhooks.js';
import { useTempFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';

const main = fileURLToPath(new URL('../../dist/up/main.js', import.meta.url));
const webhooks = useWebhooks();
const folder = useTempFolder();
let api: TestApi;
let child: ChildProcess | undefined;

beforeEach(async () => {
  const database = openDatabase({ url: webhooks.url, poolSize: 3 });
  api = await startTestApi({ database, settings: { webhooks: webhooks.settings } });
  writeStatus(folder.path, { supervisor: thisProcess(), api: { url: api.url } });
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await api.stop();
});

/** Runs the command as a person does. @returns what it has printed so far, and how it ends */
function listen(...flags: string[]) {
  const env = { ...inheritedEnvironment(), ORDERS_STATE_DIR: folder.path };
  const running = spawn(process.execPath, [main, 'listen', ...flags], { env });
  child = running;
  let output = '';
  running.stdout.on('data', (chunk) => (output += String(chunk)));
  running.stderr.on('data', (chunk) => (output += String(chunk)));
  const ended = once(running, 'exit').then(([code]) => code as number);
  return { output: () => output, ended, stop: () => running.kill('SIGINT') };
}

/** Runs the command until it listens. */
async function listening(...flags: string[]) {
  const running = listen(...flags);
  await waitFor('a listener', () => running.output().includes('Ctrl-C'));
  return running;
}

const endpoints = () =>
  allRows<{ id: string; types: string[] }>(webhooks.database)`
    select id, types from events.webhook_endpoints`;

test('npm run listen prints each signed event on a line, and removes its endpoint at the end', async () => {
  const { output, ended, stop } = await listening('--types', 'order.*,payment.authorized');
  expect(await endpoints()).toMatchObject([{ types: ['order.*', 'payment.authorized'] }]);
  const orderId = newOrderId();
  await webhooks.deliver([
    anEvent(orderId, 1, 'order.placed'),
    anEvent(orderId, 2, 'inventory.reserved'),
    anEvent(orderId, 3, 'payment.authorized'),
  ]);
  webhooks.send();
  await waitFor('both events in the output', () => {
    expect(output()).toMatch(new RegExp(`${orderId} +#1 +order\\.placed +✓ signed`));
    expect(output()).toMatch(new RegExp(`${orderId} +#3 +payment\\.authorized +✓ signed`));
  });
  expect(output()).not.toContain('inventory.reserved');
  stop();
  expect(await ended).toBe(0);
  expect(await endpoints()).toEqual([]);
});

test('npm run listen can refuse events and keep its endpoint, which the next one takes over', async () => {
  const { output, ended, stop } = await listening('--answer', '500', '--keep');
  const orderId = newOrderId();
  await webhooks.deliver([anEvent(orderId, 1)]);
  webhooks.send();
  await waitFor('a dead delivery', async () => {
    expect(output()).toContain('answered 500  attempt 4');
    expect(await webhooks.deliveries()).toMatchObject([{ state: 'dead' }]);
  });
  await webhooks.deliver([anEvent(orderId, 2)]);
  stop();
  expect(await ended).toBe(0);
  const [kept] = await endpoints();

  const later = await listening();
  expect(later.output()).toContain(`${kept!.id}, kept from before`);
  const { data } = (await api.http.get('/v1/dead-letters').expect(200)).body as {
    data: { id: string }[];
  };
  await api.http.post(`/v1/dead-letters/${data[0]!.id}/replay`).send({}).expect(200);
  await waitFor('the replayed events', () => {
    expect(later.output()).toMatch(/#1 .*✓ signed[^]*#2 .*✓ signed/);
  });
  later.stop();
  expect(await later.ended).toBe(0);
  expect(await endpoints()).toEqual([]);
});

test('npm run listen fails when nothing runs here, or when the API refuses a type', async () => {
  const refused = listen('--types', 'order.plced');
  expect(await refused.ended).toBe(1);
  expect(refused.output()).toContain('/types/0');
  await rm(join(folder.path, 'status.json'));
  const nothing = listen();
  expect(await nothing.ended).toBe(1);
  expect(nothing.output()).toContain('npm start');
});

test('a message that is not signed with the secret of npm run listen is refused', async () => {
  const arrivals: Arrival[] = [];
  const listener = await startListener({ status: 200, onArrival: (a) => arrivals.push(a) });
  const body = JSON.stringify({ type: 'order.placed', data: {} });
  listener.trust(`whsec_${Buffer.alloc(32).toString('base64')}`);
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
    'webhook-signature': 'v1,AAAA',
  };
  expect((await fetch(listener.url, { method: 'POST', body, headers })).status).toBe(401);
  expect((await fetch(listener.url, { method: 'POST', body })).status).toBe(401);
  const large = 'x'.repeat(100_000);
  expect((await fetch(listener.url, { method: 'POST', body: large, headers })).status).toBe(413);
  expect(arrivals.map(({ kind }) => kind)).toEqual(['refused', 'refused']);
  await listener.stop();
});
