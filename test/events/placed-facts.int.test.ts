import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { placedFacts } from '../../src/db/migrations/0015-placed-facts.js';
import {
  toOrderEvent,
  UnfitFact,
  type OutboxFact,
} from '../../src/events/catalogue/to-order-event.js';
import { placeOrder, StandInWorkflows, startTestApi, type TestApi } from '../api/harness.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi(new StandInWorkflows());
});
afterAll(() => api.stop());

async function outbox(): Promise<readonly OutboxFact[]> {
  const { rows } = await sql<OutboxFact>`
    select order_id as "orderId", sequence, type, data, at from orders.outbox
    order by order_id, sequence`.execute(api.database);
  return rows;
}

const forget = sql`update orders.outbox set data = data - 'customerId' - 'isMember' - 'lines'`;

it('orders that wait since before the upgrade are published with all that new ones tell', async () => {
  const lines = [
    { sku: 'TEA-100', quantity: 2 },
    { sku: 'MUG-200', quantity: 1 },
  ];
  await placeOrder(api, { lines });
  const { id } = await placeOrder(api, { discount_code: 'WELCOME10' });
  const facts = JSON.stringify([{ type: 'order.confirmed' }]);
  await sql`select orders.append(${id}, 'confirm', ${facts}::jsonb, 1, null)`.execute(api.database);
  const now = await outbox();
  expect(now).toHaveLength(3);
  await forget.execute(api.database);
  const before = (await outbox()).find(({ type }) => type === 'order.placed');
  expect(() => toOrderEvent(before!)).toThrow(UnfitFact);
  await sql`
    alter table orders.orders drop column trace_id;
    drop function orders.placed_details, orders.complete_placed cascade`.execute(api.database);

  await placedFacts.up(api.database);
  expect(await outbox()).toEqual(now);
});

it('an API of the version before can still accept orders meanwhile', async () => {
  const { id } = await placeOrder(api);
  const now = await outbox();
  await api.database.transaction().execute(async (transaction) => {
    await sql`
      with placed as (delete from orders.outbox where order_id = ${id} returning *)
      insert into orders.outbox (order_id, sequence, type, data, at)
      select order_id, sequence, type, jsonb_build_object('total', data -> 'total'), at
      from placed`.execute(transaction);
  });
  expect(await outbox()).toEqual(now);
});

it('an order that nobody knows stays as it was told', async () => {
  const orderId = 'ord_01m7y219pffzv8pj63v9wcvshh';
  await sql`insert into orders.outbox (order_id, sequence, type, data, at)
    values (${orderId}, 1, 'order.placed', '{"total":null}', now())`.execute(api.database);
  const fact = (await outbox()).find((row) => row.orderId === orderId);
  expect(fact?.data).toEqual({ total: null });
});
