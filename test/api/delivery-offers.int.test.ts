import { beforeEach, describe, expect, test } from 'vitest';
import { postgresDeliveryPartners } from '../../src/adapters/postgres-delivery-partners.js';
import type { OrderId } from '../../src/domain/ids.js';
import { placeOrder, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
let orderId: OrderId;
let offerId: string;
beforeEach(async () => {
  await api.run`delete from orders.messages`;
  ({ id: orderId } = await placeOrder(api));
  offerId = await offerTo(orderId);
});

const partners = () => postgresDeliveryPartners(api.database);
const offer = (id: OrderId, postalCode: string) =>
  partners().offer({ orderId: id, country: 'DE', postalCode, round: 0, acceptMs: 60_000 });

async function offerTo(id: OrderId): Promise<string> {
  const made = await offer(id, '20457');
  if (made.kind !== 'offered') throw new Error(`expected an offer, not ${made.kind}`);
  return made.offerId;
}

const answer = (how: string, id = offerId) => api.http.post(`/v1/delivery-offers/${id}/${how}`);

const signalOf = (how: string) => ({
  to: orderId,
  name: 'partnerAnswer',
  argument: { offerId, answer: how },
});

describe.each([
  ['accept', 'accepted'],
  ['decline', 'declined'],
])('to %s an offer', (how, state) => {
  test('closes it and signals the order', async () => {
    const { body } = await answer(how).expect(200);
    expect(body).toEqual({
      id: offerId,
      object: 'delivery_offer',
      partner_id: 'dp_harbor',
      order_id: orderId,
      state,
      offered_at: expect.any(String),
      until: expect.any(String),
      answered_at: expect.any(String),
      pick_up: { from: expect.any(String), until: expect.any(String) },
    });
    expect(workflows.signals).toEqual([signalOf(how)]);
  });

  test('is quiet the second time', async () => {
    const first = await answer(how).expect(200);
    const second = await answer(how).expect(200);
    expect(second.body).toEqual(first.body);
    expect(workflows.signals).toHaveLength(1);
  });

  test.each([
    ['the offer is closed', 'silent', () => partners().settle(orderId, offerId, 'silent')],
    ['the order was compensated', 'released', () => partners().release(orderId)],
  ])('is refused once %s, with its state: %s', async (_what, current_state, close) => {
    await close();
    const { body } = await answer(how).expect(409);
    expect(body).toMatchObject({ code: 'delivery_offer_closed', current_state });
    expect(workflows.signals).toEqual([]);
  });
});

test('an offer has one winner of two answers at once', async () => {
  const answers = await Promise.all([answer('accept'), answer('decline')]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
});

test('a partner that takes everything at once cannot decline, and is not waited for', async () => {
  const { id } = await placeOrder(api);
  expect(await offer(id, '10115')).toMatchObject({ kind: 'assigned', partnerId: 'dp_city' });
  const { data } = await api.read('/v1/delivery-partners/dp_city/offers');
  await answer('accept', data[0].id).expect(200);
  await answer('decline', data[0].id).expect(409);
  expect(workflows.signals).toEqual([]);
});

describe('the offers of a partner', () => {
  const list = (query = '') => api.read(`/v1/delivery-partners/dp_harbor/offers${query}`);

  test('come newest first, page by page', async () => {
    const newer = await offerTo((await placeOrder(api)).id);
    expect(await list('?limit=1')).toMatchObject({ has_more: true, next_cursor: newer });
    const { data } = await list(`?limit=1&starting_after=${newer}`);
    expect(data).toMatchObject([{ id: offerId, order_id: orderId }]);
  });

  test('can be asked for by state', async () => {
    await answer('accept').expect(200);
    const { data } = await list('?state=accepted&limit=1');
    expect(data).toMatchObject([{ id: offerId, state: 'accepted' }]);
  });

  test('name the order and nothing that is personal', async () => {
    const text = JSON.stringify(await list());
    for (const personal of ['Ada', 'ada@example.com', 'Main Street', '+4915']) {
      expect(text).not.toContain(personal);
    }
  });
});
