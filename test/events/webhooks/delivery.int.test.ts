import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { beforeEach, describe, expect, test } from 'vitest';
import { allValues } from '../../../src/db/database.js';
import { rotateSecret } from '../../../src/events/webhooks/endpoints.js';
import { webhookFanOut } from '../../../src/events/webhooks/fan-out.js';
import { waitFor } from '../../support/wait-for.js';
import { anEvent, eventsOf, newOrderId } from '../event-log.js';
import { answering, failing, Subscriber, taking, useSubscriber, useWebhooks } from './webhooks.js';

const subscriber = useSubscriber();
const webhooks = useWebhooks();

const received = () => subscriber.received.map(({ eventId }) => eventId);

test('a message is thin, signed by the specification, and carries the trace', async () => {
  const { secret } = await webhooks.subscribe(subscriber.url);
  const event = anEvent(newOrderId(), 1, 'order.placed', { note: 'x'.repeat(100_000) });
  await webhooks.deliver([event]);
  webhooks.send();
  await webhooks.waitForStates(['delivered']);
  const [message] = subscriber.received;
  const { headers, body } = message!;
  expect(new Webhook(secret).verify(body, headers)).toEqual({
    type: 'order.placed',
    timestamp: event.time,
    data: {
      event_id: event.id,
      order_id: event.subject,
      sequence: 1,
      version: 1,
      links: { event: `/v1/events/${event.id}`, order: `/v1/orders/${event.subject}` },
    },
  });
  expect(Buffer.byteLength(body)).toBeLessThan(20_000);
  expect(headers).toMatchObject({
    'webhook-id': event.id,
    'content-type': 'application/json',
    traceparent: event.traceparent,
  });
  expect(() => new Webhook(secret).verify(body.replace('placed', 'failed'), headers)).toThrow();
});

test('two secrets sign during a rotation, and the new one alone after it', async () => {
  const { id, secret } = await webhooks.subscribe(subscriber.url);
  const rotated = await rotateSecret(webhooks.database, webhooks.settings.vault, id);
  const orderId = newOrderId();
  await webhooks.deliver([anEvent(orderId, 1)]);
  webhooks.send();
  await waitFor('1 messages', () => subscriber.received.length === 1);
  const during = subscriber.received[0]!;
  expect(during.headers['webhook-signature']!.split(' ')).toHaveLength(2);
  for (const known of [secret, rotated!.secret])
    new Webhook(known).verify(during.body, during.headers);

  await sql`update events.webhook_endpoints
    set previous_secret_until = now() - interval '1 millisecond'`.execute(webhooks.database);
  await webhooks.deliver([anEvent(orderId, 2)]);
  await waitFor('2 messages', () => subscriber.received.length === 2);
  const after = subscriber.received[1]!;
  new Webhook(rotated!.secret).verify(after.body, after.headers);
  expect(() => new Webhook(secret).verify(after.body, after.headers)).toThrow();
});

test('a retry has the same id, a new time and a signature that holds', async () => {
  const { secret } = await webhooks.subscribe(subscriber.url);
  subscriber.answer = failing((_message, before) => before === 0);
  await webhooks.deliver(eventsOf(newOrderId(), 1));
  webhooks.send({}, { scheduleMs: [2_200] });
  await waitFor('2 messages', () => subscriber.received.length === 2);
  const [first, second] = subscriber.received.map(({ headers }) => headers);
  expect(second!['webhook-id']).toBe(first!['webhook-id']);
  expect(second!['webhook-timestamp']).not.toBe(first!['webhook-timestamp']);
  for (const { body, headers } of subscriber.received) new Webhook(secret).verify(body, headers);
});

test('an endpoint gets the types that it asked for, and nothing from before it was there', async () => {
  const orderId = newOrderId();
  await webhooks.deliver([anEvent(orderId, 1, 'order.placed')]);
  const exact = await webhooks.subscribe(subscriber.url, ['payment.authorized']);
  const below = await webhooks.subscribe(subscriber.url, ['order.*']);
  const all = await webhooks.subscribe(subscriber.url);
  await webhooks.deliver([
    anEvent(orderId, 2, 'payment.authorized'),
    anEvent(orderId, 3, 'order.confirmed'),
    anEvent(orderId, 4, 'orders.strange'),
  ]);
  const of = ({ id }: { readonly id: string }) =>
    allValues<number>(webhooks.database)`
      select sequence from events.webhook_deliveries where endpoint_id = ${id} order by sequence`;
  expect(await Promise.all([exact, below, all].map(of))).toEqual([[2], [3], [2, 3, 4]]);
});

test('an event that comes again makes no second delivery', async () => {
  await webhooks.subscribe(subscriber.url);
  const events = eventsOf(newOrderId(), 3);
  await webhooks.deliver(events);
  await webhooks.database.transaction().execute(async (transaction) => {
    await webhookFanOut.apply(transaction, events);
  });
  expect(await webhooks.states()).toHaveLength(3);
});

