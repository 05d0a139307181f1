import { sql } from 'kysely';
import { typeid } from 'typeid-js';
import { describe, expect, test } from 'vitest';
import type { ReturnLabelRequest } from '../../src/activities/ports.js';
import { easypostClient } from '../../src/adapters/easypost-client.js';
import { allRows } from '../../src/db/database.js';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import type { OrderId, ReturnId } from '../../src/domain/ids.js';
import { waitFor } from '../support/wait-for.js';
import { failureOf, twice, useTestProviders } from './providers.js';
import { address, labelRequest, labelVoiding } from './requests.js';

const providers = useTestProviders();

const fault = (orderId: OrderId, operation: string, kind: string, more?: object) =>
  providers.fault('carrier', operation, kind, orderId, more);
const buy = (...request: Parameters<typeof labelRequest>) =>
  providers.carrier.buyLabel(labelRequest(...request));
const voidLabel = (orderId: OrderId) => providers.carrier.voidLabel(labelVoiding(orderId));
const waitForPurchase = (orderId: OrderId) =>
  waitFor('the purchase', async () => (await providers.labels(orderId)).length > 0);

const rowsOf = (orderId: OrderId) =>
  allRows<Record<'provider_id' | 'tracking_url' | 'tracking_number' | 'state', string>>(
    providers.database,
  )`
      select * from orders.shipments where order_id = ${orderId} order by created_at`;

/** A shipment of the order as the carrier's API answers it. */
async function atCarrier(orderId: OrderId, index = 0): Promise<unknown> {
  const rows = await rowsOf(orderId);
  return easypostClient(providers.easypost).retrieve(rows[index]!.provider_id);
}

