import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { consumersOf, type ServiceConsumer } from '../../src/choreography/consumers.js';
import { services } from '../../src/choreography/services.js';
import { readPendingTypes } from '../../src/db/choreography.js';
import { headPosition } from '../../src/events/log.js';
import { useServices } from './use-services.js';

const consumers = Object.values(services).flatMap((service) =>
  consumersOf(service, () => {
    throw new Error('Nobody acts here');
  }),
);
const names = consumers.map(({ name }) => name);

const testServices = useServices();
const { log } = testServices;
let before = 0;
beforeEach(async () => {
  await log.publishAll();
  before = await headPosition(log.database);
});

const pending = () => readPendingTypes(log.database, before, names);

/** Whether the log has an event since then that the group would get. */
async function filter({ filter: condition }: ServiceConsumer): Promise<boolean> {
  const { rows } = await sql`select from events.log e
    where e.position > ${before} and ${condition ?? sql`true`}`.execute(log.database);
  return rows.length > 0;
}

describe('the pending events of a choreographed order', () => {
  test('wake the groups that have something to do, and no others', async () => {
    await testServices.order();
    await log.publishAll();
    const { pendingTypes } = await pending();
    const woken = consumers.filter(({ handles }) => pendingTypes.some(handles));
    const wanting = [];
    for (const consumer of consumers) if (await filter(consumer)) wanting.push(consumer);
    expect(woken.map(({ name }) => name)).toEqual(wanting.map(({ name }) => name));
    expect(woken.map(({ name }) => name.split(':')[0]).sort()).toEqual([
      'inventory',
      'notification',
      'order',
    ]);
  });

  test('are pending once', async () => {
    await testServices.order();
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
