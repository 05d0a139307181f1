import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { eventsOf, newOrderId } from '../event-log.js';
import { answering, taking, useSubscriber, useWebhooks, Subscriber } from './webhooks.js';
import { waitFor } from '../../support/wait-for.js';

const subscriber = useSubscriber(answering(500));
const webhooks = useWebhooks();
let endpointId = '';
beforeEach(async () => {
  ({ id: endpointId } = await webhooks.subscribe(subscriber.url));
});

const hours = { scheduleMs: [3_600_000, 3_600_000, 3_600_000] };
const orders = (count: number) =>
  webhooks.deliver(Array.from({ length: count }, () => eventsOf(newOrderId(), 1)).flat());
const isIn = (circuit: string) =>
  waitFor('the state of the circuit', async () => {
    expect((await webhooks.endpoint(endpointId)).circuit).toBe(circuit);
  });
const attemptsSpent = async () =>
  (await webhooks.deliveries()).reduce((sum, { attempts }) => sum + attempts, 0);

test('a circuit opens after failures in a row, lets one through, and closes when that is taken', async () => {
  await orders(20);
  webhooks.send({ circuitFailures: 3, inFlightPerEndpoint: 1 }, hours);
  await isIn('open');
  expect(await attemptsSpent()).toBe(3);
  expect(subscriber.received).toHaveLength(3);

  await webhooks.passTime();
  await waitFor('4 messages', () => subscriber.received.length === 4);
  await isIn('open');
  expect(await attemptsSpent()).toBe(4);

  let release: () => void = () => undefined;
  subscriber.answer = (message, response, before) => {
    if (before === 4) release = () => void response.writeHead(200).end();
    else taking(message, response, before);
  };
  await webhooks.passTime();
  await waitFor('5 messages', () => subscriber.received.length === 5);
  expect((await webhooks.endpoint(endpointId)).circuit).toBe('half_open');
  expect(subscriber.open.now).toBe(1);
  release();
  await waitFor('every delivery', async () => {
    expect(new Set((await webhooks.deliveries()).map(({ state }) => state))).toEqual(
      new Set(['delivered']),
    );
    await webhooks.passTime();
  });
  expect(await webhooks.endpoint(endpointId)).toMatchObject({
    circuit: 'closed',
    consecutive_failures: 0,
  });
});

test('of two senders one probes a half open circuit', async () => {
  await orders(10);
  await sql`update events.webhook_endpoints set consecutive_failures = 50,
    circuit_open_until = now() - interval '1 second'`.execute(webhooks.database);
  subscriber.answer = () => undefined;
  webhooks.send({ circuitFailures: 3 });
  webhooks.send({ circuitFailures: 3 });
  await waitFor('1 messages', () => subscriber.received.length === 1);
  await sleep(200);
  expect(subscriber.received).toHaveLength(1);
});

test('one success among the failures keeps the circuit closed', async () => {
  subscriber.answer = (message, response, before) => {
    (before % 3 === 2 ? taking : answering(500))(message, response, before);
  };
  await orders(12);
  webhooks.send({ circuitFailures: 3, inFlightPerEndpoint: 1 }, hours);
  await waitFor('12 attempts', async () => {
    expect(await attemptsSpent()).toBe(12);
  });
  expect((await webhooks.endpoint(endpointId)).circuit).toBe('closed');
});

test('the circuit of one endpoint is not that of another', async () => {
  const well = await new Subscriber().start();
  await webhooks.subscribe(well.url);
  await orders(6);
  webhooks.send({ circuitFailures: 2, inFlightPerEndpoint: 1 }, hours);
  await isIn('open');
  await waitFor('6 messages', () => well.received.length === 6);
  await well.stop();
});

test('an endpoint that took nothing for days is disabled, with the reason', async () => {
  await orders(1);
  await sql`update events.webhook_endpoints set consecutive_failures = 7,
    failing_since = now() - interval '6 days'`.execute(webhooks.database);
  webhooks.send({}, hours);
  await waitFor('a disabled endpoint', async () => {
    expect(await webhooks.endpoint(endpointId)).toMatchObject({
      state: 'disabled',
      state_reason: 'failing_for_days',
    });
  });
  expect(await webhooks.deliveries()).toMatchObject([{ state: 'waiting' }]);
});
