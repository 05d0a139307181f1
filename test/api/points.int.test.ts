import { beforeAll, expect, test } from 'vitest';
import { postgresLoyalty } from '../../src/adapters/postgres-loyalty.js';
import type { OrderId } from '../../src/domain/ids.js';
import { useTestApi } from '../support/test-api.js';

const first: OrderId = 'ord_01m7y219pffzv8pj63v9wcvshh';
const second: OrderId = 'ord_01m7y219pffzv8pj63v9wcvshj';
const returnId = 'ret_01m7y219pffzv8pj63v9wcvshh';

const api = useTestApi();
beforeAll(async () => {
  const loyalty = postgresLoyalty(api.database);
  await loyalty.award(first, 'cus_42', 17);
  await loyalty.revokePart({ orderId: first, key: returnId, points: 9 });
  await loyalty.award(second, 'cus_42', 5);
  await loyalty.award('ord_01m7y219pffzv8pj63v9wcvshk', 'cus_43', 100);
});

const points = (query = '') => api.read(`/v1/members/cus_42/points${query}`);

test('a member’s points are the balance and its entries, newest first', async () => {
  expect(await points()).toEqual({
    object: 'list',
    member_id: 'cus_42',
    balance: 13,
    data: [
      { order_id: second, kind: 'award', subject: null, points: 5 },
      { order_id: first, kind: 'revoke', subject: returnId, points: -9 },
      { order_id: first, kind: 'award', subject: null, points: 17 },
    ].map((entry) => ({
      ...entry,
      sequence: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    })),
    has_more: false,
    next_cursor: null,
  });
});

test('the entries of a member’s points come in pages', async () => {
  const page = await points('?limit=2');
  expect(page).toMatchObject({ has_more: true, balance: 13 });
  const rest = await points(`?limit=2&starting_after=${page.next_cursor}`);
  expect(rest).toMatchObject({ data: [{ order_id: first, points: 17 }], has_more: false });
});

test('a customer who never got points has a balance of 0', async () => {
  const unknown = await api.read('/v1/members/cus_new/points');
  expect(unknown).toMatchObject({ balance: 0, data: [], has_more: false });
});
