import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shipmentIdOf, type OrderId } from '../../../src/domain/ids.js';
import { bought, kinds, labelRequest, newOrderId } from '../../adapters/harness.js';
import { afterNow, outcomesOf, startReconciliation, type Reconciliation } from './harness.js';

let books: Reconciliation;
beforeAll(async () => {
  books = await startReconciliation();
});
afterAll(() => books.stop());

const labelKinds = async (orderId: OrderId) => kinds((await books.ledger(orderId)).labels);
const compare = () => books.run('compareShipments', books.period());

async function orderWithLabel(status: string): Promise<OrderId> {
  const orderId = await books.orderWith(status, [{ type: 'order.confirmed' }]);
  await bought(books, orderId);
  return orderId;
}

const setState = (orderId: OrderId, state: string) =>
  sql`update orders.shipments set state = ${state} where order_id = ${orderId}`.execute(
    books.database,
  );

/** The label is at the carrier, and we have forgotten it. */
const forget = (orderId: OrderId) =>
  sql`delete from orders.shipments where order_id = ${orderId}`.execute(books.database);

test('a label that both know is left alone', async () => {
  const orderId = await orderWithLabel('confirmed');
  expect(outcomesOf(await compare(), orderId)).toEqual([]);
  expect(await labelKinds(orderId)).toEqual(['buy']);
});

test.each(['cancelled', 'rejected', 'failed'])(
  'the label of an order that ended %s before its parcel left is voided, and the timeline says so',
  async (status) => {
    const orderId = await orderWithLabel(status);
    expect(outcomesOf(await compare(), orderId)).toEqual(['label_not_voided auto_fixed']);
    expect(await labelKinds(orderId)).toEqual(['buy', 'void']);
    expect(await books.facts(orderId)).toEqual(['order.confirmed', 'label.voided']);
    expect(outcomesOf(await compare(), orderId)).toEqual([]);
  },
);

test('a label that we voided and the carrier did not is voided again', async () => {
  const orderId = await orderWithLabel('confirmed');
  await setState(orderId, 'voided');
  expect(outcomesOf(await compare(), orderId)).toEqual(['label_not_voided auto_fixed']);
  expect(await labelKinds(orderId)).toEqual(['buy', 'void']);
});

test('a label that should be void and is on its way becomes work for a person, once', async () => {
  const orderId = await books.orderWith('cancelled', [{ type: 'order.confirmed' }]);
  await books.scan(await bought(books, orderId), 'in_transit');
  expect(outcomesOf(await compare(), orderId)).toEqual(['label_not_voided raised']);
  await compare();
  const subject = `${shipmentIdOf(orderId)}: the label should be void and is not`;
  expect(await books.openItems(orderId)).toMatchObject([{ reason: 'books_differ', subject }]);
  expect(await books.facts(orderId)).toEqual(['order.confirmed', 'attention.raised']);
});

test('a parcel of an order that failed because it was lost keeps its label', async () => {
  const orderId = await orderWithLabel('failed');
  await sql`update orders.orders set fulfillment_status = 'lost' where id = ${orderId}`.execute(
    books.database,
  );
  expect(outcomesOf(await compare(), orderId)).toEqual([]);
  expect(await labelKinds(orderId)).toEqual(['buy']);
});

test('a shipment that the carrier does not know becomes work for a person', async () => {
  const orderId = await orderWithLabel('confirmed');
  await sql`update orders.shipments set provider_id = 'shp_nobody' where order_id = ${orderId}`.execute(
    books.database,
  );
  expect(outcomesOf(await compare(), orderId)).toEqual(['label_unknown_to_carrier raised']);
});

test('a label that somebody gave back at the carrier becomes work for a person', async () => {
  const orderId = await orderWithLabel('confirmed');
  await books.carrier.voidLabel({
    orderId,
    shipmentId: shipmentIdOf(orderId),
    idempotencyKey: `${orderId}:voidLabel`,
  });
  await setState(orderId, 'bought');
  expect(outcomesOf(await compare(), orderId)).toEqual(['label_given_back raised']);
});

test('a label at the carrier that no shipment of the order has becomes work for a person', async () => {
  const orderId = await orderWithLabel('confirmed');
  await forget(orderId);
  const findings = await books.run('compareLabelList', books.period());
  expect(outcomesOf(findings, orderId)).toEqual(['label_unknown_to_us raised']);
  expect(await books.openItems(orderId)).toHaveLength(1);
  await books.run('compareLabelList', books.period());
  expect(await books.openItems(orderId)).toHaveLength(1);
});

test('a label of no order of ours is reported and left alone', async () => {
  const real = await books.orderWith('confirmed', [{ type: 'order.confirmed' }]);
  const stranger = newOrderId();
  // Bought under a stranger's reference, for a shipment that is then forgotten.
  await books.carrier.buyLabel({
    ...labelRequest(real),
    idempotencyKey: `${stranger}:createShipment`,
  });
  await forget(real);
  const { differences } = await books.run('compareLabelList', books.period());
  const found = differences.filter(({ subject }) => subject.includes(stranger));
  expect(found).toMatchObject([
    { kind: 'label_unknown_to_us', orderId: null, outcome: 'reported' },
  ]);
});

test('a label bought after its order was at rest is found in the list', async () => {
  const orderId = await books.orderWith('cancelled', [{ type: 'order.confirmed' }]);
  const afterwards = afterNow();
  await bought(books, orderId);
  const findings = await books.run('compareLabelList', books.period(afterwards));
  expect(outcomesOf(findings, orderId)).toEqual(['label_not_voided auto_fixed']);
});
