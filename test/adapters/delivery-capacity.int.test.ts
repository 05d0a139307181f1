import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import { partnerOf, startHarness, type DeliveryHarness } from './delivery-harness.js';

let harness: DeliveryHarness;
beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(() => harness.nobody());
afterAll(() => harness.stop());

test('never gives a partner more orders than it has room for, however many ask at once', async () => {
  await harness.aPartner('dp_harbor', { postal_prefixes: ['20'], capacity: 3 });
  await harness.aPartner('dp_north', { postal_prefixes: ['2'], capacity: 4 });
  await harness.aPartner('dp_city', { capacity: 5, answers: 'at_once' });
  const orderIds = await Promise.all(Array.from({ length: 20 }, () => harness.anOrder()));
  const made = await Promise.all(orderIds.map((orderId) => harness.offer(orderId)));
  const taken = made.map(partnerOf);
  const times = (partnerId: string | null) => taken.filter((id) => id === partnerId).length;
  expect([times('dp_harbor'), times('dp_north'), times('dp_city'), times(null)]).toEqual([
    3, 4, 5, 8,
  ]);
});

test.each<[string, (orderId: OrderId, offerId: string) => Promise<unknown>]>([
  [
    'the offer was declined',
    (orderId, offerId) => harness.partners.settle(orderId, offerId, 'decline'),
  ],
  [
    'the offer was met by silence',
    (orderId, offerId) => harness.partners.settle(orderId, offerId, 'silent'),
  ],
  ['the order was taken back', (orderId) => harness.partners.release(orderId)],
  [
    'the order has ended',
    async (orderId, offerId) => {
      await harness.partners.settle(orderId, offerId, 'accept');
      await sql`
          update orders.orders set status = 'delivered' where id = ${orderId}`.execute(
        harness.database,
      );
    },
  ],
])('has room again when %s', async (_when, happens) => {
  await harness.aPartner('dp_harbor', { capacity: 1 });
  const orderId = await harness.anOrder();
  const { offerId } = await harness.offered(orderId);
  expect(await harness.offer(await harness.anOrder())).toEqual({ kind: 'none' });
  await happens(orderId, offerId);
  expect(partnerOf(await harness.offer(await harness.anOrder()))).toBe('dp_harbor');
});

test('an accepted order takes up room until it has ended', async () => {
  await harness.aPartner('dp_harbor', { capacity: 1 });
  const orderId = await harness.anOrder();
  const { offerId } = await harness.offered(orderId);
  await harness.partners.settle(orderId, offerId, 'accept');
  expect(await harness.offer(await harness.anOrder())).toEqual({ kind: 'none' });
});
