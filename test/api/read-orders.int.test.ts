import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import { placeOrder, shipParcel, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const ids: OrderId[] = [];
beforeAll(async () => {
  for (let number = 0; number < 5; number += 1) {
    const { id } = await placeOrder(api, {
      customer: {
        id: number < 2 ? 'cus_a' : 'cus_b',
        name: 'A',
        email: 'a@example.com',
      },
    });
    ids.unshift(id);
  }
  await sql`update orders.orders set status = 'delivered', needs_attention = true
    where id = ${ids[0]}`.execute(api.database);
});

interface Page {
  readonly data: { readonly id: OrderId }[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

const list = async (query: string) =>
  (await api.http.get(`/v1/orders${query}`).expect(200)).body as Page;
const idsOf = (page: Page) => page.data.map(({ id }) => id);

describe('the list of orders', () => {
  test('begins with the newest', async () => {
    const page = await list('');
    expect(page).toMatchObject({ object: 'list', has_more: false, next_cursor: null });
    expect(idsOf(page)).toEqual(ids);
  });

  test('goes on after the cursor, and nothing is lost or doubled', async () => {
    const first = await list('?limit=2');
    expect(first.has_more).toBe(true);
    const second = await list(`?limit=2&starting_after=${first.next_cursor}`);
    const third = await list(`?limit=2&starting_after=${second.next_cursor}`);
    expect(third).toMatchObject({ has_more: false, next_cursor: null });
    expect([first, second, third].flatMap(idsOf)).toEqual(ids);
  });

  test('stays stable when orders are newer than the cursor', async () => {
    const first = await list('?limit=2');
    const before = idsOf(await list(`?starting_after=${first.next_cursor}`));
    const { id } = await placeOrder(api);
    expect(idsOf(await list(`?starting_after=${first.next_cursor}`))).toEqual(before);
    ids.unshift(id);
  });

  test('filters', async () => {
    expect(idsOf(await list('?customer_id=cus_a'))).toEqual(ids.slice(-2));
    expect(idsOf(await list('?status=delivered'))).toEqual([ids[1]]);
    expect(idsOf(await list('?needs_attention=true&customer_id=cus_b'))).toEqual([ids[1]]);
    expect(idsOf(await list('?needs_attention=false&status=delivered'))).toEqual([]);
  });
});

describe('one order', () => {
  test('shows its parcel', async () => {
    await shipParcel(api, ids[0]!, 'TRK-SHOWN');
    const { body } = await api.http.get(`/v1/orders/${ids[0]}`).expect(200);
    expect(body.shipments).toEqual([
      {
        id: `shp_${ids[0]!.slice(4)}`,
        carrier: 'SandboxPost',
        tracking_number: 'TRK-SHOWN',
        tracking_url: null,
        state: 'bought',
        kind: 'outbound',
        warehouse_id: null,
      },
    ]);
  });

  test.each([
    'ord_00000000000000000000000000',
    'ord_1',
    'nonsense',
    'ord_00000000000000000000000000%00',
  ])('is not found as %s', async (id) => {
    for (const path of [`/v1/orders/${id}`, `/v1/orders/${id}/timeline`]) {
      const { body } = await api.http.get(path).expect(404);
      expect(body.code).toBe('order_not_found');
    }
  });

  test('gives its timeline in pages', async () => {
    const { body } = await api.http.get(`/v1/orders/${ids[0]}/timeline?starting_after=1`);
    expect(body).toEqual({ object: 'list', data: [], has_more: false, next_cursor: null });
  });
});
