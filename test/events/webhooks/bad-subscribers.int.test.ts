import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer, type Server, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Resolve } from '../../../src/events/webhooks/address.js';
import { eventsOf, newOrderId } from '../log-desk.js';
import { openPostOffice, type PostOffice, type Subscription } from './post-office.js';
import {
  answering,
  startSubscriber,
  taking,
  type Answering,
  type Subscriber,
} from './subscriber.js';
import { waitFor } from '../../support/wait-for.js';

let office: PostOffice;
let subscriber: Subscriber;
let endpoint: Subscription;
beforeEach(async () => {
  office = await openPostOffice();
  subscriber = await startSubscriber();
  endpoint = await office.subscribe(subscriber.url);
});
afterEach(async () => {
  await office.stop();
  await subscriber.stop();
});

const oneEvent = () => office.tell(eventsOf(newOrderId(), 1));
const states = async () => (await office.deliveries()).map(({ state }) => state);
const waitForStates = (...expected: string[]) =>
  waitFor('deliveries in these states', async () => {
    expect(await states()).toEqual(expected);
  });
const waitForAttempts = (times: number) =>
  waitFor('another attempt', async () => {
    expect((await office.attempts()).length).toBeGreaterThanOrEqual(times);
  });
const hour = { scheduleMs: [3_600_000] };

test('a 500 is tried as often as the schedule has it, and is then dead', async () => {
  subscriber.answer = answering(500);
  await oneEvent();
  office.send();
  await waitForStates('dead');
  expect(await office.attempts()).toEqual(
    [1, 2, 3, 4].map((number) => ({ number, status_code: 500, error: null })),
  );
  expect(subscriber.received).toHaveLength(4);
});

test('a redirect is a failure, and nobody goes where it leads', async () => {
  const elsewhere = await startSubscriber();
  subscriber.answer = answering(301, { location: elsewhere.url });
  await oneEvent();
  office.send({}, hour);
  await waitForAttempts(1);
  expect(await office.attempts()).toMatchObject([{ status_code: 301 }]);
  expect(await states()).toEqual(['waiting']);
  expect(elsewhere.received).toEqual([]);
  await elsewhere.stop();
});

test('who never answers is cut off at the limit of a try', async () => {
  subscriber.answer = () => undefined;
  await oneEvent();
  office.send({ tryMs: 150 }, hour);
  await waitForAttempts(1);
  expect(await office.attempts()).toMatchObject([
    { status_code: null, error: 'no answer within 150 ms' },
  ]);
  await waitFor('the end of all requests', () => subscriber.open.now === 0);
});

test('a status that comes slowly counts; headers without an end are cut off', async () => {
  const slowly: Answering = (_message, response) => {
    setTimeout(() => response.writeHead(200).end(), 200);
  };
  subscriber.answer = slowly;
  await oneEvent();
  office.send({ tryMs: 1_000 }, hour);
  await waitForStates('delivered');

  const trickle: Answering = (_message, response) => {
    const socket = response.socket!;
    socket.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket.write('x-more: 1\r\n'), 20);
    socket.on('close', () => {
      clearInterval(timer);
    });
  };
  subscriber.answer = trickle;
  await oneEvent();
  await waitForAttempts(2);
  expect((await office.attempts()).at(-1)).toMatchObject({ error: 'no answer within 1000 ms' });
});

test('of 10 MB little is read, and the delivery counts', async () => {
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
  office.send({}, hour);
  await waitForStates('delivered');
  await waitFor('the end of all requests', () => subscriber.open.now === 0);
  expect(written).toBeLessThan(10_000_000);
});

test('headers without measure are a failure', async () => {
  subscriber.answer = answering(200, { 'x-much': 'x'.repeat(40_000) });
  await oneEvent();
  office.send({}, hour);
  await waitForAttempts(1);
  expect(await office.attempts()).toMatchObject([
    { status_code: null, error: 'HPE_HEADER_OVERFLOW' },
  ]);
});

