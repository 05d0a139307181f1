import { setTimeout as sleep } from 'node:timers/promises';
import { createServer, type AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import type { Resolve } from '../../../src/events/webhooks/address.js';
import { changeEndpoint } from '../../../src/events/webhooks/endpoints.js';
import type { SenderLimits, WebhookSettings } from '../../../src/events/webhooks/settings.js';
import { eventsOf, newOrderId } from '../event-log.js';
import {
  answering,
  taking,
  type Answering,
  useSubscriber,
  useWebhooks,
  Subscriber,
} from './webhooks.js';
import { waitFor } from '../../support/wait-for.js';

const subscriber = useSubscriber();
const webhooks = useWebhooks();
let endpointId = '';
beforeEach(async () => {
  ({ id: endpointId } = await webhooks.subscribe(subscriber.url));
});

const moveTo = (url: string) =>
  sql`update events.webhook_endpoints set url = ${url}`.execute(webhooks.database);
const oneEvent = () => webhooks.deliver(eventsOf(newOrderId(), 1));
const waitForAttempts = (times: number) =>
  waitFor('another attempt', async () => {
    expect((await webhooks.attempts()).length).toBeGreaterThanOrEqual(times);
  });
const hour = { scheduleMs: [3_600_000] };
const tryOnce = async (limits: Partial<SenderLimits> = {}, more: Partial<WebhookSettings> = {}) => {
  await oneEvent();
  webhooks.send(limits, { ...hour, ...more });
  await waitForAttempts(1);
  return webhooks.attempts();
};

test('a 500 is tried as often as the schedule has it, and is then dead', async () => {
  subscriber.answer = answering(500);
  await oneEvent();
  webhooks.send();
  await webhooks.waitForStates(['dead']);
  expect(await webhooks.attempts()).toEqual(
    [1, 2, 3, 4].map((number) => ({ number, status_code: 500, error: null })),
  );
  expect(subscriber.received).toHaveLength(4);
});

test('a redirect is a failure and is not followed', async () => {
  const elsewhere = await new Subscriber().start();
  subscriber.answer = answering(301, { location: elsewhere.url });
  expect(await tryOnce()).toMatchObject([{ status_code: 301 }]);
  expect(await webhooks.states()).toEqual(['waiting']);
  expect(elsewhere.received).toEqual([]);
  await elsewhere.stop();
});

/** Headers without an end. */
const trickling: Answering = (_message, response) => {
  const socket = response.socket!;
  socket.write('HTTP/1.1 200 OK\r\n');
  const timer = setInterval(() => socket.write('x-more: 1\r\n'), 20);
  socket.on('close', () => {
    clearInterval(timer);
  });
};
const rude: Answering = (_message, response) => {
  response.socket!.end('go away\r\n\r\n');
};
const quick = { tryMs: 150 };

test.each<[string, Answering, Partial<SenderLimits>, string]>([
  ['that never answers', () => undefined, quick, 'no answer within 150 ms'],
  ['whose headers have no end', trickling, quick, 'no answer within 150 ms'],
  [
    'whose headers are too large',
    answering(200, { 'x-much': 'x'.repeat(40_000) }),
    {},
    'HPE_HEADER_OVERFLOW',
  ],
  ['whose answer is not HTTP', rude, {}, 'HPE_INVALID_CONSTANT'],
])('a subscriber %s has failed', async (_title, answer, limits, error) => {
  subscriber.answer = answer;
  expect(await tryOnce(limits)).toMatchObject([{ status_code: null, error }]);
  await waitFor('the end of all requests', () => subscriber.open.now === 0);
});

const never: Resolve = () => new Promise(() => undefined);

test.each<[string, string, Partial<WebhookSettings>, string]>([
  ['a port where nobody listens', 'http://127.0.0.1:9/', {}, 'ECONNREFUSED'],
  [
    'a name that no name server resolves in time',
    'http://hooks.example.com/',
    { resolve: never },
    'no answer within 150 ms',
  ],
])('a try of %s has failed', async (_title, url, settings, error) => {
  await moveTo(url);
  expect(await tryOnce(quick, settings)).toMatchObject([{ status_code: null, error }]);
});

test('a status that comes slowly counts', async () => {
  subscriber.answer = (_message, response) => {
    setTimeout(() => response.writeHead(200).end(), 200);
  };
  await oneEvent();
  webhooks.send({ tryMs: 1_000 }, hour);
  await webhooks.waitForStates(['delivered']);
});

test('of an answer of 10 MB little is read, and the delivery counts', async () => {
  let written = 0;
  subscriber.answer = (_message, response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(64 * 1_024);
    const more = () => {
      while (!response.destroyed && written < 10_000_000) {
        written += chunk.length;
        if (!response.write(chunk)) {
          response.once('drain', more);
          return;
        }
      }
      if (!response.destroyed) response.end();
    };
    more();
  };
  await oneEvent();
  webhooks.send({}, hour);
  await webhooks.waitForStates(['delivered']);
  await waitFor('the end of all requests', () => subscriber.open.now === 0);
  expect(written).toBeLessThan(10_000_000);
});

test('410 disables the endpoint: nothing more is sent, and nothing is lost', async () => {
  subscriber.answer = answering(410);
  await oneEvent();
  webhooks.send();
  await webhooks.waitForEndpoint(endpointId, { state: 'disabled', state_reason: 'gone' });
  await oneEvent();
  expect(await webhooks.states()).toEqual(['waiting']);
  subscriber.answer = taking;
  await changeEndpoint(webhooks.database, endpointId, { state: 'enabled' });
  await webhooks.waitForStates(['delivered']);
});

test('429 with Retry-After leaves the endpoint alone for that long, all orders of it', async () => {
  subscriber.answer = answering(429, { 'retry-after': '3600' });
  await oneEvent();
  const sender = webhooks.send();
  await waitForAttempts(1);
  await oneEvent();
  expect((await webhooks.deliveries()).map(({ attempts }) => attempts)).toEqual([1, 0]);
  const [first] = await webhooks.deliveries();
  expect(first!.wait_s).toBeGreaterThan(3_500);
  // Several looks of the sender at what is due.
  await sleep(150);
  expect(subscriber.received).toHaveLength(1);
  subscriber.answer = taking;
  await webhooks.passTime();
  await webhooks.waitForStates(['delivered', 'delivered']);
  await sender.stop();
});

test('the try goes to the address that was checked, under the name that was given', async () => {
  const port = new URL(subscriber.url).port;
  await moveTo(`http://hooks.example.com:${port}/hook`);
  const asked: string[] = [];
  const resolve: Resolve = (name) => {
    asked.push(name);
    return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
  };
  await oneEvent();
  webhooks.send({}, { ...hour, resolve });
  await webhooks.waitForStates(['delivered']);
  expect(asked).toEqual(['hooks.example.com']);
  expect(subscriber.received[0]!.headers['host']).toBe(`hooks.example.com:${port}`);
});

test('a name that leads elsewhere since it was checked is not followed inside', async () => {
  const port = new URL(subscriber.url).port;
  let knocks = 0;
  const inside = createServer((socket) => {
    knocks += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  const insidePort = (inside.address() as AddressInfo).port;
  expect(port).not.toBe(String(insidePort));
  await moveTo(`https://hooks.example.com:${insidePort}/hook`);
  let looks = 0;
  const rebinding: Resolve = () => {
    looks += 1;
    return Promise.resolve([{ address: looks === 1 ? '93.184.215.14' : '127.0.0.1', family: 4 }]);
  };
  await rebinding('hooks.example.com'); // the look at its registration
  expect(await tryOnce({}, { rules: { allowInternal: false }, resolve: rebinding })).toMatchObject([
    { error: 'the address is not allowed' },
  ]);
  expect([looks, knocks]).toEqual([2, 0]);
  await new Promise((resolve) => inside.close(resolve));
});
