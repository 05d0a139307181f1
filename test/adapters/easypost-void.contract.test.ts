import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import {
  bought,
  failureOf,
  kinds,
  labelRequest,
  labelVoiding,
  twice,
  useTestProviders,
} from './harness.js';
import { waitFor } from '../support/wait-for.js';

const harness = useTestProviders();

const carrierFault = (orderId: string, operation: string, kind: string, more: object = {}) =>
  harness.fault({ service: 'carrier', operation, kind, order_id: orderId, ...more });

test('gives the label back once, however often it is called', async () => {
  const orderId = await harness.newOrder();
  await bought(harness, orderId);
  expect(await twice(() => harness.carrier.voidLabel(labelVoiding(orderId)))).toEqual({
    kind: 'undone',
  });
  expect(kinds((await harness.ledger(orderId)).labels)).toEqual(['buy', 'void']);
});

test('refuses to buy again what was given back', async () => {
  const orderId = await harness.newOrder();
  await bought(harness, orderId);
  await harness.carrier.voidLabel(labelVoiding(orderId));
  const again = harness.carrier.buyLabel(labelRequest(orderId));
  await expect(again).rejects.toBeInstanceOf(ProviderRefused);
  expect(kinds((await harness.ledger(orderId)).labels)).toEqual(['buy', 'void']);
});

test('gives the label back once when the answer was lost', async () => {
  const orderId = await harness.newOrder();
  await bought(harness, orderId);
  await carrierFault(orderId, 'void_label', 'drop_response');
  const lost = harness.carrier.voidLabel(labelVoiding(orderId));
  await expect(lost).rejects.toBeInstanceOf(ProviderUnavailable);
  expect(await harness.carrier.voidLabel(labelVoiding(orderId))).toEqual({ kind: 'undone' });
  expect(kinds((await harness.ledger(orderId)).labels)).toEqual(['buy', 'void']);
});

test('gives back a label whose purchase had no answer', async () => {
  const orderId = await harness.newOrder();
  await carrierFault(orderId, 'buy_label', 'drop_response');
  await expect(harness.carrier.buyLabel(labelRequest(orderId))).rejects.toThrow();
  expect(await harness.carrier.voidLabel(labelVoiding(orderId))).toEqual({ kind: 'undone' });
  expect(kinds((await harness.ledger(orderId)).labels)).toEqual(['buy', 'void']);
});

test('gives back a label while its purchase still waits for the answer', async () => {
  const orderId = await harness.newOrder();
  await carrierFault(orderId, 'buy_label', 'delay', { delay_ms: 1_500 });
  const buying = failureOf(harness.carrier.buyLabel(labelRequest(orderId)));
  await waitFor('the purchase', async () => (await harness.ledger(orderId)).labels.length > 0);
  expect(await harness.carrier.voidLabel(labelVoiding(orderId))).toEqual({ kind: 'undone' });
  expect(await buying).toBeInstanceOf(ProviderRefused);
  expect(kinds((await harness.ledger(orderId)).labels)).toEqual(['buy', 'void']);
});

test('finds nothing when there was never a shipment, twice alike', async () => {
  const orderId = await harness.newOrder();
  const nothing = { kind: 'nothing_to_undo' };
  expect(await twice(() => harness.carrier.voidLabel(labelVoiding(orderId)))).toEqual(nothing);
});

test('finds nothing when the shipment was quoted and not bought, and bars the purchase', async () => {
  const orderId = await harness.newOrder();
  await carrierFault(orderId, 'buy_label', 'down');
  await expect(harness.carrier.buyLabel(labelRequest(orderId))).rejects.toThrow();
  expect(await harness.carrier.voidLabel(labelVoiding(orderId))).toEqual({
    kind: 'nothing_to_undo',
  });
  const late = harness.carrier.buyLabel(labelRequest(orderId));
  await expect(late).rejects.toBeInstanceOf(ProviderRefused);
  expect((await harness.ledger(orderId)).labels).toEqual([]);
});

test.each(['in_transit', 'out_for_delivery', 'delivered'])(
  'comes too late for a parcel that is %s',
  async (status) => {
    const orderId = await harness.newOrder();
    await harness.scan(await bought(harness, orderId), status);
    expect(await harness.carrier.voidLabel(labelVoiding(orderId))).toEqual({ kind: 'too_late' });
    expect(kinds((await harness.ledger(orderId)).labels)).toEqual(['buy']);
  },
);

test('that comes too late leaves the label to its order, which may not know it yet', async () => {
  const orderId = await harness.newOrder();
  const trackingNumber = await bought(harness, orderId);
  await sql`
      update orders.shipments
      set state = 'created', carrier = null, tracking_number = null
      where order_id = ${orderId}`.execute(harness.database);
  await harness.scan(trackingNumber, 'in_transit');
  expect(await harness.carrier.voidLabel(labelVoiding(orderId))).toEqual({ kind: 'too_late' });
  const label = await harness.carrier.buyLabel(labelRequest(orderId));
  expect(label).toMatchObject({ kind: 'bought', trackingNumber });
  expect(kinds((await harness.ledger(orderId)).labels)).toEqual(['buy']);
});

test('passes on that the carrier does not take the label back', async () => {
  const orderId = await harness.newOrder();
  await bought(harness, orderId);
  await carrierFault(orderId, 'void_label', 'refuse');
  const refused = harness.carrier.voidLabel(labelVoiding(orderId));
  await expect(refused).rejects.toBeInstanceOf(ProviderRefused);
});
