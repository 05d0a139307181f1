import { sql } from 'kysely';
import { typeid } from 'typeid-js';
import { beforeEach, describe, expect, test } from 'vitest';
import { postgresExchanges } from '../../src/adapters/postgres-exchanges.js';
import { postgresReturns } from '../../src/adapters/postgres-returns.js';
import { acceptReturn } from '../../src/api/accept-return.js';
import { unstartedOrders } from '../../src/temporal/starts.js';
import { findOrder } from '../../src/db/orders.js';
import { findReturn } from '../../src/db/returns.js';
import type { Fact } from '../../src/domain/facts.js';
import { shipmentIdOf, type OrderId, type ReturnId } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';
import type { ReturnKind, Verdict } from '../../src/domain/returns.js';
import { placeOrder, timelineTypes, useTestApi } from '../support/test-api.js';
import { deliver } from '../support/delivered-order.js';

const api = useTestApi();
let orderId: OrderId;
beforeEach(async () => {
  // To Norway: 26.70 EUR of tea and 12.90 EUR for the way.
  ({ id: orderId } = await placeOrder(api, {
    lines: [{ sku: 'TEA-100', quantity: 3 }],
    metadata: { cart: '7' },
  }));
  await sql`update orders.orders set shipping_minor = 1290, total_minor = 3960
    where id = ${orderId}`.execute(api.database);
  await deliver(api.database, orderId, {
    totalMinor: 3960,
    parcels: [[{ sku: 'TEA-100', quantity: 3 }]],
  });
});

const book = () => postgresReturns(api.database);
const row = () => findOrder(api.database, orderId);

async function ask(quantity: number, kind: ReturnKind = 'refund'): Promise<ReturnId> {
  const accepted = await acceptReturn(
    api.database,
    {
      order_id: orderId,
      kind,
      requested_by: 'customer',
      lines: [{ sku: 'TEA-100', quantity, reason: 'other' }],
    },
    { key: typeid('key').toString(), fingerprint: 'x' },
    { approvalAmountMinor: 100_000 },
  );
  if (accepted.kind !== 'accepted') throw new Error(accepted.kind);
  return accepted.record.id;
}

const inspect = (returnId: ReturnId, ...verdicts: (readonly [number, Verdict])[]) =>
  book().settle({
    orderId,
    returnId,
    key: `inspectReturn:${returnId}`,
    by: 'warehouse-7',
    lines: verdicts.map(([quantity, verdict]) => ({ sku: 'TEA-100', quantity, verdict })),
  });

const record = (returnId: ReturnId, key: string, ...facts: Fact[]) =>
  book().record({ orderId, returnId, key: `${key}:${returnId}`, facts });

const refund = (returnId: ReturnId, amountMinor: number) => {
  const amount = money(amountMinor, 'EUR');
  return record(returnId, 'refundPayment', { type: 'payment.refunded', amount, returnId });
};

const complete = (returnId: ReturnId, ...more: Fact[]) =>
  record(returnId, 'complete', { type: 'return.completed', returnId }, ...more);

const refundsOf = (amountMinor: number) => [
  { paymentId: `pi_of_${orderId}`, amount: money(amountMinor, 'EUR') },
];

describe('the settlement of a return', () => {
  test('refunds exactly the accepted units, and says so in row and timeline', async () => {
    const returnId = await ask(2);
    const { settlement, facts } = await inspect(returnId, [1, 'restock'], [1, 'refuse']);
    expect(settlement).toEqual({ refunds: refundsOf(890), points: 9, isEverythingBack: false });
    expect(facts).toMatchObject([{ type: 'return.received', by: 'warehouse-7' }]);
    expect(await findReturn(api.database, returnId)).toMatchObject({
      status: 'refunding',
      refundMinor: 890,
      lines: [{ restocked: 1, scrapped: 0, refused: 1 }],
    });
  });

  test('is decided once: a second inspection is answered like the first', async () => {
    const returnId = await ask(2);
    const first = await inspect(returnId, [2, 'restock']);
    expect(await inspect(returnId, [2, 'refuse'])).toEqual(first);
    const types = await timelineTypes(api, orderId);
    expect(types.filter((type) => type === 'return.received')).toHaveLength(1);
  });

  test('of two returns at once refunds the shipping fee once, with the last of the goods', async () => {
    const [one, other] = [await ask(1), await ask(2)];
    const settled = await Promise.all([inspect(one, [1, 'scrap']), inspect(other, [2, 'restock'])]);
    const sums = settled.map(({ settlement }) =>
      settlement.refunds.reduce((sum, { amount }) => sum + amount.amountMinor, 0),
    );
    expect(sums.reduce((sum, minor) => sum + minor)).toBe(3960);
    const last = settled.filter(({ settlement }) => settlement.isEverythingBack);
    expect(last).toHaveLength(1);
  });
});