describe('a purchase', () => {
  test('buys one label and remembers it, twice alike', async () => {
    const request = labelRequest(await providers.newOrder());
    expect(await twice(() => providers.carrier.buyLabel(request))).toEqual({
      kind: 'bought',
      carrier: 'SandboxPost',
      trackingNumber: expect.stringMatching(/^SBX\d+$/),
      trackingUrl: expect.stringMatching(/\/track\/SBX\d+$/),
    });
    const { labels } = await providers.ledger(request.orderId);
    expect(labels).toMatchObject([{ kind: 'buy' }]);
    const { tracking_number } = labels[0]!;
    expect(await rowsOf(request.orderId)).toMatchObject([{ state: 'bought', tracking_number }]);
  });

  test('buys one label for each shipment when many attempts run at once', async () => {
    const orderId = await providers.newOrder();
    const requests = [0, 1, 2, 0, 1, 2].map((index) => labelRequest(orderId, {}, index));
    const labels = await Promise.all(
      requests.map((request) => providers.carrier.buyLabel(request)),
    );
    expect(new Set(labels.map((label) => JSON.stringify(label))).size).toBe(3);
    expect(await providers.labels(orderId)).toEqual(['buy', 'buy', 'buy']);
  });

  test.each([
    ['create', 'drop_response'],
    ['buy_label', 'drop_response'],
    ['buy_label', 'error_500'],
    ['buy_label', 'down'],
  ])('buys one label in the second try when %s ends with %s', async (operation, kind) => {
    const request = labelRequest(await providers.newOrder());
    await fault(request.orderId, operation, kind);
    await expect(providers.carrier.buyLabel(request)).rejects.toBeInstanceOf(ProviderUnavailable);
    const label = await providers.carrier.buyLabel(request);
    const { labels } = await providers.ledger(request.orderId);
    expect(labels).toMatchObject([{ kind: 'buy' }]);
    const trackingNumber = labels[0]?.tracking_number;
    expect(label).toMatchObject({ kind: 'bought', trackingNumber });
  });

  test.each([
    ['an unknown address', { city: 'Nowhere' }, 'ADDRESS.VERIFY.FAILURE'],
    ['a place without service', { postalCode: '99999' }, 'no_service'],
  ])('is refused for %s, twice alike', async (_what, to, reason) => {
    const request = labelRequest(await providers.newOrder(), to);
    const refused = { kind: 'refused', reason };
    expect(await twice(() => providers.carrier.buyLabel(request))).toEqual(refused);
    expect(await providers.labels(request.orderId)).toEqual([]);
  });

  test('goes to the address that holds when the label is bought', async () => {
    const orderId = await providers.newOrder();
    await fault(orderId, 'buy_label', 'refuse');
    const reason = 'SHIPMENT.POSTAGE.FAILURE';
    const refused = buy(orderId);
    expect(await refused).toEqual({ kind: 'refused', reason });
    await buy(orderId, { line1: '2 Other Street' });
    expect(await atCarrier(orderId)).toMatchObject({ to_address: { street1: '2 Other Street' } });
    expect(await providers.labels(orderId)).toEqual(['buy']);
  });

  test('voids the label to the old address when the answer to its purchase was lost', async () => {
    const orderId = await providers.newOrder();
    await fault(orderId, 'buy_label', 'drop_response');
    await expect(buy(orderId)).rejects.toThrow();
    const moved = labelRequest(orderId, { city: 'Hamburg' });
    expect((await providers.carrier.buyLabel(moved)).kind).toBe('bought');
    expect(await providers.labels(orderId)).toEqual(['buy', 'void', 'buy']);
  });

  test('is refused when the void comes while it asks for a quote', async () => {
    const orderId = await providers.newOrder();
    await fault(orderId, 'create', 'delay', { delay_ms: 1_500 });
    const buying = failureOf(buy(orderId));
    await voidLabel(orderId);
    expect(await buying).toBeInstanceOf(ProviderRefused);
    expect(await providers.labels(orderId)).toEqual([]);
  });

  test('voids its label at once when the void had looked before it was bought', async () => {
    const orderId = await providers.newOrder();
    await fault(orderId, 'buy_label', 'delay', { delay_ms: 1_500 });
    const buying = failureOf(buy(orderId));
    await waitForPurchase(orderId);
    await sql`update orders.shipments set state = 'voided'
      where order_id = ${orderId}`.execute(providers.database);
    expect(await buying).toBeInstanceOf(ProviderRefused);
    expect(await providers.labels(orderId)).toEqual(['buy', 'void']);
  });

  test('starts where the warehouse is, and its row says which, and where the parcel can be seen', async () => {
    const orderId = await providers.newOrder();
    const warehouse = { from: rotterdam, warehouseId: 'wh_rotterdam', isReplacement: true };
    await providers.carrier.buyLabel({ ...labelRequest(orderId), ...warehouse });
    const [row] = await rowsOf(orderId);
    expect(row).toMatchObject({ kind: 'replacement', warehouse_id: 'wh_rotterdam' });
    expect(await atCarrier(orderId)).toMatchObject({ from_address: { city: 'Rotterdam' } });
    const page = await fetch(row!.tracking_url);
    expect(await page.text()).toContain(row!.tracking_number);
  });
});

