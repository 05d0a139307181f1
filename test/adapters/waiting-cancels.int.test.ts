import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgresJournal } from '../../src/adapters/postgres-journal.js';
import { noteCancelAsked } from '../../src/db/waiting-cancels.js';
import type { OrderId } from '../../src/domain/ids.js';
import { openDesk, type Desk } from '../events/relay-harness.js';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.stop());

const write = (orderId: OrderId, key: string) =>
  postgresJournal(desk.database).append({ orderId, key, facts: [] });

const askedAt = async (orderId: OrderId) =>
  desk.database
    .selectFrom('orders.orders')
    .select('cancel_asked_at')
    .where('id', '=', orderId)
    .executeTakeFirst();

describe('whoever writes about an order', () => {
  test('is told that a cancel was asked for', async () => {
    const orderId = await desk.newOrder();
    await noteCancelAsked(desk.database, orderId);
    expect(await write(orderId, 'step')).toMatchObject({ isCancelAsked: true });
  });

  test('is told so as well when it writes a second time', async () => {
    const orderId = await desk.newOrder();
    await write(orderId, 'step');
    await noteCancelAsked(desk.database, orderId);
    expect(await write(orderId, 'step')).toMatchObject({ isCancelAsked: true });
  });

  test('is told nothing when nobody asked for one', async () => {
    const [orderId, another] = [await desk.newOrder(), await desk.newOrder()];
    await noteCancelAsked(desk.database, another);
    expect(await write(orderId, 'step')).not.toHaveProperty('isCancelAsked');
  });
});

test('a cancel that is asked for again was asked for at first', async () => {
  const orderId = await desk.newOrder();
  await noteCancelAsked(desk.database, orderId);
  const first = await askedAt(orderId);
  expect(first?.cancel_asked_at).toBeInstanceOf(Date);
  await noteCancelAsked(desk.database, orderId);
  expect(await askedAt(orderId)).toEqual(first);
});
