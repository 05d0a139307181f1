import { allRows } from '../../src/db/database.js';
import { sql } from 'kysely';
import { typeid } from 'typeid-js';
import { expect, test } from 'vitest';
import type {
  LabelRequest,
  PostalAddress,
  ReturnLabelRequest,
} from '../../src/activities/ports.js';
import { easypostLedger, type BookedLabel } from '../../src/adapters/easypost-ledger.js';
import { easypostClient } from '../../src/adapters/easypost-client.js';
import { shipmentIdOf, type OrderId, type ReturnId } from '../../src/domain/ids.js';
import { bought, kinds, labelRequest, labelVoiding, useTestProviders } from './harness.js';

const harness = useTestProviders();

const rotterdam: PostalAddress = {
  name: 'Warehouse',
  line1: '12 Quay Road',
  city: 'Rotterdam',
  postalCode: '3011 AA',
  country: 'NL',
};

const account = () => ({ apiKey: 'EZTK_tests', apiUrl: harness.urls.easypost, timeoutMs: 3_000 });

/** The request for an order's n-th parcel. */
const parcel = (orderId: OrderId, index: number, changes: Partial<LabelRequest> = {}) => ({
  ...labelRequest(orderId),
  shipmentId: shipmentIdOf(orderId, index),
  idempotencyKey: `${orderId}:createShipment:${shipmentIdOf(orderId, index)}`,
  ...changes,
});

const returnRequest = (orderId: OrderId): ReturnLabelRequest => {
  const returnId: ReturnId = typeid('ret').toString();
  return {
    orderId,
    returnId,
    from: labelRequest(orderId).to,
    to: rotterdam,
    weightGrams: 750,
    currency: 'EUR',
    idempotencyKey: `${orderId}:createReturnLabel:${returnId}`,
  };
};

const rowsOf = (orderId: OrderId) =>
  allRows(
    harness.database,
    sql<Record<'provider_id' | 'tracking_url' | 'state', string | null>>`
      select id, kind, state, warehouse_id, return_id, provider_id, tracking_url
      from orders.shipments where order_id = ${orderId} order by created_at`,
  );

/** What the carrier has of a shipment, as its API answers it. */
const atCarrier = async (providerId: string | null) =>
  (await easypostClient(account()).retrieve(providerId ?? '')) as unknown as {
    from_address: { city: string };
    to_address: { city: string; street1: string };
    is_return: boolean;
  };

test('buys one label for each parcel of an order, however often it is asked', async () => {
  const orderId = await harness.newOrder();
  const requests = [0, 1, 2].map((index) => parcel(orderId, index));
  const labels = await Promise.all(
    [...requests, ...requests].map((request) => harness.carrier.buyLabel(request)),
  );
  expect(new Set(labels.map((label) => JSON.stringify(label))).size).toBe(3);
  expect(kinds((await harness.ledger(orderId)).labels)).toEqual(['buy', 'buy', 'buy']);
});

test('voids one parcel of an order and leaves the others', async () => {
  const orderId = await harness.newOrder();
  await bought(harness, orderId);
  await harness.carrier.buyLabel(parcel(orderId, 1));
  await harness.carrier.voidLabel(labelVoiding(orderId));
  expect((await rowsOf(orderId)).map(({ state }) => state)).toEqual(['voided', 'bought']);
});

test('starts a parcel where its warehouse is, and remembers which', async () => {
  const orderId = await harness.newOrder();
  await harness.carrier.buyLabel(
    parcel(orderId, 0, { from: rotterdam, warehouseId: 'wh_rotterdam', isReplacement: true }),
  );
  const [row] = await rowsOf(orderId);
  expect(row).toMatchObject({ kind: 'replacement', warehouse_id: 'wh_rotterdam' });
  expect((await atCarrier(row!.provider_id)).from_address.city).toBe('Rotterdam');
});

test('keeps the link to the way of the parcel, which leads there', async () => {
  const orderId = await harness.newOrder();
  const trackingNumber = await bought(harness, orderId);
  const [row] = await rowsOf(orderId);
  const page = await fetch(row!.tracking_url!);
  expect(await page.text()).toContain(trackingNumber);
});

