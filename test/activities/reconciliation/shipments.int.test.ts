import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { shipmentIdOf, type OrderId } from '../../../src/domain/ids.js';
import { newOrderId } from '../../adapters/own-database.js';
import { labelRequest } from '../../adapters/requests.js';
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

test('a shipment that the carrier does not know becomes work for a person', async () => {
  const orderId = await orderWithLabel('confirmed');
  await update(orderId, 'provider_id', 'shp_nobody');
  expect(await compared(orderId)).toEqual(['label_unknown_to_carrier raised']);
});

test('a label that was voided at the carrier and not by us becomes work for a person', async () => {
  const orderId = await orderWithLabel('confirmed');
  const idempotencyKey = `${orderId}:voidLabel`;
  await books.carrier.voidLabel({ orderId, shipmentId: shipmentIdOf(orderId), idempotencyKey });
  await update(orderId, 'state', 'bought');
  expect(await compared(orderId)).toEqual(['label_given_back raised']);
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
