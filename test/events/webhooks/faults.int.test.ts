import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { webhookDeadLetters as letters } from '../../../src/events/webhooks/dead-letters.js';
import { resendDelivery } from '../../../src/events/webhooks/deliveries.js';
import { execute, openDatabase } from '../../../src/db/database.js';
import { eventsOf, newOrderId } from '../event-log.js';
import { answering, failing, taking, useSubscriber, useWebhooks } from './webhooks.js';
import { waitFor } from '../../support/wait-for.js';

const subscriber = useSubscriber();
const webhooks = useWebhooks();
let endpointId = '';
beforeEach(async () => {
  ({ id: endpointId } = await webhooks.subscribe(subscriber.url));
});

const replay = (id: string) => letters.replay(webhooks.database, id, { by: 'ada' });
const discard = (id: string) =>
  letters.discard(webhooks.database, id, { by: 'ada', reason: 'a test order' });

test('a sender that dies between the answer and its note sends again: the same id, in order', async () => {
  const orderId = newOrderId();
  await webhooks.deliver(eventsOf(orderId, 3));
  // The note of the first try is lost with the connection that would write it.
  await execute(webhooks.database)`create function events.die() returns trigger language plpgsql as
    $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`;
  await execute(webhooks.database)`create trigger dies before insert on events.webhook_attempts
    for each row execute function events.die()`;
  const dying = webhooks.send();
  await waitFor('1 messages', () => subscriber.received.length === 1);
  await dying.stop();
  await webhooks.waitForStates(['waiting', 'waiting', 'waiting']);
  await sql`drop trigger dies on events.webhook_attempts`.execute(webhooks.database);

  webhooks.send();
  await sleep(100);
  expect(subscriber.received).toHaveLength(1); // its claim holds until it ends
  await webhooks.endClaims();
  await webhooks.allDelivered();
  expect(subscriber.sequencesOf(orderId)).toEqual([1, 1, 2, 3]);
  const [first, again] = subscriber.received;
  expect(again!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
});

test('connections to Postgres that are cut in the middle lose nothing and mix up no order', async () => {
  const orders = Array.from({ length: 10 }, newOrderId);
  await webhooks.deliver(orders.flatMap((orderId) => eventsOf(orderId, 6)));
  subscriber.answer = (_message, response) => {
    setTimeout(() => response.writeHead(200).end(), 10);
  };
  const lone = openDatabase({ url: webhooks.url, poolSize: 1 });
  webhooks.send({ leaseMs: 400 });
  webhooks.send({ leaseMs: 400 });
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
    const states = await webhooks.states().catch(() => ['unknown']);
    expect(new Set(states)).toEqual(new Set(['delivered']));
  });
  for (const orderId of orders) {
    // Once at least, and none before the one in front of it was taken.
    const firsts = subscriber.sequencesOf(orderId).filter((s, at, all) => all.indexOf(s) === at);
    expect(firsts).toEqual([1, 2, 3, 4, 5, 6]);
  }
}, 60_000);

test('what waits outlives the senders: a later one goes on where they stopped', async () => {
  const orderId = newOrderId();
  await webhooks.deliver(eventsOf(orderId, 3));
  subscriber.answer = () => undefined;
  const first = webhooks.send({ stopMs: 50 });
  await waitFor('1 messages', () => subscriber.received.length === 1);
  await first.stop();
  // A stop gives the claim back and spends no try.
  const untried = { state: 'waiting', attempts: 0 };
  expect(await webhooks.deliveries()).toMatchObject([untried, untried, untried]);
  subscriber.answer = taking;
  webhooks.send();
  await webhooks.allDelivered();
  expect(subscriber.sequencesOf(orderId)).toEqual([1, 1, 2, 3]);
});