describe('a void', () => {
  test('voids the label once, leaves others alone, and bars another purchase', async () => {
    const orderId = await providers.newOrder();
    await providers.bought(orderId);
    await buy(orderId, {}, 1);
    expect(await twice(() => voidLabel(orderId))).toEqual({ kind: 'undone' });
    const again = buy(orderId);
    await expect(again).rejects.toBeInstanceOf(ProviderRefused);
    expect(await providers.labels(orderId)).toEqual(['buy', 'buy', 'void']);
    expect((await rowsOf(orderId)).map(({ state }) => state)).toEqual(['voided', 'bought']);
  });

  test.each([
    ['buy_label', buy],
    ['void_label', voidLabel],
  ] as const)('voids a label once when the answer to %s was lost', async (operation, call) => {
    const orderId = await providers.newOrder();
    if (operation === 'void_label') await providers.bought(orderId);
    await fault(orderId, operation, 'drop_response');
    await expect(call(orderId)).rejects.toBeInstanceOf(ProviderUnavailable);
    expect(await voidLabel(orderId)).toEqual({ kind: 'undone' });
    expect(await providers.labels(orderId)).toEqual(['buy', 'void']);
  });

  test('voids a label while its purchase still waits for the answer', async () => {
    const orderId = await providers.newOrder();
    await fault(orderId, 'buy_label', 'delay', { delay_ms: 1_500 });
    const buying = failureOf(buy(orderId));
    await waitForPurchase(orderId);
    expect(await voidLabel(orderId)).toEqual({ kind: 'undone' });
    expect(await buying).toBeInstanceOf(ProviderRefused);
    expect(await providers.labels(orderId)).toEqual(['buy', 'void']);
  });

  test.each([
    ['there was never a shipment', () => Promise.resolve()],
    [
      'the shipment was quoted and not bought',
      async (orderId: OrderId) => {
        await fault(orderId, 'buy_label', 'down');
        await expect(buy(orderId)).rejects.toThrow();
      },
    ],
  ])('finds nothing when %s, twice alike, and bars the purchase', async (_what, prepare) => {
    const orderId = await providers.newOrder();
    await prepare(orderId);
    expect(await twice(() => voidLabel(orderId))).toEqual({ kind: 'nothing_to_undo' });
    const late = buy(orderId);
    await expect(late).rejects.toBeInstanceOf(ProviderRefused);
    expect(await providers.labels(orderId)).toEqual([]);
  });

  test.each(['in_transit', 'out_for_delivery', 'delivered'])(
    'is too late for a parcel that is %s, whose order keeps the label also when its purchase was not recorded',
    async (status) => {
      const orderId = await providers.newOrder();
      const trackingNumber = await providers.bought(orderId);
      await sql`update orders.shipments set state = 'created', carrier = null,
        tracking_number = null where order_id = ${orderId}`.execute(providers.database);
      await providers.scan(trackingNumber, status);
      expect(await voidLabel(orderId)).toEqual({ kind: 'too_late' });
      const label = await buy(orderId);
      expect(label).toMatchObject({ kind: 'bought', trackingNumber });
      expect(await providers.labels(orderId)).toEqual(['buy']);
    },
  );

  test('is refused for good when the carrier refuses it', async () => {
    const orderId = await providers.newOrder();
    await providers.bought(orderId);
    await fault(orderId, 'void_label', 'refuse');
    await expect(voidLabel(orderId)).rejects.toBeInstanceOf(ProviderRefused);
  });
});

const rotterdam = { ...address, city: 'Rotterdam', postalCode: '3011 AA', country: 'NL' };

describe('a return', () => {
  const returnRequest = (orderId: OrderId): ReturnLabelRequest => {
    const returnId: ReturnId = typeid('ret').toString();
    const { to: from, weightGrams, currency } = labelRequest(orderId);
    const idempotencyKey = `${orderId}:createReturnLabel:${returnId}`;
    return { orderId, returnId, from, to: rotterdam, weightGrams, currency, idempotencyKey };
  };

  test('has one label beside those of its order, marked so that the carrier swaps the addresses itself', async () => {
    const orderId = await providers.newOrder();
    await providers.bought(orderId);
    const { returnId, ...request } = returnRequest(orderId);
    const [label, again] = await Promise.all(
      [1, 2].map(() => providers.carrier.buyReturnLabel({ ...request, returnId })),
    );
    expect(label?.kind).toBe('bought');
    expect(again).toEqual(label);
    expect(await rowsOf(orderId)).toMatchObject([
      { kind: 'outbound', return_id: null },
      { kind: 'return', return_id: returnId, id: `shp_${returnId.slice(4)}` },
    ]);
    expect(await providers.labels(orderId)).toEqual(['buy', 'buy']);
    expect(await atCarrier(orderId, 1)).toMatchObject({
      is_return: true,
      reference: request.idempotencyKey,
      to_address: { city: 'Berlin' },
      from_address: { city: 'Rotterdam' },
    });
  });

  test('is refused from a place without service', async () => {
    const request = returnRequest(await providers.newOrder());
    const from = { ...request.from, postalCode: '99999' };
    expect(await providers.carrier.buyReturnLabel({ ...request, from })).toEqual({
      kind: 'refused',
      reason: 'no_service',
    });
  });
});
