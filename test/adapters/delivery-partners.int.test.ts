import { sql } from 'kysely';
import { typeid } from 'typeid-js';
import { beforeEach, describe, expect, test } from 'vitest';
import type { PartnerOffer } from '../../src/activities/ports.js';
import { postgresDeliveryPartners } from '../../src/adapters/postgres-delivery-partners.js';
import { insertRows } from '../../src/db/database.js';
import { ProviderRefused } from '../../src/domain/failures.js';
import type { OrderId } from '../../src/domain/ids.js';
import { useFixture } from '../support/use-fixture.js';
import { openOwnDatabase } from './own-database.js';

interface PartnerChanges {
  readonly countries?: string[];
  readonly postal_prefixes?: string[];
  readonly capacity?: number | null;
  readonly answers?: 'at_once' | 'by_hand';
}

const delivery = useFixture(async () => {
  const own = await openOwnDatabase();
  return { ...own, ...postgresDeliveryPartners(own.database) };
});
beforeEach(async () => {
  for (const table of ['delivery_offers', 'delivery_assignments', 'delivery_partners'] as const) {
    await sql`delete from orders.${sql.ref(table)}`.execute(delivery.database);
  }
});

const offer = (orderId: OrderId, round = 0, acceptMs = 60_000): PromiseLike<PartnerOffer> =>
  delivery.offer({ orderId, country: 'DE', postalCode: '20457', round, acceptMs });

/** The open offer that is expected in the round. */
async function offered(orderId: OrderId, round = 0) {
  const made = await offer(orderId, round);
  if (made.kind !== 'offered') throw new Error(`expected an offer, not ${made.kind}`);
  return made;
}

const partnerOf = (made: PartnerOffer) => (made.kind === 'none' ? null : made.partnerId);
const partnerOfNewOrder = async () => partnerOf(await offer(await delivery.newOrder()));

/** A partner in Germany that answers by hand and has room for ten orders, unless changed. */
const newPartner = (id: string, changes: PartnerChanges = {}) =>
  insertRows(delivery.database, 'orders.delivery_partners', [
    { id, name: id, countries: ['DE'], answers: 'by_hand', capacity: 10, ...changes },
  ]);

test('partners are asked in the order of the size of their area, then of their names', async () => {
  await newPartner('dp_country', { capacity: null, answers: 'at_once' });
  await newPartner('dp_zone_b', { postal_prefixes: ['10', '20'] });
  await newPartner('dp_zone_a', { postal_prefixes: ['20'] });
  await newPartner('dp_street', { postal_prefixes: ['2', '2045'] });
  await newPartner('dp_elsewhere', { postal_prefixes: ['21'] });
  await newPartner('dp_abroad', { countries: ['NL'] });
  const orderId = await delivery.newOrder();
  const rounds: (string | null)[] = [];
  for (const round of [0, 1, 2, 3]) rounds.push(partnerOf(await offer(orderId, round)));
  expect(rounds).toEqual(['dp_street', 'dp_zone_a', 'dp_zone_b', 'dp_country']);
});

test('a partner that takes everything is assigned at once, with a pick-up slot', async () => {
  await newPartner('dp_city', { capacity: null, answers: 'at_once' });
  expect(await offer(await delivery.newOrder())).toEqual({
    kind: 'assigned',
    partnerId: 'dp_city',
    pickUpFrom: expect.stringMatching(/T(09|14):00:00\.000Z$/),
    pickUpUntil: expect.stringMatching(/T(12|17):00:00\.000Z$/),
  });
});

test('a partner that answers by hand has its time to accept', async () => {
  await newPartner('dp_harbor');
  const before = Date.now();
  const { until } = await offered(await delivery.newOrder());
  expect(Date.parse(until)).toBeGreaterThan(before + 50_000);
  expect(Date.parse(until)).toBeLessThan(Date.now() + 70_000);
});

test('only partners that answer at once are asked when there is no time to wait', async () => {
  await newPartner('dp_harbor', { postal_prefixes: ['20'] });
  await newPartner('dp_city', { answers: 'at_once' });
  expect(partnerOf(await offer(await delivery.newOrder(), 0, 0))).toBe('dp_city');
});

test('a round without a partner stays without one, and the next round finds a new one', async () => {
  await newPartner('dp_harbor', { postal_prefixes: ['21'] });
  const orderId = await delivery.newOrder();
  expect(await offer(orderId)).toEqual({ kind: 'none' });
  await newPartner('dp_late');
  expect(await offer(orderId)).toEqual({ kind: 'none' });
  expect(partnerOf(await offer(orderId, 1))).toBe('dp_late');
});

test('a round has one answer, whatever the partner said meanwhile', async () => {
  await newPartner('dp_harbor');
  const orderId = await delivery.newOrder();
  const attempts = await Promise.all([1, 2, 3].map(() => offer(orderId)));
  expect(new Set(attempts.map((made) => JSON.stringify(made))).size).toBe(1);
  const made = await offered(orderId);
  await delivery.settle(orderId, made.offerId, 'accept');
  expect(await offer(orderId)).toEqual(made);
});