test('a dead letter holds its own order back, is listed, and replayed in order', async () => {
  const [stuck, free] = [newOrderId(), newOrderId()];
  subscriber.answer = ({ orderId, sequence }, response) => {
    response.writeHead(orderId === stuck && sequence === 2 ? 422 : 200).end();
  };
  await webhooks.deliver([...eventsOf(stuck, 4), ...eventsOf(free, 4)]);
  webhooks.send();
  await webhooks.waitForStates(['delivered', 'dead', 'waiting', 'waiting'], stuck);
  await webhooks.waitForStates(Array(4).fill('delivered'), free);
  await webhooks.deliver(eventsOf(stuck, 5).slice(4));
  const list = (filter = {}) => letters.list(webhooks.database, filter, { limit: 10 });
  const [letter] = await list();
  expect(letter).toMatchObject({
    consumer: endpointId,
    event: { orderId: stuck, sequence: 2 },
    error: 'answered 422',
    attempts: 4,
    heldBack: 3,
  });
  expect(await list({ orderId: free })).toEqual([]);
  expect(await list({ consumer: 'webhooks', orderId: stuck })).toHaveLength(1);
  expect(await list({ consumer: endpointId })).toHaveLength(1);
  expect(await list({ consumer: 'loyalty-tiers' })).toEqual([]);

  subscriber.answer = taking;
  const { id } = letter!;
  expect(await replay(id)).toEqual({ kind: 'done' });
  expect(await replay(id)).toEqual({ kind: 'already' });
  await webhooks.allDelivered();
  expect(subscriber.sequencesOf(stuck)).toEqual([1, 2, 2, 2, 2, 2, 3, 4, 5]);
  expect(await discard(id)).toEqual({ kind: 'refused', because: 'settled' });
});

test('a discarded letter lets the later events of its order go on', async () => {
  const orderId = newOrderId();
  subscriber.answer = failing(({ sequence }) => sequence === 1);
  await webhooks.deliver(eventsOf(orderId, 3));
  webhooks.send();
  await webhooks.waitForStates(['dead', 'waiting', 'waiting']);
  const { id } = (await webhooks.deliveries())[0]!;
  expect(await discard(id)).toEqual({ kind: 'done' });
  expect(await discard(id)).toEqual({ kind: 'already' });
  expect(await replay(id)).toEqual({ kind: 'refused', because: 'discarded' });
  await webhooks.waitForStates(['discarded', 'delivered', 'delivered']);
  expect(await letters.list(webhooks.database, {}, { limit: 10 })).toEqual([]);
  const unknown = 'whd_01m7y219pffzv8pj63v9wcvshh';
  expect(await replay(unknown)).toEqual({ kind: 'unknown' });
});

test('all letters are replayed, or those of one endpoint, a bounded number at a time', async () => {
  subscriber.answer = answering(500);
  await webhooks.deliver(Array.from({ length: 5 }, () => eventsOf(newOrderId(), 1)).flat());
  const sender = webhooks.send({ circuitFailures: 1_000 });
  await webhooks.waitForStates(Array(5).fill('dead'));
  await sender.stop();
  const replayAll = (consumer: string | undefined, limit: number) =>
    letters.replayAll(webhooks.database, { consumer }, { by: 'ada', limit });
  expect(await replayAll('whe_another', 10)).toBe(0);
  expect(await replayAll(endpointId, 2)).toBe(2);
  expect(await replayAll(undefined, 10)).toBe(3);
  subscriber.answer = taking;
  webhooks.send();
  await webhooks.allDelivered();
});

test('one that was delivered is sent again by hand, with the same id', async () => {
  const orderId = newOrderId();
  await webhooks.deliver(eventsOf(orderId, 2));
  webhooks.send();
  await webhooks.allDelivered();
  const { id } = (await webhooks.deliveries())[0]!;
  expect(await resendDelivery(webhooks.database, id)).toMatchObject({ state: 'waiting' });
  await waitFor('the replayed message', () => {
    expect(subscriber.sequencesOf(orderId)).toEqual([1, 2, 1]);
  });
  await webhooks.allDelivered();
  expect((await webhooks.deliveries())[0]!.attempts).toBe(2);
});

test('an endpoint that is deleted while messages are under way takes them with it', async () => {
  subscriber.answer = (_message, response) => {
    setTimeout(() => response.writeHead(200).end(), 100);
  };
  await webhooks.deliver(Array.from({ length: 8 }, () => eventsOf(newOrderId(), 2)).flat());
  webhooks.send();
  await waitFor('requests under way', () => {
    expect(subscriber.open.now).toBeGreaterThan(3);
  });
  await sql`delete from events.webhook_endpoints`.execute(webhooks.database);
  await waitFor('the end of all requests', () => subscriber.open.now === 0);
  expect(await webhooks.states()).toEqual([]);
  expect(await webhooks.attempts()).toEqual([]);
});
