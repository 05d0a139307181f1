import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgresJournal } from '../../src/adapters/postgres-journal.js';
import { findOrder } from '../../src/db/orders.js';
import type { OrderId } from '../../src/domain/ids.js';
import { placed, type OrderState } from '../../src/domain/order-state.js';
import { openDesk, type Desk } from '../events/relay-harness.js';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.stop());

const shipped: OrderState = { ...placed, status: 'shipped', stage: 'delivery' };
const cancelled: OrderState = { ...placed, status: 'cancelled', stage: 'done' };

const write = (orderId: OrderId, revision: number, state: OrderState) =>
  postgresJournal(desk.database).append({
    orderId,
    key: `state:${revision}`,
    facts: [],
    change: { revision, state },
  });

const row = async (orderId: OrderId) => (await findOrder(desk.database, orderId))!;

describe('an order that has ended', () => {
  test('stays so, when a task that was lost still writes what it takes for the latest', async () => {
    const orderId = await desk.newOrder();
    await write(orderId, 20, { ...shipped, status: 'delivered', stage: 'done' });
    const { statusSince } = await row(orderId);
    await write(orderId, 22, shipped);
    expect(await row(orderId)).toMatchObject({ status: 'delivered', stage: 'done', statusSince });
  });

  test('shows that its money came back all the same', async () => {
    const orderId = await desk.newOrder();
    await write(orderId, 20, { ...cancelled, paymentStatus: 'captured' });
    await write(orderId, 21, { ...cancelled, paymentStatus: 'refunded' });
    expect(await row(orderId)).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
  });
});

test('an order that is under way moves as it is written', async () => {
  const orderId = await desk.newOrder();
  await write(orderId, 20, { ...placed, status: 'confirmed' });
  await write(orderId, 22, shipped);
  expect((await row(orderId)).status).toBe('shipped');
});