test('later events of an order wait for the earlier one; other orders do not', async () => {
  await webhooks.subscribe(subscriber.url);
  const [stuck, free] = [newOrderId(), newOrderId()];
  subscriber.answer = failing((message) => message.orderId === stuck && message.sequence === 2);
  await webhooks.deliver([...eventsOf(stuck, 4), ...eventsOf(free, 4)]);
  const sender = webhooks.send({}, { scheduleMs: [60_000] });
  await waitFor('the deliveries of the free order', async () => {
    const rows = await webhooks.deliveries();
    expect(rows.filter(({ order_id }) => order_id === free).map((r) => r.state)).toEqual(
      Array(4).fill('delivered'),
    );
    expect(rows.find((r) => r.order_id === stuck && r.sequence === 2)!.attempts).toBe(1);
  });
  const waiting = (await webhooks.deliveries(stuck)).map((row) => `${row.state} ${row.attempts}`);
  expect(waiting).toEqual(['delivered 1', 'waiting 1', 'waiting 0', 'waiting 0']);
  subscriber.answer = taking;
  await webhooks.passTime();
  await webhooks.allDelivered();
  await sender.stop();
  expect(subscriber.sequencesOf(stuck)).toEqual([1, 2, 2, 3, 4]);
});

test('an order has one message under way, an endpoint no more than it may', async () => {
  await webhooks.subscribe(subscriber.url);
  const inFlight = new Map<string, number>();
  let mostOfAnOrder = 0;
  subscriber.answer = ({ orderId }, response) => {
    inFlight.set(orderId, (inFlight.get(orderId) ?? 0) + 1);
    mostOfAnOrder = Math.max(mostOfAnOrder, ...inFlight.values());
    setTimeout(() => {
      inFlight.set(orderId, inFlight.get(orderId)! - 1);
      response.writeHead(200).end();
    }, 15);
  };
  const orders = Array.from({ length: 12 }, newOrderId);
  await webhooks.deliver(orders.flatMap((orderId) => eventsOf(orderId, 5)));
  webhooks.send({ inFlightPerEndpoint: 4 });
  webhooks.send({ inFlightPerEndpoint: 4 });
  await webhooks.allDelivered();
  expect(mostOfAnOrder).toBe(1);
  expect(subscriber.open.most).toBeLessThanOrEqual(4);
  expect(subscriber.open.most).toBeGreaterThan(1);
  expect(new Set(received()).size).toBe(60);
  expect(received()).toHaveLength(60);
  for (const orderId of orders) {
    expect(subscriber.sequencesOf(orderId)).toEqual([1, 2, 3, 4, 5]);
  }
});

describe('the circuit of an endpoint', () => {
  let endpointId = '';
  beforeEach(async () => {
    subscriber.answer = answering(500);
    ({ id: endpointId } = await webhooks.subscribe(subscriber.url));
  });

  const hours = { scheduleMs: [3_600_000, 3_600_000, 3_600_000] };
  const orders = (count: number) =>
    webhooks.deliver(Array.from({ length: count }, () => eventsOf(newOrderId(), 1)).flat());
  const attemptsSpent = async () =>
    (await webhooks.deliveries()).reduce((sum, { attempts }) => sum + attempts, 0);

  test('a circuit opens after failures in a row, lets one through, and closes when that is taken', async () => {
    await orders(20);
    webhooks.send({ circuitFailures: 3, inFlightPerEndpoint: 1 }, hours);
    await webhooks.waitForEndpoint(endpointId, { circuit: 'open' });
    expect(await attemptsSpent()).toBe(3);
    expect(subscriber.received).toHaveLength(3);

    await webhooks.passTime();
    await waitFor('4 messages', () => subscriber.received.length === 4);
    await webhooks.waitForEndpoint(endpointId, { circuit: 'open' });
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
      expect(new Set(await webhooks.states())).toEqual(new Set(['delivered']));
      await webhooks.passTime();
    });
    const closed = { circuit: 'closed', consecutive_failures: 0 };
    expect(await webhooks.endpoint(endpointId)).toMatchObject(closed);
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
    subscriber.answer = failing((_message, before) => before % 3 !== 2);
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
    await webhooks.waitForEndpoint(endpointId, { circuit: 'open' });
    await waitFor('6 messages', () => well.received.length === 6);
    await well.stop();
  });

  test('an endpoint that took nothing for days is disabled, with the reason', async () => {
    await orders(1);
    await sql`update events.webhook_endpoints set consecutive_failures = 7,
    failing_since = now() - interval '6 days'`.execute(webhooks.database);
    webhooks.send({}, hours);
    const failing = { state: 'disabled', state_reason: 'failing_for_days' };
    await webhooks.waitForEndpoint(endpointId, failing);
    expect(await webhooks.deliveries()).toMatchObject([{ state: 'waiting' }]);
  });
});