test('sends a parcel to the address that holds when the label is bought', async () => {
  const orderId = await harness.newOrder();
  await harness.fault({
    service: 'carrier',
    operation: 'buy_label',
    kind: 'refuse',
    order_id: orderId,
  });
  const request = parcel(orderId, 0);
  expect((await harness.carrier.buyLabel(request)).kind).toBe('refused');
  const moved = { ...request, to: { ...request.to, line1: '2 Other Street' } };
  expect((await harness.carrier.buyLabel(moved)).kind).toBe('bought');
  const [row] = await rowsOf(orderId);
  expect((await atCarrier(row!.provider_id)).to_address.street1).toBe('2 Other Street');
  expect(kinds((await harness.ledger(orderId)).labels)).toEqual(['buy']);
});

test('gives the label to the old address back when its answer was lost', async () => {
  const orderId = await harness.newOrder();
  await harness.fault({
    service: 'carrier',
    operation: 'buy_label',
    kind: 'drop_response',
    order_id: orderId,
  });
  const request = parcel(orderId, 0);
  await expect(harness.carrier.buyLabel(request)).rejects.toThrow();
  const moved = { ...request, to: { ...request.to, city: 'Hamburg' } };
  expect((await harness.carrier.buyLabel(moved)).kind).toBe('bought');
  expect(kinds((await harness.ledger(orderId)).labels)).toEqual(['buy', 'void', 'buy']);
});

test('buys one label for a return, beside those of the way there', async () => {
  const orderId = await harness.newOrder();
  await bought(harness, orderId);
  const request = returnRequest(orderId);
  const [label, again] = await Promise.all([
    harness.carrier.buyReturnLabel(request),
    harness.carrier.buyReturnLabel(request),
  ]);
  expect(label.kind).toBe('bought');
  expect(again).toEqual(label);
  expect(await rowsOf(orderId)).toMatchObject([
    { kind: 'outbound', return_id: null },
    { kind: 'return', return_id: request.returnId, id: `shp_${request.returnId.slice(4)}` },
  ]);
  expect(kinds((await harness.ledger(orderId)).labels)).toEqual(['buy', 'buy']);
});

test('tells the carrier that it is a return, and leaves the turning round to it', async () => {
  const orderId = await harness.newOrder();
  const request = returnRequest(orderId);
  await harness.carrier.buyReturnLabel(request);
  const [row] = await rowsOf(orderId);
  expect(await atCarrier(row!.provider_id)).toMatchObject({
    is_return: true,
    reference: request.idempotencyKey,
    to_address: { city: 'Berlin' },
    from_address: { city: 'Rotterdam' },
  });
});

test('reports a return from a place without service as refused', async () => {
  const orderId = await harness.newOrder();
  const request = returnRequest(orderId);
  const from = { ...request.from, postalCode: '99999' };
  expect(await harness.carrier.buyReturnLabel({ ...request, from })).toEqual({
    kind: 'refused',
    reason: 'no_service',
  });
});

test("the carrier's books list every label with its order, voided or not, and no quotes", async () => {
  const orderId = await harness.newOrder();
  const since = new Date();
  const first = await bought(harness, orderId);
  const label = await harness.carrier.buyLabel(parcel(orderId, 1));
  await harness.carrier.voidLabel(labelVoiding(orderId));
  await harness.fault({ service: 'carrier', operation: 'buy_label', kind: 'refuse' });
  await harness.carrier.buyLabel(parcel(orderId, 2));

  const listed = await all(easypostLedger(account()).listLabels(since));
  expect(listed).toMatchObject([
    { orderId, reference: parcel(orderId, 1).idempotencyKey, voided: false },
    { orderId, trackingNumber: first, voided: true },
  ]);
  expect(listed[0]).toMatchObject({
    trackingNumber: 'trackingNumber' in label && label.trackingNumber,
  });

  const older = await all(easypostLedger(account()).listLabels(since, listed[0]!.providerId));
  expect(older).toEqual(listed.slice(1));
});

test("the carrier's books are read past a page's end, and no further back than asked", async () => {
  const orderId = await harness.newOrder();
  const since = new Date();
  const count = 103;
  for (let index = 0; index < count; index += 1) {
    await harness.carrier.buyLabel(parcel(orderId, index));
  }
  const listed = await all(easypostLedger(account()).listLabels(since));
  expect(new Set(listed.map(({ reference }) => reference)).size).toBe(count);
});

async function all(labels: AsyncIterable<BookedLabel>): Promise<BookedLabel[]> {
  const list: BookedLabel[] = [];
  for await (const label of labels) list.push(label);
  return list;
}