test('410 disables the endpoint: nothing more is sent, and nothing is lost', async () => {
  subscriber.answer = answering(410);
  await oneEvent();
  office.send();
  await waitFor('a disabled endpoint', async () => {
    expect(await office.endpoint(endpoint.id)).toMatchObject({
      state: 'disabled',
      state_reason: 'gone',
    });
  });
  await oneEvent();
  expect(await states()).toEqual(['waiting']);
  subscriber.answer = taking;
  const { changeEndpoint } = await import('../../../src/events/webhooks/endpoints.js');
  await changeEndpoint(office.database, endpoint.id, { state: 'enabled' });
  await waitForStates('delivered');
});

test('429 with Retry-After leaves the endpoint alone for that long, all orders of it', async () => {
  subscriber.answer = answering(429, { 'retry-after': '3600' });
  await oneEvent();
  const sender = office.send();
  await waitForAttempts(1);
  await oneEvent();
  expect((await office.deliveries()).map(({ attempts }) => attempts)).toEqual([1, 0]);
  const [first] = await office.deliveries();
  expect(first!.wait_s).toBeGreaterThan(3_500);
  // Several looks of the sender at what is due.
  await sleep(150);
  expect(subscriber.received).toHaveLength(1);
  subscriber.answer = taking;
  await office.passTime();
  await waitForStates('delivered', 'delivered');
  await sender.stop();
});

test('503 may say it with a date, and for a day at the most', async () => {
  const inAWeek = new Date(Date.now() + 7 * 86_400_000).toUTCString();
  subscriber.answer = answering(503, { 'retry-after': inAWeek });
  await oneEvent();
  office.send();
  await waitForAttempts(1);
  const { wait_s: waitS } = (await office.deliveries())[0]!;
  expect(waitS).toBeGreaterThan(86_000);
  expect(waitS).toBeLessThanOrEqual(86_400);
});

test('a refused connection is a failure with its code', async () => {
  await subscriber.stop();
  await oneEvent();
  office.send({}, hour);
  await waitForAttempts(1);
  expect(await office.attempts()).toMatchObject([{ status_code: null, error: 'ECONNREFUSED' }]);
  subscriber = await startSubscriber();
});

test('what is not HTTP, and a line that goes dead, are failures', async () => {
  const rude: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('go away\r\n\r\n'));
  });
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
  const { port } = rude.address() as AddressInfo;
  await sql`
      update events.webhook_endpoints set url = ${`http://127.0.0.1:${port}/`}`.execute(
    office.database,
  );
  await oneEvent();
  office.send({}, hour);
  await waitForAttempts(1);
  expect((await office.attempts())[0]!.error).toMatch(/^HPE_/);
  await new Promise((resolve) => rude.close(resolve));
});

test('the try goes to the address that was checked, under the name that was given', async () => {
  const port = new URL(subscriber.url).port;
  await sql`
      update events.webhook_endpoints
      set url = ${`http://hooks.example.com:${port}/hook`}`.execute(office.database);
  const asked: string[] = [];
  const resolve: Resolve = (name) => {
    asked.push(name);
    return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
  };
  await oneEvent();
  office.send({}, { ...hour, resolve });
  await waitForStates('delivered');
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
  await sql`
      update events.webhook_endpoints
      set url = ${`https://hooks.example.com:${insidePort}/hook`}`.execute(office.database);
  let looks = 0;
  const rebinding: Resolve = () => {
    looks += 1;
    return Promise.resolve([{ address: looks === 1 ? '93.184.215.14' : '127.0.0.1', family: 4 }]);
  };
  await rebinding('hooks.example.com'); // the look at its registration
  await oneEvent();
  office.send({}, { ...hour, rules: { allowInternal: false }, resolve: rebinding });
  await waitForAttempts(1);
  expect(await office.attempts()).toMatchObject([{ error: 'the address is not allowed' }]);
  expect([looks, knocks]).toEqual([2, 0]);
  await new Promise((resolve) => inside.close(resolve));
});

test('a name server that never answers costs no more than a try', async () => {
  const never: Resolve = () => new Promise(() => undefined);
  await sql`update events.webhook_endpoints set url = 'http://hooks.example.com/'`.execute(
    office.database,
  );
  await oneEvent();
  office.send({ tryMs: 100 }, { ...hour, resolve: never });
  await waitForAttempts(1);
  expect(await office.attempts()).toMatchObject([{ error: 'no answer within 100 ms' }]);
});
