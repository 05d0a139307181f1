import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { postgresLedgers } from '../../../src/adapters/postgres-ledgers.js';
import { firstValue } from '../../../src/db/database.js';
import { type OrderId, shipmentIdOf } from '../../../src/domain/ids.js';
import type { ReconciliationKind } from '../../../src/domain/ledgers.js';
import { newOrderId } from '../../adapters/own-database.js';
import { labelRequest, labelVoiding } from '../../adapters/requests.js';
import { useFixture } from '../../support/use-fixture.js';
import { afterNow, startReconciliation } from './reconciliation.js';

const books = useFixture(startReconciliation);

const compared = (orderId: OrderId) => books.outcomes('compareShipments', orderId);

async function orderWithLabel(status: string): Promise<OrderId> {
  const orderId = await books.orderWith(status, { type: 'order.confirmed' });
  await books.bought(orderId);
  return orderId;
}

const update = (orderId: OrderId, column: 'state' | 'provider_id', value: string) =>
  sql`update orders.shipments set ${sql.ref(column)} = ${value} where order_id = ${orderId}`.execute(
    books.database,
  );

/** The label stays at the carrier, and our row is lost. */
const deleteRow = (orderId: OrderId) =>
  sql`delete from orders.shipments where order_id = ${orderId}`.execute(books.database);

test('a label that both know is left alone', async () => {
  const orderId = await orderWithLabel('confirmed');
  expect(await compared(orderId)).toEqual([]);
  expect(await books.labels(orderId)).toEqual(['buy']);
});

test('the label of an order that was cancelled before its parcel left is voided, and the timeline says so', async () => {
  const orderId = await orderWithLabel('cancelled');
  expect(await compared(orderId)).toEqual(['label_not_voided auto_fixed']);
  expect(await books.labels(orderId)).toEqual(['buy', 'void']);
  expect(await books.facts(orderId)).toEqual(['order.confirmed', 'label.voided']);
  expect(await compared(orderId)).toEqual([]);
});

test('a label that is voided in our row but not at the carrier is voided again', async () => {
  const orderId = await orderWithLabel('confirmed');
  await update(orderId, 'state', 'voided');
  expect(await compared(orderId)).toEqual(['label_not_voided auto_fixed']);
  expect(await books.labels(orderId)).toEqual(['buy', 'void']);
});

test('a label that should be void and is on its way becomes work for a person, once', async () => {
  const orderId = await books.orderWith('cancelled', { type: 'order.confirmed' });
  await books.scan(await books.bought(orderId), 'in_transit');
  expect(await compared(orderId)).toEqual(['label_not_voided raised']);
  await compared(orderId);
  const subject = `${shipmentIdOf(orderId)}: the label should be void and is not`;
  expect(await books.openItems(orderId)).toMatchObject([{ reason: 'books_differ', subject }]);
  expect(await books.facts(orderId)).toEqual(['order.confirmed', 'attention.raised']);
});

test.each<[string, string, (orderId: OrderId) => Promise<unknown>]>([
  [
    'label_unknown_to_carrier',
    'a shipment that the carrier does not know',
    (orderId) => update(orderId, 'provider_id', 'shp_nobody'),
  ],
  [
    'label_given_back',
    'a label that was voided at the carrier and not by us',
    async (orderId) => {
      await books.carrier.voidLabel(labelVoiding(orderId));
      await update(orderId, 'state', 'bought');
    },
  ],
])('%s: %s becomes work for a person', async (kind, _what, change) => {
  const orderId = await orderWithLabel('confirmed');
  await change(orderId);
  expect(await compared(orderId)).toEqual([`${kind} raised`]);
});

test('a label at the carrier that no shipment of the order has becomes work for a person, once', async () => {
  const orderId = await orderWithLabel('confirmed');
  await deleteRow(orderId);
  expect(await books.outcomes('compareLabelList', orderId)).toEqual(['label_unknown_to_us raised']);
  await books.run('compareLabelList');
  expect(await books.openItems(orderId)).toHaveLength(1);
});

test('a label of no order of ours is reported and left alone', async () => {
  const real = await books.orderWith('confirmed', { type: 'order.confirmed' });
  const stranger = newOrderId();
  const idempotencyKey = `${stranger}:createShipment`;
  await books.carrier.buyLabel({ ...labelRequest(real), idempotencyKey });
  await deleteRow(real);
  const { differences } = await books.run('compareLabelList');
  const found = differences.filter(({ subject }) => subject.includes(stranger));
  expect(found).toMatchObject([
    { kind: 'label_unknown_to_us', orderId: null, outcome: 'reported' },
  ]);
});

