import { oneRow } from '../../src/db/database.js';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import {
  bought,
  failureOf,
  type Harness,
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

const labels = async (orderId: Parameters<Harness['ledger']>[0]) =>
  (await harness.ledger(orderId)).labels;

test('buys the label and remembers it', async () => {
  const request = labelRequest(await harness.newOrder());
  const label = await harness.carrier.buyLabel(request);
  expect(label).toEqual({
    kind: 'bought',
    carrier: 'SandboxPost',
    trackingNumber: expect.stringMatching(/^SBX\d+$/),
    trackingUrl: expect.stringMatching(/\/track\/SBX\d+$/),
  });
  const row = await oneRow(
    harness.database,
    sql`
      select order_id, state, tracking_number from orders.shipments
      where id = ${request.shipmentId}`,
  );
  const [entry] = await labels(request.orderId);
  expect(row).toEqual({
    order_id: request.orderId,
    state: 'bought',
    tracking_number: entry?.tracking_number,
  });
});

test('answers a second call like the first, with one label', async () => {
  const request = labelRequest(await harness.newOrder());
  const first = await harness.carrier.buyLabel(request);
  expect(await harness.carrier.buyLabel(request)).toEqual(first);
  expect(kinds(await labels(request.orderId))).toEqual(['buy']);
});

test('buys one label when several attempts run at once', async () => {
  const request = labelRequest(await harness.newOrder());
  const answers = await Promise.all([1, 2, 3, 4].map(() => harness.carrier.buyLabel(request)));
  expect(new Set(answers.map((label) => JSON.stringify(label))).size).toBe(1);
  expect(answers[0]?.kind).toBe('bought');
  expect(kinds(await labels(request.orderId))).toEqual(['buy']);
});

test.each([
  ['of the quote', 'create'],
  ['of the purchase', 'buy_label'],
])('buys one label when the answer %s was lost', async (_what, operation) => {
  const request = labelRequest(await harness.newOrder());
  await carrierFault(request.orderId, operation, 'drop_response');
  await expect(harness.carrier.buyLabel(request)).rejects.toBeInstanceOf(ProviderUnavailable);
  const label = await harness.carrier.buyLabel(request);
  const entries = await labels(request.orderId);
  expect(kinds(entries)).toEqual(['buy']);
  expect(label).toMatchObject({ kind: 'bought', trackingNumber: entries[0]?.tracking_number });
});

test.each([
  ['an address that is none', { city: 'Nowhere' }, 'ADDRESS.VERIFY.FAILURE'],
  ['a place without service', { postalCode: '99999' }, 'no_service'],
])('reports %s as refused, twice alike, and buys nothing', async (_what, to, reason) => {
  const request = labelRequest(await harness.newOrder(), to);
  expect(await twice(() => harness.carrier.buyLabel(request))).toEqual({ kind: 'refused', reason });
  expect(await labels(request.orderId)).toEqual([]);
});

test('reports a purchase that the carrier refuses as refused', async () => {
  const request = labelRequest(await harness.newOrder());
  await carrierFault(request.orderId, 'buy_label', 'refuse');
  expect(await harness.carrier.buyLabel(request)).toEqual({
    kind: 'refused',
    reason: 'SHIPMENT.POSTAGE.FAILURE',
  });
  expect(await labels(request.orderId)).toEqual([]);
});

test.each(['error_500', 'down'])('is worth another try after %s, and then buys', async (kind) => {
  const request = labelRequest(await harness.newOrder());
  await carrierFault(request.orderId, 'buy_label', kind);
  await expect(harness.carrier.buyLabel(request)).rejects.toBeInstanceOf(ProviderUnavailable);
  expect((await harness.carrier.buyLabel(request)).kind).toBe('bought');
  expect(kinds(await labels(request.orderId))).toEqual(['buy']);
});

test('refuses to buy for a shipment that was voided before', async () => {
  const request = labelRequest(await harness.newOrder());
  await harness.carrier.voidLabel(labelVoiding(request.orderId));
  await expect(harness.carrier.buyLabel(request)).rejects.toBeInstanceOf(ProviderRefused);
  expect(await labels(request.orderId)).toEqual([]);
});

test('refuses to buy when the void comes while it asks for a quote', async () => {
  const request = labelRequest(await harness.newOrder());
  await carrierFault(request.orderId, 'create', 'delay', { delay_ms: 1_500 });
  const buying = failureOf(harness.carrier.buyLabel(request));
  await harness.carrier.voidLabel(labelVoiding(request.orderId));
  expect(await buying).toBeInstanceOf(ProviderRefused);
  expect(await labels(request.orderId)).toEqual([]);
});

test('gives the label back at once when the void had looked before it was bought', async () => {
  const request = labelRequest(await harness.newOrder());
  await carrierFault(request.orderId, 'buy_label', 'delay', { delay_ms: 1_500 });
  const buying = failureOf(harness.carrier.buyLabel(request));
  await waitFor('the purchase', async () => (await labels(request.orderId)).length > 0);
  await sql`
      update orders.shipments set state = 'voided' where id = ${request.shipmentId}`.execute(
    harness.database,
  );
  expect(await buying).toBeInstanceOf(ProviderRefused);
  expect(kinds(await labels(request.orderId))).toEqual(['buy', 'void']);
});

test('keeps the labels of different shipments apart', async () => {
  const [first, second] = [await harness.newOrder(), await harness.newOrder()];
  expect(await bought(harness, first)).not.toBe(await bought(harness, second));
});
