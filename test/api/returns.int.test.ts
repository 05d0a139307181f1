import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { startReturn, unstartedReturns } from '../../src/temporal/starts.js';
import type { OrderId } from '../../src/domain/ids.js';
import { serviceLevels } from '../../src/domain/service-level.js';
import { deliver } from '../support/delivered-order.js';
import { away, placeOrder, timelineTypes, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
let orderId: OrderId;
beforeEach(async () => {
  orderId = await delivered();
});

/** Three packets of tea, 26.70 EUR, and a teapot, 42.00 EUR, that does not always arrive. */
async function delivered(arrived: readonly number[] = [0, 1]): Promise<OrderId> {
  const { id } = await placeOrder(api, {
    lines: [
      { sku: 'TEA-100', quantity: 2 },
      { sku: 'TEA-100', quantity: 1 },
      { sku: 'POT-900', quantity: 1 },
    ],
  });
  await deliver(api.database, id, {
    totalMinor: 6870,
    parcels: [[{ sku: 'TEA-100', quantity: 3 }], [{ sku: 'POT-900', quantity: 1 }]],
    arrived,
  });
  return id;
}

const line = (quantity = 1, sku = 'TEA-100', reason = 'changed_mind') => ({
  sku,
  quantity,
  reason,
});
const ask = (body: object, key: string = randomUUID()) => api.post('/v1/returns', body, key);
const askFor = (...lines: object[]) => ask({ order_id: orderId, lines });

async function refused(order: OrderId, lines: object[], status: number) {
  const body = { order_id: order, lines };
  const response = await api.unchanged(() => ask(body).expect(status));
  expect(workflows.returns).toEqual([]);
  return response.body as { readonly closed_at: string };
}

describe('a return that is possible', () => {
  test('is accepted with what its units cost, stands in the timeline and is started', async () => {
    const { body, headers } = await askFor(line(2), line(1, 'POT-900', 'wrong_item')).expect(202);
    expect(body).toMatchObject({
      object: 'return',
      order_id: orderId,
      kind: 'refund',
      status: 'requested',
      requested_by: 'customer',
      approval: [],
      amount: { amount: 5980, currency: 'EUR' },
      refund: null,
      lines: [
        { sku: 'TEA-100', quantity: 2, amount: { amount: 1780 }, reason: 'changed_mind' },
        { sku: 'POT-900', quantity: 1, amount: { amount: 4200 }, reason: 'wrong_item' },
      ],
    });
    expect(headers['location']).toBe(`/v1/returns/${body.id}`);
    expect(await timelineTypes(api, orderId)).toContain('return.requested');
    expect(workflows.returns).toMatchObject([
      {
        returnId: body.id,
        orderId,
        member: true,
        approval: [],
        limits: serviceLevels.standard.returns,
        lines: [
          { sku: 'TEA-100', quantity: 2, amount: { amountMinor: 1780 } },
          { sku: 'POT-900', quantity: 1, amount: { amountMinor: 4200 } },
        ],
      },
    ]);
    expect(await api.read(`/v1/returns/${body.id}`)).toEqual(body);
    const list = await api.read(`/v1/orders/${orderId}/returns`);
    expect(list).toMatchObject({ object: 'list', data: [{ id: body.id }], has_more: false });
  });

  test('waits for approval when its goods are damaged', async () => {
    const { body } = await askFor(line(1, 'TEA-100', 'damaged')).expect(202);
    expect(body).toMatchObject({ status: 'awaiting_approval', approval: ['damaged_goods'] });
    expect(Object.keys(body.links)).toEqual(['self', 'order', 'approve', 'reject']);
  });

  test('waits for approval when its goods cost the limit', async () => {
    const { id } = await placeOrder(api, { lines: [{ sku: 'TEA-100', quantity: 23 }] });
    const parcels = [[{ sku: 'TEA-100', quantity: 23 }]];
    await deliver(api.database, id, { totalMinor: 20_470, parcels });
    const all = await ask({ order_id: id, lines: [line(23)] }).expect(202);
    expect(all.body).toMatchObject({ status: 'awaiting_approval', approval: ['large_amount'] });
  });

  test('is started later when Temporal is away', async () => {
    workflows.startAnswer = { kind: 'not_started', cause: away };
    const { body } = await askFor(line()).expect(202);
    workflows.returns.length = 0;
    workflows.startAnswer = { kind: 'started' };

    const unstarted = await unstartedReturns(api.database, 10, 0);
    const input = unstarted.find(({ returnId }) => returnId === body.id)!;
    expect(input).toMatchObject({ orderId, lines: [{ sku: 'TEA-100', quantity: 1 }] });
    await startReturn(api.database, workflows, input);
    const left = await unstartedReturns(api.database, 10, 0);
    expect(left.map(({ returnId }) => returnId)).not.toContain(body.id);
  });

  test('carries no contact data to its workflow', async () => {
    await askFor(line()).expect(202);
    expect(JSON.stringify(workflows.returns)).not.toMatch(/Ada|example|Main Street|pm_card/);
  });
});

describe('a return is refused, and nothing is written,', () => {
  const quantity = (index: number) => ({
    code: 'return_quantity',
    errors: [{ pointer: `/lines/${index}/quantity`, code: 'too_many' }],
  });
  const notOrdered = { pointer: '/lines/0/sku', code: 'not_ordered' };
  const unknown: OrderId = 'ord_01m7y219pffzv8pj63v9wcvshh';
  const partly = () => delivered([0]);
  const pending = async () => (await placeOrder(api)).id;
  const early = { code: 'return_not_possible', current_status: 'pending' };

  test.each<[string, number, () => OrderId | Promise<OrderId>, object[], object]>([
    ['of more than was bought', 422, delivered, [line(4)], quantity(0)],
    ['of undelivered goods', 422, partly, [line(1), line(1, 'POT-900')], quantity(1)],
    ['of an unordered SKU', 422, delivered, [line(1, 'MUG-200')], { errors: [notOrdered] }],
    ['of an order on its way', 409, pending, [line()], early],
    ['of an unknown order', 404, () => unknown, [line()], { code: 'order_not_found' }],
  ])('%s (%i)', async (_what, status, order, lines, problem) => {
    expect(await refused(await order(), lines, status)).toMatchObject(problem);
  });

  test('when its window is closed', async () => {
    await api.run`update orders.orders
      set status_since = status_since - interval '30 days 1 minute' where id = ${orderId}`;
    const body = await refused(orderId, [line()], 409);
    expect(body).toMatchObject({ code: 'return_window_closed' });
    expect(new Date(body.closed_at).getTime()).toBeLessThan(Date.now());
  });
});

test('of two requests for the last unit at once, one gets it', async () => {
  const answers = await Promise.all([askFor(line(3)), askFor(line(3))]);
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 422]);
});

test('an order without returns has an empty list of them', async () => {
  const { id } = await placeOrder(api);
  expect(await api.read(`/v1/orders/${id}/returns`)).toMatchObject({ data: [] });
});