test('a label bought after the last change of its order is found in the list', async () => {
  const orderId = await books.orderWith('cancelled', { type: 'order.confirmed' });
  const afterwards = books.period(afterNow());
  await books.bought(orderId);
  expect(await books.outcomes('compareLabelList', orderId, afterwards)).toEqual([
    'label_not_voided auto_fixed',
  ]);
});

describe('the stock', () => {
  beforeAll(async () => {
    for (const sku of ['TEA-100', 'MUG-200']) {
      await sql`select inventory.book('receipt', ${sku}, 'wh_hamburg', 100, null)`.execute(
        books.database,
      );
    }
  });

  const compared = (orderId: OrderId) => books.outcomes('compareStock', orderId);
  const lines = [{ sku: 'TEA-100', quantity: 2 }];

  const held = () =>
    firstValue<number>(books.database)`select held from inventory.items where sku = 'TEA-100'`;

  async function orderWithHold(status: string) {
    const parcels = [{ warehouseId: 'wh_hamburg', lines }];
    const orderId = await books.orderWith(status, { type: 'inventory.reserved', parcels });
    await books.inventory.reserve(orderId, lines);
    return orderId;
  }

  test('counts agree with the ledger, with what is held and what has left', async () => {
    await books.inventory.issue(await orderWithHold('shipped'));
    await orderWithHold('confirmed');
    const findings = await books.run('compareStock');
    expect(findings).toMatchObject({ lookedAt: 4, agreed: 4, differences: [] });
    expect(await held()).toBe(2);
  });

  test.each(['cancelled', 'rejected', 'failed', 'delivered'])(
    'the hold of an order that ended %s is released, and the timeline says so',
    async (status) => {
      const before = await held();
      const orderId = await orderWithHold(status);
      expect(await compared(orderId)).toEqual(['hold_of_finished_order auto_fixed']);
      expect(await held()).toBe(before);
      expect(await books.facts(orderId)).toEqual(['inventory.reserved', 'inventory.released']);
      expect(await compared(orderId)).toEqual([]);
    },
  );

  test('the hold of an order that ended a moment ago is left to the order', async () => {
    const orderId = await orderWithHold('cancelled');
    await sql`update orders.orders set status_since = clock_timestamp() + interval '1 hour'
    where id = ${orderId}`.execute(books.database);
    expect(await compared(orderId)).toEqual([]);
    await books.inventory.release(orderId);
  });

  test('a count that differs from the ledger is reported with both figures', async () => {
    await sql`update inventory.items set on_hand = on_hand - 3, held = held + 1
    where sku = 'MUG-200'`.execute(books.database);
    const { differences } = await books.run('compareStock');
    const reported = { kind: 'stock_differs', orderId: null, outcome: 'reported' };
    expect(differences).toEqual([
      { ...reported, subject: 'MUG-200 in wh_hamburg: held is 1, the ledger says 0' },
      { ...reported, subject: 'MUG-200 in wh_hamburg: on_hand is 97, the ledger says 100' },
    ]);
  });

  test('a run covers what no part has covered, with an overlap, up to some minutes ago', async () => {
    const settledMs = 300_000;
    const overlapMs = 600_000;
    const ledgers = postgresLedgers(books.database, { settledMs });
    const nothing = { lookedAt: 0, agreed: 0, mended: 0, differed: 0, differing: [] };
    const startedAt = new Date().toISOString();
    const keep = (runId: string, kind: ReconciliationKind, coveredUntil?: string) =>
      ledgers.keep({ ...nothing, runId, kind, startedAt, ...(coveredUntil && { coveredUntil }) });
    const startAfter = (covered: string) => new Date(Date.parse(covered) - overlapMs).toISOString();
    const first = await ledgers.nextPeriod();
    expect(first.since).toBe(new Date(0).toISOString());
    expect(Date.now() - Date.parse(first.until)).toBeGreaterThanOrEqual(settledMs);

    const [late, early] = ['2026-02-02T00:00:00.000Z', '2026-02-01T00:00:00.000Z'];
    await keep('1', 'payments', early);
    await keep('1', 'shipments', late);
    await keep('1', 'orders');
    expect((await ledgers.nextPeriod()).since).toBe(startAfter(early));
    await keep('2', 'payments', late);
    await keep('2', 'shipments', late);
    expect((await ledgers.nextPeriod()).since).toBe(startAfter(late));
  });
});
