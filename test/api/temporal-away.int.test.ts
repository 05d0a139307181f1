import { beforeEach, expect, test } from 'vitest';
import { orderInputOf, startOrder, unstartedOrders } from '../../src/temporal/starts.js';
import { away, placeOrder, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
beforeEach(() => {
  workflows.startAnswer = { kind: 'not_started', cause: away };
});

const startLater = async () => {
  for (const input of await unstartedOrders(api.database, 100, 0)) {
    await startOrder(api.database, workflows, input);
  }
};

test('an order is accepted while Temporal is away, and started later with the same input', async () => {
  const { id } = await placeOrder(api);
  const [tried] = workflows.started;
  expect(await unstartedOrders(api.database, 10, 0)).toEqual([tried]);
  expect(await orderInputOf(api.database, id)).toEqual(tried);

  workflows.startAnswer = { kind: 'started' };
  await startLater();

  expect(workflows.started).toEqual([tried, tried]);
  expect(await unstartedOrders(api.database, 10, 0)).toEqual([]);
});

test('an order counts as not started as long as Temporal does not take it', async () => {
  const { id } = await placeOrder(api);
  await startLater();
  expect(await unstartedOrders(api.database, 10, 0)).toMatchObject([{ orderId: id }]);
  workflows.startAnswer = { kind: 'started' };
  await startLater();
});

test('a workflow that runs already counts as started', async () => {
  await placeOrder(api);
  workflows.startAnswer = { kind: 'already_started' };
  await startLater();
  expect(await unstartedOrders(api.database, 10, 0)).toEqual([]);
});

test('unstarted orders are listed the oldest first, without those that their request may still start', async () => {
  const first = await placeOrder(api);
  const second = await placeOrder(api);
  expect(await unstartedOrders(api.database, 10, 60_000)).toEqual([]);
  const ids = (await unstartedOrders(api.database, 10, 0)).map(({ orderId }) => orderId);
  expect(ids).toEqual([first.id, second.id]);
  expect(await unstartedOrders(api.database, 1, 0)).toMatchObject([{ orderId: first.id }]);
});

test('an order that does not exist has no workflow input', async () => {
  expect(await orderInputOf(api.database, 'ord_00000000000000000000000000')).toBeUndefined();
});