describe("the order's row", () => {
  test('is partially refunded by a part, and refunded and returned by the whole', async () => {
    const part = await ask(1);
    await inspect(part, [1, 'restock']);
    await refund(part, 890);
    await complete(part);
    expect(await row()).toMatchObject({
      status: 'delivered',
      paymentStatus: 'partially_refunded',
      fulfillmentStatus: 'delivered',
    });

    const rest = await ask(2);
    const { settlement } = await inspect(rest, [2, 'restock']);
    expect(settlement).toMatchObject({ refunds: refundsOf(3070), isEverythingBack: true });
    await refund(rest, 3070);
    await complete(rest, { type: 'order.returned' });
    expect(await row()).toMatchObject({
      status: 'delivered',
      paymentStatus: 'refunded',
      fulfillmentStatus: 'returned',
    });
  });

  test('is not touched a second time by a late attempt, and neither is the return', async () => {
    const returnId = await ask(3);
    const approve = () =>
      record(returnId, 'approve', { type: 'return.approved', returnId, by: 'policy' });
    const first = await approve();
    await inspect(returnId, [3, 'restock']);
    await complete(returnId, { type: 'order.returned' });
    expect(await approve()).toEqual(first);
    expect((await findReturn(api.database, returnId))?.status).toBe('completed');
  });
});

describe('an exchange', () => {
  test('is one new order of what was accepted, at the price that was paid, which the relay starts', async () => {
    const returnId = await ask(3, 'exchange');
    await inspect(returnId, [2, 'restock'], [1, 'refuse']);
    const exchanges = postgresExchanges(api.database);
    const placed = await exchanges.place(returnId);
    expect(await exchanges.place(returnId)).toBe(placed);
    // The return's label has an id that is made of the return's.
    expect(shipmentIdOf(placed).slice(4)).not.toBe(returnId.slice(4));

    expect(await findOrder(api.database, placed)).toMatchObject({
      status: 'pending',
      totalMinor: 1780,
      shippingMinor: 0,
      metadata: { exchange_of: orderId, exchange_return: returnId },
      lines: [{ sku: 'TEA-100', quantity: 2, amountMinor: 1780 }],
    });
    const [input] = (await unstartedOrders(api.database, 100, 0)).filter(
      (order) => order.orderId === placed,
    );
    expect(input).toMatchObject({
      member: true,
      total: { amountMinor: 1780 },
      verification: { approval: [], code: [] },
    });
    expect(await timelineTypes(api, placed)).toEqual(['order.placed']);
  });
});

test('goods go back to a warehouse that sent them, else to the first', async () => {
  const returnId = await ask(1);
  expect(await book().warehouseOf(returnId)).toBe('wh_hamburg');
  await sql`insert into inventory.items (warehouse_id, sku, on_hand)
    values ('wh_rotterdam', 'TEA-100', 0) on conflict do nothing`.execute(api.database);
  await sql`insert into inventory.holds (hold_id, state, expires_at)
    values (${orderId}, 'issued', now())`.execute(api.database);
  await sql`insert into inventory.hold_lines (hold_id, warehouse_id, sku, quantity, state)
    values (${orderId}, 'wh_rotterdam', 'TEA-100', 3, 'issued')`.execute(api.database);
  expect(await book().warehouseOf(returnId)).toBe('wh_rotterdam');
});
