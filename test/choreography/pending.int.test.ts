import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { consumersOf, type ServiceConsumer } from '../../src/choreography/consumers.js';
import { services as allServices } from '../../src/choreography/services.js';
import { readPendingTypes, retryDeadLetters } from '../../src/db/choreography.js';
import { hasRow } from '../../src/db/database.js';
import type { OrderId } from '../../src/domain/ids.js';
import { consumerDeadLetters } from '../../src/events/consumer-dead-letters.js';
import { consumerRound } from '../../src/events/consumer-runner.js';
import { headPosition } from '../../src/events/log.js';
import { makeDue } from '../events/event-log.js';
import { compensating, inOneParcel } from './histories.js';
import { useServices } from './use-services.js';

let isAway = true;
const services = useServices({
  orders: { find: () => Promise.resolve({ paymentMethod: 'pm_1' }) },
  payments: {
    authorize: () =>
      isAway
        ? Promise.reject(new Error('the provider is away'))
        : Promise.resolve({ kind: 'authorized', paymentId: 'pi_1' }),
  },
});
beforeEach(() => {
  isAway = true;
});

const tries = 2;

/** The payment service retries what is due. */
async function tryAgain(): Promise<void> {
  await makeDue(services.log.database);
  await services.run('payment', tries);
}

/** An order for which the payment service has failed so often. */
async function failed(times: number, mostTries = tries): Promise<OrderId> {
  const orderId = await services.order();
  await services.log.append(orderId, inOneParcel);
  await services.run('payment', mostTries);
  for (let time = 1; time < times; time += 1) await tryAgain();
  return orderId;
}
const deadLettered = () => failed(tries);

async function letterOf(orderId: OrderId): Promise<string> {
  const [letter] = await consumerDeadLetters.list(services.log.database, { orderId }, { limit: 1 });
  return letter!.id;
}

const item = { reason: 'service_gave_up', subject: 'payment:inventory.reserved', owner: 'support' };
const quiet = { needsAttention: false, attention: [] };

describe('an event that a service cannot handle', () => {
  test('raises no item while it is retried', async () => {
    expect(await services.row(await failed(1))).toMatchObject(quiet);
  });

  test.each([
    ['its attempts are used up', tries],
    ['the first attempt is the last', 1],
  ])('raises an item when %s', async (_title, mostTries) => {
    const orderId = await failed(mostTries, mostTries);
    expect(await services.row(orderId)).toMatchObject({ needsAttention: true, attention: [item] });
  });

  test('raises no second item when it is replayed in vain', async () => {
    const orderId = await deadLettered();
    await consumerDeadLetters.replay(services.log.database, await letterOf(orderId), { by: 'ada' });
    await tryAgain();
    await tryAgain();
    expect((await services.row(orderId)).attention).toMatchObject([item]);
    expect(await services.count(orderId, 'attention.raised')).toBe(1);
  });

  test('closes its item when it is replayed with success', async () => {
    const orderId = await deadLettered();
    await consumerDeadLetters.replay(services.log.database, await letterOf(orderId), { by: 'ada' });
    expect((await services.row(orderId)).needsAttention).toBe(true);
    isAway = false;
    await tryAgain();
    expect(await services.row(orderId)).toMatchObject(quiet);
    expect(await services.types(orderId)).toContain('payment.authorized');
  });

  test('closes its item when it is discarded', async () => {
    const orderId = await deadLettered();
    const decision = { by: 'ada', reason: 'not needed' };
    await consumerDeadLetters.discard(services.log.database, await letterOf(orderId), decision);
    await tryAgain();
    expect(await services.row(orderId)).toMatchObject(quiet);
    expect(await services.types(orderId)).not.toContain('payment.authorized');
  });

  test('closes its item when a cancel has made it needless', async () => {
    const orderId = await deadLettered();
    await services.log.append(orderId, compensating('cancelled'));
    await retryDeadLetters(services.log.database, orderId);
    // The cancel itself needs more of a provider than this one has.
    await tryAgain();
    const reasons = (await services.row(orderId)).attention.map(({ subject }) => subject);
    expect(reasons).not.toContain(item.subject);
  });
});

test('a dead letter of a team raises no item of the order', async () => {
  const orderId = await services.order();
  await services.log.publishAll();
  const team = { name: 'a_team', apply: () => Promise.reject(new Error('not ours')) };
  const rules = { batchSize: 1, maxAttempts: 1 };
  while ((await consumerRound(services.log.database, team, rules)).hasMore);
  expect(await letterOf(orderId)).toMatch(/^dlt_/);
  expect(await services.row(orderId)).toMatchObject(quiet);
});

const consumers = Object.values(allServices).flatMap((service) =>
  consumersOf(service, () => {
    throw new Error('Nobody acts here');
  }),
);
const names = consumers.map(({ name }) => name);

const { log } = services;
let before = 0;
beforeEach(async () => {
  await log.publishAll();
  before = await headPosition(log.database);
});

const pending = () => readPendingTypes(log.database, before, names);

/** Whether the log has an event since then that the group would get. */
const isWanted = ({ filter }: ServiceConsumer): Promise<boolean> =>
  hasRow(log.database)`
    select from events.log e where e.position > ${before} and ${filter ?? sql`true`}`;

describe('the pending events of a choreographed order', () => {
  test('wake the groups that have something to do, and no others', async () => {
    await services.order();
    await log.publishAll();
    const { pendingTypes } = await pending();
    const woken = consumers.filter(({ handles }) => pendingTypes.some(handles));
    const wanting = [];
    for (const consumer of consumers) if (await isWanted(consumer)) wanting.push(consumer);
    expect(woken.map(({ name }) => name)).toEqual(wanting.map(({ name }) => name));
    expect(woken.map(({ name }) => name.split(':')[0]).sort()).toEqual([
      'inventory',
      'notification',
      'order',
    ]);
  });

  test('are pending once', async () => {
    await services.order();
    await log.publishAll();
    before = (await pending()).position;
    expect(await pending()).toMatchObject({ position: before, pendingTypes: [] });
  });
});

test('an order that a workflow leads wakes no service', async () => {
  const orderId = await log.newOrder();
  await log.append(orderId, { type: 'order.confirmed' });
  await log.publishAll();
  expect((await pending()).pendingTypes).toEqual([]);
});
