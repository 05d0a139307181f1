import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { webhookDeadLetters as letters } from '../../../src/events/webhooks/dead-letters.js';
import { resendDelivery } from '../../../src/events/webhooks/deliveries.js';
import { tidyWebhooks } from '../../../src/events/webhooks/index.js';
import { openDatabase } from '../../../src/db/database.js';
import type { OrderId } from '../../../src/domain/ids.js';
import { eventsOf, newOrderId } from '../log-desk.js';
import { openPostOffice, type PostOffice, type Subscription } from './post-office.js';
import { answering, startSubscriber, taking, type Subscriber } from './subscriber.js';
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

const sequencesOf = (orderId: OrderId) =>
  subscriber.received.filter((m) => m.orderId === orderId).map((m) => m.sequence);
const statesOf = async (orderId?: OrderId) =>
  (await office.deliveries(orderId)).map(({ state }) => state);
const allDelivered = () =>
  waitFor('every delivery', async () => {
    expect(new Set(await statesOf())).toEqual(new Set(['delivered']));
  });

test('a sender that dies between the answer and its note sends again: the same id, in order', async () => {
  const orderId = newOrderId();
  await office.tell(eventsOf(orderId, 3));
  // The note of the first try is lost with the connection that would write it.
  await sql`create function events.die() returns trigger language plpgsql as $$
    begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`.execute(
    office.database,
  );
  await sql`create trigger dies before insert on events.webhook_attempts
    for each row execute function events.die()`.execute(office.database);
  const dying = office.send();
  await waitFor('1 messages', () => subscriber.received.length === 1);
  await dying.stop();
  await waitFor('three deliveries given back', async () => {
    expect(await statesOf()).toEqual(['waiting', 'waiting', 'waiting']);
  });
  await sql`drop trigger dies on events.webhook_attempts`.execute(office.database);

  office.send();
  await sleep(100);
  expect(subscriber.received).toHaveLength(1); // its claim holds until it ends
  await office.endClaims();
  await allDelivered();
  expect(sequencesOf(orderId)).toEqual([1, 1, 2, 3]);
  const [first, again] = subscriber.received;
  expect(again!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
});

test('connections to Postgres that are cut in the middle lose nothing and mix up no order', async () => {
  const orders = Array.from({ length: 10 }, newOrderId);
  await office.tell(orders.flatMap((orderId) => eventsOf(orderId, 6)));
  subscriber.answer = (_message, response) => {
    setTimeout(() => response.writeHead(200).end(), 10);
  };
  const lone = openDatabase({ url: office.url, poolSize: 1 });
  office.send({ leaseMs: 400 });
  office.send({ leaseMs: 400 });
  for (let cut = 0; cut < 4; cut += 1) {
    const before = subscriber.received.length;
    await waitFor('more messages', () => {
      expect(subscriber.received.length).toBeGreaterThan(before + 5);
    });
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(lone);
  }
  await lone.destroy();
  await waitFor('every delivery', async () => {
    const states = await statesOf().catch(() => ['unknown']);
    expect(new Set(states)).toEqual(new Set(['delivered']));
  });
  for (const orderId of orders) {
    // Once at least, and none before the one in front of it was taken.
    const firsts = sequencesOf(orderId).filter((s, at, all) => all.indexOf(s) === at);
    expect(firsts).toEqual([1, 2, 3, 4, 5, 6]);
  }
}, 60_000);

test('what waits outlives the senders: a later one goes on where they stopped', async () => {
  const orderId = newOrderId();
  await office.tell(eventsOf(orderId, 3));
  subscriber.answer = () => undefined;
  const first = office.send({ stopMs: 50 });
  await waitFor('1 messages', () => subscriber.received.length === 1);
  await first.stop();
  // A stop gives the claim back and spends no try.
  expect(await office.deliveries()).toMatchObject([
    { state: 'waiting', attempts: 0 },
    { state: 'waiting', attempts: 0 },
    { state: 'waiting', attempts: 0 },
  ]);
  subscriber.answer = taking;
  office.send();
  await allDelivered();
  expect(sequencesOf(orderId)).toEqual([1, 1, 2, 3]);
});

test('a dead letter holds its own order back, is listed, and replayed in order', async () => {
  const [stuck, free] = [newOrderId(), newOrderId()];
  subscriber.answer = ({ orderId, sequence }, response) => {
    response.writeHead(orderId === stuck && sequence === 2 ? 422 : 200).end();
  };
  await office.tell([...eventsOf(stuck, 4), ...eventsOf(free, 4)]);
  office.send();
  await waitFor('a dead delivery and those behind it', async () => {
    expect(await statesOf(stuck)).toEqual(['delivered', 'dead', 'waiting', 'waiting']);
    expect(await statesOf(free)).toEqual(Array(4).fill('delivered'));
  });
  await office.tell(eventsOf(stuck, 5).slice(4));
  const list = (filter = {}) => letters.list(office.database, filter, { limit: 10 });
  const [letter] = await list();
  expect(letter).toMatchObject({
    consumer: endpoint.id,
    event: { orderId: stuck, sequence: 2 },
    error: 'answered 422',
    attempts: 4,
    heldBack: 3,
  });
  expect(await list({ orderId: free })).toEqual([]);
  expect(await list({ consumer: 'webhooks', orderId: stuck })).toHaveLength(1);
  expect(await list({ consumer: endpoint.id })).toHaveLength(1);
  expect(await list({ consumer: 'loyalty-tiers' })).toEqual([]);

  subscriber.answer = taking;
  const { id } = letter!;
  expect(await letters.replay(office.database, id, { by: 'ada' })).toEqual({ kind: 'done' });
  expect(await letters.replay(office.database, id, { by: 'ada' })).toEqual({ kind: 'already' });
  await allDelivered();
  expect(sequencesOf(stuck)).toEqual([1, 2, 2, 2, 2, 2, 3, 4, 5]);
  expect(await letters.discard(office.database, id, { by: 'ada', reason: 'late' })).toEqual({
    kind: 'refused',
    because: 'settled',
  });
});

test('a discarded letter lets the later events of its order go on', async () => {
  const orderId = newOrderId();
  subscriber.answer = ({ sequence }, response) => {
    response.writeHead(sequence === 1 ? 500 : 200).end();
  };
  await office.tell(eventsOf(orderId, 3));
  office.send();
  await waitFor('a dead delivery and those behind it', async () => {
    expect(await statesOf()).toEqual(['dead', 'waiting', 'waiting']);
  });
  const { id } = (await office.deliveries())[0]!;
  const discard = () => letters.discard(office.database, id, { by: 'ada', reason: 'a test order' });
  expect(await discard()).toEqual({ kind: 'done' });
  expect(await discard()).toEqual({ kind: 'already' });
  expect(await letters.replay(office.database, id, { by: 'ada' })).toEqual({
    kind: 'refused',
    because: 'discarded',
  });
  await waitFor('the deliveries behind the discarded one', async () => {
    expect(await statesOf()).toEqual(['discarded', 'delivered', 'delivered']);
  });
  expect(await letters.list(office.database, {}, { limit: 10 })).toEqual([]);
  const unknown = 'whd_01m7y219pffzv8pj63v9wcvshh';
  expect(await letters.replay(office.database, unknown, { by: 'ada' })).toEqual({
    kind: 'unknown',
  });
});

test('all letters are replayed, or those of one endpoint, a bounded number at a time', async () => {
  subscriber.answer = answering(500);
  await office.tell(Array.from({ length: 5 }, () => eventsOf(newOrderId(), 1)).flat());
  const sender = office.send({ circuitFailures: 1_000 });
  await waitFor('five dead deliveries', async () => {
    expect(await statesOf()).toEqual(Array(5).fill('dead'));
  });
  await sender.stop();
  const replayAll = (consumer: string | undefined, limit: number) =>
    letters.replayAll(office.database, { consumer }, { by: 'ada', limit });
  expect(await replayAll('whe_another', 10)).toBe(0);
  expect(await replayAll(endpoint.id, 2)).toBe(2);
  expect(await replayAll(undefined, 10)).toBe(3);
  subscriber.answer = taking;
  office.send();
  await allDelivered();
});

test('one that was delivered is sent again by hand, with the same id', async () => {
  const orderId = newOrderId();
  await office.tell(eventsOf(orderId, 2));
  office.send();
  await allDelivered();
  const { id } = (await office.deliveries())[0]!;
  expect(await resendDelivery(office.database, id)).toMatchObject({ state: 'waiting' });
  await waitFor('the replayed message', () => {
    expect(sequencesOf(orderId)).toEqual([1, 2, 1]);
  });
  await allDelivered();
  expect((await office.deliveries())[0]!.attempts).toBe(2);
});

test('an endpoint that is deleted while messages are under way takes them with it', async () => {
  subscriber.answer = (_message, response) => {
    setTimeout(() => response.writeHead(200).end(), 100);
  };
  await office.tell(Array.from({ length: 8 }, () => eventsOf(newOrderId(), 2)).flat());
  office.send();
  await waitFor('requests under way', () => {
    expect(subscriber.open.now).toBeGreaterThan(3);
  });
  await sql`delete from events.webhook_endpoints`.execute(office.database);
  await waitFor('the end of all requests', () => subscriber.open.now === 0);
  expect(await statesOf()).toEqual([]);
  expect(await office.attempts()).toEqual([]);
});

test('what was settled long ago is forgotten, what waits or is dead is not', async () => {
  await office.tell(Array.from({ length: 4 }, () => eventsOf(newOrderId(), 1)).flat());
  for (const [index, state] of ['waiting', 'delivered', 'dead', 'discarded'].entries()) {
    await sql`update events.webhook_deliveries set state = ${state},
      settled_at = now() - interval '31 days' where position = ${index + 1}`.execute(
      office.database,
    );
  }
  expect(await tidyWebhooks(office.database)).toBe(false);
  expect(await statesOf()).toEqual(['waiting', 'dead']);
});
