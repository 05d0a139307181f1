import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import type { OrderStatus, Stage } from '../../src/domain/order-state.js';
import { accepts, type OrderCommand } from '../../src/domain/commands.js';
import { placeOrder, useTestApi } from '../support/test-api.js';

const api = useTestApi();
let id: OrderId;
beforeEach(async () => {
  ({ id } = await placeOrder(api));
});

describe('the links of an order', () => {
  const linksAt = async (status: OrderStatus, stage: Stage) => {
    await sql`
        update orders.orders set status = ${status}, stage = ${stage} where id = ${id}`.execute(
      api.database,
    );
    const { body } = await api.http.get(`/v1/orders/${id}`).expect(200);
    const { self, timeline, temporal, ...possible } = body.links as Record<string, string>;
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

  test.each(Object.entries(accepts))('lead to what is possible at %s', async (stage, messages) => {
    const links = await linksAt('processing', stage as Stage);
    expect(Object.keys(links)).toEqual(messages.flatMap((message) => namesOf[message]));
    for (const [name, link] of Object.entries(links)) {
      expect(link).toBe(`/v1/orders/${id}/${name.replace('_', '-')}`);
    }
  });

  test.each(['shipped', 'delivered', 'cancelled', 'rejected', 'failed'] as const)(
    'lead to nothing more when it is %s',
    async (status) => {
      expect(await linksAt(status, 'hand_over')).toEqual({});
    },
  );
});
