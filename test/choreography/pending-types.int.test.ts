import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consumersOf, type ServiceConsumer } from '../../src/choreography/consumers.js';
import { services } from '../../src/choreography/services.js';
import { readPendingTypes } from '../../src/db/choreography.js';
import { headPosition } from '../../src/events/log.js';
import { ServiceDesk } from './service-desk.js';

const consumers = Object.values(services).flatMap((service) =>
  consumersOf(service, () => {
    throw new Error('Nobody acts here');
  }),
);
const names = consumers.map(({ name }) => name);

let desk: ServiceDesk;
let before = 0;
beforeAll(async () => {
  desk = await ServiceDesk.open();
});
beforeEach(async () => {
  await desk.desk.publishAll();
  before = await headPosition(desk.desk.database);
});
afterAll(() => desk.close());

const news = () => readPendingTypes(desk.desk.database, before, names);

/** Whether the log has an event since then that the group would get. */
async function filter({ filter: condition }: ServiceConsumer): Promise<boolean> {
  const { rows } = await sql`select from events.log e
    where e.position > ${before} and ${condition ?? sql`true`}`.execute(desk.desk.database);
  return rows.length > 0;
}

describe('the news of a choreographed order', () => {
  test('wake the groups that have something to do, and no others', async () => {
    await desk.order();
    await desk.desk.publishAll();
    const { pendingTypes } = await news();
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

  test('are no news the second time', async () => {
    await desk.order();
    await desk.desk.publishAll();
    before = (await news()).position;
    expect(await news()).toMatchObject({ position: before, pendingTypes: [] });
  });
});

test('an order that a workflow leads wakes nobody', async () => {
  const orderId = await desk.desk.newOrder();
  await desk.desk.tell(orderId, { type: 'order.confirmed' });
  await desk.desk.publishAll();
  expect((await news()).pendingTypes).toEqual([]);
});
