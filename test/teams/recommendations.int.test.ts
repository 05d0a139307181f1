import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import { team } from '../../src/teams/recommendations/team.js';
import { newOrderId } from '../events/event-log.js';
import { placed, after, useTeam } from './use-team.js';

const { log, take, ask } = useTeam(team);

let shops = 0;
/** SKUs that no other test has. */
const newSkus = () => {
  shops += 1;
  const of = (name: string) => `${name}-${shops}`;
  return [of('TEA'), of('CUP'), of('POT'), of('JAM')] as const;
};
const basket = (id: OrderId, ...skus: string[]) =>
  placed(
    id,
    skus.map((sku) => ({ sku })),
  );
async function buy(...skus: string[]): Promise<OrderId> {
  const id = newOrderId();
  await take([basket(id, ...skus), ...after(id, ['order.confirmed'])]);
  return id;
}
const suggestions = async (id: OrderId, query = '') => {
  const answer = await ask(`/v1/orders/${id}/recommendations${query}`);
  return (answer as { data: readonly { sku: string; orders: number }[] }).data.map(
    ({ sku, orders }) => `${sku} ${orders}`,
  );
};

test('recommendations are what others bought with an order’s goods, the most frequent first', async () => {
  const [tea, cup, pot, jam] = newSkus();
  await buy(tea, cup);
  await buy(tea, cup, pot);
  await buy(jam, pot);
  const id = await buy(tea);
  expect(await suggestions(id)).toEqual([`${cup} 2`, `${pot} 1`]);
  expect(await suggestions(id, '?limit=1')).toEqual([`${cup} 2`]);
  expect(await team.recommend!(log.database as never, id, 5)).toEqual([cup, pot]);
});

test('nothing is recommended that is in the order already', async () => {
  const [tea, cup, pot] = newSkus();
  await buy(tea, cup, pot);
  expect(await suggestions(await buy(tea, cup))).toEqual([`${pot} 2`]);
});

test('an order that is confirmed and delivered counts once for recommendations, a placed one not', async () => {
  const [tea, cup] = newSkus();
  const waiting = newOrderId();
  await take([basket(waiting, tea, cup)]);
  const asking = await buy(tea);
  expect(await suggestions(asking)).toEqual([]);
  await take(after(waiting, ['order.confirmed'], ['order.delivered']), 1);
  expect(await suggestions(asking)).toEqual([`${cup} 1`]);
});

test.each([
  ['order.cancelled', {}],
  ['order.rejected', { reason: 'not_shippable' }],
  ['order.failed', { step: 'delivery' }],
  ['order.returned', {}],
])(
  'an order no longer counts for recommendations after %s, and leaves no pair',
  async (type, data) => {
    const [tea, cup] = newSkus();
    const id = newOrderId();
    await take([basket(id, tea, cup), ...after(id, ['order.confirmed'], [type, data])], 1);
    expect(await suggestions(await buy(tea))).toEqual([]);
    const pairs = sql`select from recommendations.pairs where ${tea} in (low, high)`;
    expect((await pairs.execute(log.database)).rows).toEqual([]);
  },
);

test('a reduced order counts for recommendations with what is left of it', async () => {
  const [tea, cup, pot] = newSkus();
  const id = newOrderId();
  const total = { amount_minor: 1, currency: 'EUR' };
  const dropped = [{ sku: cup, quantity: 1 }];
  await take([
    basket(id, tea, cup, pot),
    ...after(id, ['order.confirmed'], ['order.reduced', { dropped, total }]),
  ]);
  expect(await suggestions(await buy(tea))).toEqual([`${pot} 1`]);
});

test('an order of very many things makes no pairs', async () => {
  const many = Array.from({ length: 21 }, (_, index) => `MANY-${index}`);
  await buy(...many);
  expect(await suggestions(await buy('MANY-0'))).toEqual([]);
});

test('an unknown order has no recommendations', async () => {
  expect(await ask(`/v1/orders/${newOrderId()}/recommendations`)).toBeUndefined();
  expect(await team.recommend!(log.database as never, newOrderId(), 3)).toEqual([]);
});
