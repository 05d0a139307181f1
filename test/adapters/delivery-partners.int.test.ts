import { typeid } from 'typeid-js';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { partnerOf, startHarness, type DeliveryHarness } from './delivery-harness.js';

let harness: DeliveryHarness;
beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(() => harness.nobody());
afterAll(() => harness.stop());

test('asks first who serves the narrowest area, then by name', async () => {
  await harness.aPartner('dp_country', { capacity: null, answers: 'at_once' });
  await harness.aPartner('dp_zone_b', { postal_prefixes: ['10', '20'] });
  await harness.aPartner('dp_zone_a', { postal_prefixes: ['20'] });
  await harness.aPartner('dp_street', { postal_prefixes: ['2', '2045'] });
  await harness.aPartner('dp_elsewhere', { postal_prefixes: ['21'] });
  await harness.aPartner('dp_abroad', { countries: ['NL'] });
  const orderId = await harness.anOrder();
  const rounds: (string | null)[] = [];
  for (const round of [0, 1, 2, 3]) rounds.push(partnerOf(await harness.offer(orderId, round)));
  expect(rounds).toEqual(['dp_street', 'dp_zone_a', 'dp_zone_b', 'dp_country']);
});

test('assigns at once, with a pick-up slot, where the partner takes everything', async () => {
  await harness.aPartner('dp_city', { capacity: null, answers: 'at_once' });
  const made = await harness.offer(await harness.anOrder());
  expect(made).toEqual({
    kind: 'assigned',
    partnerId: 'dp_city',
    pickUpFrom: expect.stringMatching(/T(09|14):00:00\.000Z$/),
    pickUpUntil: expect.stringMatching(/T(12|17):00:00\.000Z$/),
  });
});

test('gives a partner that answers by hand its time to accept', async () => {
  await harness.aPartner('dp_harbor');
  const before = Date.now();
  const made = await harness.offered(await harness.anOrder());
  expect(Date.parse(made.until)).toBeGreaterThan(before + 50_000);
  expect(Date.parse(made.until)).toBeLessThan(Date.now() + 70_000);
});

test('asks only partners that answer at once when nobody can be waited for', async () => {
  await harness.aPartner('dp_harbor', { postal_prefixes: ['20'] });
  await harness.aPartner('dp_city', { answers: 'at_once' });
  expect(partnerOf(await harness.offer(await harness.anOrder(), 0, { acceptMs: 0 }))).toBe(
    'dp_city',
  );
});

test('has nobody where nobody serves the place, and says so again when asked again', async () => {
  await harness.aPartner('dp_harbor', { postal_prefixes: ['21'] });
  const orderId = await harness.anOrder();
  expect(await harness.offer(orderId)).toEqual({ kind: 'none' });
  await harness.aPartner('dp_late');
  expect(await harness.offer(orderId)).toEqual({ kind: 'none' });
  expect(partnerOf(await harness.offer(orderId, 1))).toBe('dp_late');
});

test('gives the same round one answer, whatever the partner said meanwhile', async () => {
  await harness.aPartner('dp_harbor');
  const orderId = await harness.anOrder();
  const attempts = await Promise.all([
    harness.offer(orderId),
    harness.offer(orderId),
    harness.offer(orderId),
  ]);
  expect(new Set(attempts.map((made) => JSON.stringify(made))).size).toBe(1);
  const made = await harness.offered(orderId);
  await harness.partners.settle(orderId, made.offerId, 'accept');
  expect(await harness.offer(orderId)).toEqual(made);
});

test('goes to the next partner after a refusal or a silence, and then has nobody left', async () => {
  await harness.aPartner('dp_harbor');
  await harness.aPartner('dp_north');
  const orderId = await harness.anOrder();
  const first = await harness.offered(orderId);
  expect(await harness.partners.settle(orderId, first.offerId, 'decline')).toEqual({
    kind: 'none',
    partnerId: 'dp_harbor',
    why: 'declined',
  });
  const second = await harness.offered(orderId, 1);
  expect(await harness.partners.settle(orderId, second.offerId, 'silent')).toEqual({
    kind: 'none',
    partnerId: 'dp_north',
    why: 'silent',
  });
  expect(await harness.offer(orderId, 2)).toEqual({ kind: 'none' });
});

test('a partner that accepted a moment before its time was over has the order', async () => {
  await harness.aPartner('dp_harbor');
  const orderId = await harness.anOrder();
  const { offerId } = await harness.offered(orderId);
  const accepted = await harness.partners.settle(orderId, offerId, 'accept');
  expect(accepted).toMatchObject({ kind: 'assigned', partnerId: 'dp_harbor' });
  expect(await harness.partners.settle(orderId, offerId, 'silent')).toEqual(accepted);
});

test('a partner that accepts after its time was over has not', async () => {
  await harness.aPartner('dp_harbor');
  const orderId = await harness.anOrder();
  const { offerId } = await harness.offered(orderId);
  await harness.partners.settle(orderId, offerId, 'silent');
  expect(await harness.partners.settle(orderId, offerId, 'accept')).toMatchObject({
    why: 'silent',
  });
});

test('asking the next withdraws what the last one was offered', async () => {
  await harness.aPartner('dp_harbor');
  await harness.aPartner('dp_city', { answers: 'at_once' });
  const orderId = await harness.anOrder();
  await harness.aPartner('dp_first', { postal_prefixes: ['20'] });
  const { offerId } = await harness.offered(orderId);
  expect(partnerOf(await harness.offer(orderId, 1))).toBe('dp_city');
  expect(await harness.partners.settle(orderId, offerId, 'accept')).toMatchObject({
    why: 'silent',
  });
});

test('refuses to settle an offer of another order, and one that never was', async () => {
  await harness.aPartner('dp_harbor');
  const { offerId } = await harness.offered(await harness.anOrder());
  const other = await harness.anOrder();
  await expect(harness.partners.settle(other, offerId, 'silent')).rejects.toBeInstanceOf(
    ProviderRefused,
  );
  const unknown = harness.partners.settle(other, typeid('off').toString(), 'silent');
  await expect(unknown).rejects.toBeInstanceOf(ProviderRefused);
});

test('takes the order back once, open offer or accepted one, twice alike', async () => {
  await harness.aPartner('dp_harbor');
  for (const answer of ['accept', undefined] as const) {
    const orderId = await harness.anOrder();
    const { offerId } = await harness.offered(orderId);
    if (answer !== undefined) await harness.partners.settle(orderId, offerId, answer);
    expect(await harness.partners.release(orderId)).toEqual({ kind: 'undone' });
    expect(await harness.partners.release(orderId)).toEqual({ kind: 'undone' });
    expect(await harness.partners.settle(orderId, offerId, 'accept')).toMatchObject({
      why: 'released',
    });
  }
});

test('finds nothing to take back when nobody was asked, and bars a late offer', async () => {
  await harness.aPartner('dp_harbor');
  const orderId = await harness.anOrder();
  expect(await harness.partners.release(orderId)).toEqual({ kind: 'nothing_to_undo' });
  expect(await harness.offer(orderId)).toEqual({ kind: 'none' });
  expect(await harness.partners.release(orderId)).toEqual({ kind: 'nothing_to_undo' });
});
