import { beforeAll, describe, expect, test } from 'vitest';
import { accepts, type OrderCommand } from '../../src/domain/commands.js';
import type { OrderId } from '../../src/domain/ids.js';
import type { OrderStatus, Stage } from '../../src/domain/order-state.js';
import { idsOf, placeOrder, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const ids: OrderId[] = [];
beforeAll(async () => {
  for (let number = 0; number < 5; number += 1) {
    const customer = { id: number < 2 ? 'cus_a' : 'cus_b', name: 'A', email: 'a@example.com' };
    ids.unshift((await placeOrder(api, { customer })).id);
  }
  await api.run`update orders.orders set status = 'delivered', needs_attention = true
    where id = ${ids[0]}`;
});

const list = (query: string) => api.list<{ id: OrderId }>(`/v1/orders${query}`);

describe('the list of orders', () => {
  test('begins with the newest', async () => {
    const page = await list('');
    expect(page).toMatchObject({ object: 'list', has_more: false, next_cursor: null });
    expect(idsOf(page)).toEqual(ids);
  });

  test('continues after the cursor, and nothing is lost or doubled', async () => {
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

  test('filters by customer, status and whether a person is needed', async () => {
    expect(idsOf(await list('?customer_id=cus_a'))).toEqual(ids.slice(-2));
    expect(idsOf(await list('?status=delivered'))).toEqual([ids[1]]);
    expect(idsOf(await list('?needs_attention=true&customer_id=cus_b'))).toEqual([ids[1]]);
    expect(idsOf(await list('?needs_attention=false&status=delivered'))).toEqual([]);
  });
});

test('an order gives its timeline in pages', async () => {
  const body = await api.read(`/v1/orders/${ids[0]}/timeline?starting_after=1`);
  expect(body).toEqual({ object: 'list', data: [], has_more: false, next_cursor: null });
});

describe('the links of an order', () => {
  const linksAt = async (id: OrderId, status: OrderStatus, stage: Stage) => {
    await api.setOrder(id, status, stage);
    const { links } = await api.read(`/v1/orders/${id}`);
    const { self, timeline, temporal, ...possible } = links as Record<string, string>;
    expect([self, timeline, temporal]).not.toContain(undefined);
    return possible;
  };

  const namesOf: Readonly<Record<OrderCommand, readonly string[]>> = {
    approveOrder: ['approve', 'reject'],
    cancelOrder: ['cancel'],
    changeAddress: ['change_address'],
    decideShortage: ['decide'],
    retryPayment: ['retry_payment'],
    verifyCode: ['verify'],
    resolveAttention: [],
  };

  test.each(Object.entries(accepts))('lead to what is possible at %s', async (stage, commands) => {
    const { id } = await placeOrder(api);
    const names = commands.flatMap((command) => namesOf[command]);
    expect(Object.entries(await linksAt(id, 'processing', stage as Stage))).toEqual(
      names.map((name) => [name, `/v1/orders/${id}/${name.replace('_', '-')}`]),
    );
  });

  test.each(['shipped', 'delivered', 'cancelled', 'rejected', 'failed'] as const)(
    'lead to nothing more when it is %s',
    async (status) => {
      const { id } = await placeOrder(api);
      expect(await linksAt(id, status, 'hand_over')).toEqual({});
    },
  );
});