test('the next partner is asked after a refusal or a silence, until none is left', async () => {
  await newPartner('dp_harbor');
  await newPartner('dp_north');
  const orderId = await delivery.newOrder();
  const answers = [
    ['dp_harbor', 'decline', 'declined'],
    ['dp_north', 'silent', 'silent'],
  ] as const;
  for (const [round, [partnerId, answer, why]] of answers.entries()) {
    const { offerId } = await offered(orderId, round);
    const closed = { kind: 'none', partnerId, why };
    expect(await delivery.settle(orderId, offerId, answer)).toEqual(closed);
  }
  expect(await offer(orderId, 2)).toEqual({ kind: 'none' });
});

test.each([
  ['accepts before its time ends has the order', ['accept', 'silent'], { kind: 'assigned' }],
  ['accepts after its time has ended has not', ['silent', 'accept'], { why: 'silent' }],
] as const)('a partner that %s', async (_rule, answers, closed) => {
  await newPartner('dp_harbor');
  const orderId = await delivery.newOrder();
  const { offerId } = await offered(orderId);
  for (const answer of answers) {
    expect(await delivery.settle(orderId, offerId, answer)).toMatchObject({
      partnerId: 'dp_harbor',
      ...closed,
    });
  }
});

test('an offer to the next partner withdraws the last one', async () => {
  await newPartner('dp_harbor');
  await newPartner('dp_city', { answers: 'at_once' });
  await newPartner('dp_first', { postal_prefixes: ['20'] });
  const orderId = await delivery.newOrder();
  const { offerId } = await offered(orderId);
  expect(partnerOf(await offer(orderId, 1))).toBe('dp_city');
  expect(await delivery.settle(orderId, offerId, 'accept')).toMatchObject({ why: 'silent' });
});

test('an offer of another order cannot be closed, nor one that was never made', async () => {
  await newPartner('dp_harbor');
  const { offerId } = await offered(await delivery.newOrder());
  const other = await delivery.newOrder();
  for (const id of [offerId, typeid('off').toString()]) {
    const closing = delivery.settle(other, id, 'silent');
    await expect(closing).rejects.toBeInstanceOf(ProviderRefused);
  }
});

describe('releasing an order', () => {
  test.each(['open', 'accepted'])('closes its %s offer, twice alike', async (state) => {
    await newPartner('dp_harbor');
    const orderId = await delivery.newOrder();
    const { offerId } = await offered(orderId);
    if (state === 'accepted') await delivery.settle(orderId, offerId, 'accept');
    expect(await delivery.release(orderId)).toEqual({ kind: 'undone' });
    expect(await delivery.release(orderId)).toEqual({ kind: 'undone' });
    expect(await delivery.settle(orderId, offerId, 'accept')).toMatchObject({ why: 'released' });
  });

  test('finds nothing when no partner was asked, and bars a late offer', async () => {
    await newPartner('dp_harbor');
    const orderId = await delivery.newOrder();
    expect(await delivery.release(orderId)).toEqual({ kind: 'nothing_to_undo' });
    expect(await offer(orderId)).toEqual({ kind: 'none' });
    expect(await delivery.release(orderId)).toEqual({ kind: 'nothing_to_undo' });
  });
});

describe('the capacity of a partner', () => {
  test('is never exceeded, however many orders ask at once', async () => {
    await newPartner('dp_harbor', { postal_prefixes: ['20'], capacity: 3 });
    await newPartner('dp_north', { postal_prefixes: ['2'], capacity: 4 });
    await newPartner('dp_city', { capacity: 5, answers: 'at_once' });
    const taken = await Promise.all(Array.from({ length: 20 }, partnerOfNewOrder));
    const counts = ['dp_harbor', 'dp_north', 'dp_city', null].map(
      (partnerId) => taken.filter((id) => id === partnerId).length,
    );
    expect(counts).toEqual([3, 4, 5, 8]);
  });

  const end = (orderId: OrderId) =>
    sql`update orders.orders set status = 'delivered' where id = ${orderId}`.execute(
      delivery.database,
    );

  test.each<[string, (orderId: OrderId, offerId: string) => PromiseLike<unknown>]>([
    ['the offer was declined', (...offer) => delivery.settle(...offer, 'decline')],
    ['the offer had no answer', (...offer) => delivery.settle(...offer, 'silent')],
    ['the order was released', (orderId) => delivery.release(orderId)],
    [
      'the order it accepted has ended',
      async (orderId, offerId) => {
        await delivery.settle(orderId, offerId, 'accept');
        expect(await partnerOfNewOrder()).toBeNull();
        await end(orderId);
      },
    ],
  ])('is free again when %s', async (_when, happens) => {
    await newPartner('dp_harbor', { capacity: 1 });
    const orderId = await delivery.newOrder();
    const { offerId } = await offered(orderId);
    expect(await partnerOfNewOrder()).toBeNull();
    await happens(orderId, offerId);
    expect(await partnerOfNewOrder()).toBe('dp_harbor');
  });
});
