import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { relayConfig } from '../../src/config.js';
import { senderLimits } from '../../src/events/webhooks/settings.js';
import { fencesOf, readText, rowsIn } from './pages.js';

const page = 'docs/webhooks.md';
const example = 'docs/examples/webhook-subscriber.mjs';

test('docs/webhooks.md gives the retry schedule of the relay', () => {
  const { WEBHOOK_RETRY_SCHEDULE_MS: scheduleMs } = relayConfig({
    DATABASE_URL: 'postgres://127.0.0.1/orders',
    WEBHOOK_SECRET_KEY: 'sixteen characters and more',
  });
  const unitsMs = { seconds: 1_000, minutes: 60_000, hours: 3_600_000 };
  const waits = rowsIn(readText(page)).flatMap(([attempt, wait]) => {
    const [, count, unit] = /^(\d+) (seconds|minutes|hours)$/.exec(wait ?? '') ?? [];
    if (unit === undefined) return [];
    return [[Number(attempt), Number(count) * unitsMs[unit as keyof typeof unitsMs]]];
  });
  expect(waits).toEqual(scheduleMs.map((waitMs, index) => [index + 2, waitMs]));
});

test.each([
  `within ${senderLimits.tryMs / 1_000} seconds`,
  `| ${senderLimits.circuitFailures} failures in a row `,
  `up to ${senderLimits.circuitMs / 60_000} minutes at a time`,
  `failures alone for ${senderLimits.disableMs / 86_400_000} days`,
])('docs/webhooks.md gives the limit of the sender: %s', (limit) => {
  expect(readText(page)).toContain(limit);
});

test('the subscriber in docs/webhooks.md is the example file, and accepts signed messages only', async () => {
  expect(fencesOf(page, 'js')[0]).toBe(readText(example));
  const location = new URL(`../../${example}`, import.meta.url).href;
  const { createSubscriber } = (await import(/* @vite-ignore */ location)) as {
    createSubscriber: (secret: string, take: (message: unknown) => Promise<void>) => Server;
  };
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const taken: unknown[] = [];
  const server = createSubscriber(secret, (message) => {
    taken.push(message);
    return Promise.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const body = '{"type":"order.placed"}';
  const now = new Date();
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('evt_1', now, body),
  };
  const post = async (text: string) =>
    (await fetch(url, { method: 'POST', body: text, headers })).status;
  expect(await post(body)).toBe(204);
  expect(await post(body.replace('placed', 'failed'))).toBe(400);
  expect(taken).toEqual([{ type: 'order.placed' }]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
