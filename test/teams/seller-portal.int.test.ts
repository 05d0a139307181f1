import { expect, test } from 'vitest';
import { team } from '../../src/teams/seller-portal/team.js';
import { anEvent, newOrderId } from '../events/event-log.js';
import { placed, after, useTeam } from './use-team.js';

const { take, ask, quarantined } = useTeam(team);

let sellers = 0;
const newSeller = () => `sel_${(sellers += 1)}`;
interface Listed {
  readonly data: readonly { readonly order_id: string; readonly state: string }[];
  readonly next_cursor: string | null;
}
const ordersOf = (seller: string, query = '') =>
  ask(`/v1/sellers/${seller}/orders${query}`) as Promise<Listed>;
const stateFor = async (seller: string) => (await ordersOf(seller)).data.map(({ state }) => state);

const parcel = { warehouse_id: 'wh_1', lines: [] };
const reserved = (parcels = 1) =>
  ['inventory.reserved', { parcels: Array.from({ length: parcels }, () => parcel) }] as const;
const handedOver = (id: string) => ['shipment.handed_over', { shipment_id: id }] as const;
const confirmed = ['order.confirmed'] as const;

test('shows a seller the lines that are his, from the confirmation on', async () => {
  const [seller, other] = [newSeller(), newSeller()];
  const id = newOrderId();
  await take([
    placed(id, [
      { sku: 'TEA', quantity: 2, seller },
      { sku: 'CUP', seller: other },
    ]),
  ]);
  expect((await ordersOf(seller)).data).toEqual([]);
  const pickUp = { pick_up_from: '2026-01-06T08:00:00Z', pick_up_until: '2026-01-06T10:00:00Z' };
  await take(
    after(id, reserved(), confirmed, ['delivery_partner.assigned', { partner_id: 'p', ...pickUp }]),
  );
  expect(await ordersOf(seller, '?state=open')).toMatchObject({
    data: [
      {
        order_id: id,
        state: 'keep_ready',
        ...pickUp,
        lines: [{ line_number: 1, sku: 'TEA', quantity: 2 }],
      },
    ],
    has_more: false,
  });
});

test('takes what was dropped off the seller, and a line of which nothing is left', async () => {
  const [seller, other] = [newSeller(), newSeller()];
  const id = newOrderId();
  const dropped = [
    { sku: 'TEA', quantity: 1 },
    { sku: 'CUP', quantity: 1 },
  ];
  const total = { amount_minor: 1_000, currency: 'EUR' };
  await take([
    placed(id, [
      { sku: 'TEA', quantity: 3, seller },
      { sku: 'CUP', seller: other },
    ]),
    ...after(id, ['order.reduced', { dropped, total }], reserved(), confirmed),
  ]);
  expect((await ordersOf(seller)).data).toMatchObject([{ lines: [{ sku: 'TEA', quantity: 2 }] }]);
  expect(await ask(`/v1/sellers/${other}/orders`)).toBeUndefined();
});

test('lets an order go when the carrier has its last parcel', async () => {
  const seller = newSeller();
  const id = newOrderId();
  const steps = [reserved(2), confirmed, handedOver('shp_1'), handedOver('shp_1')] as const;
  await take([placed(id, [{ sku: 'TEA', seller }]), ...after(id, ...steps)]);
  expect(await stateFor(seller)).toEqual(['keep_ready']);
  await take([anEvent(id, 6, 'shipment.handed_over', { shipment_id: 'shp_2' })]);
  expect(await stateFor(seller)).toEqual(['picked_up']);
  await take([anEvent(id, 7, 'order.failed', { step: 'delivery' })]);
  expect(await stateFor(seller)).toEqual(['picked_up']);
});

test.each([
  ['order.cancelled', {}],
  ['order.rejected', { reason: 'out_of_stock' }],
  ['order.failed', { step: 'createShipment' }],
])('tells the seller of %s', async (type, data) => {
  const seller = newSeller();
  const id = newOrderId();
  await take([placed(id, [{ sku: 'TEA', seller }]), ...after(id, confirmed, [type, data])]);
  expect(await stateFor(seller)).toEqual(['cancelled']);
  expect((await ordersOf(seller, '?state=open')).data).toEqual([]);
});

test('lists the next pick-up first, page by page, each order once', async () => {
  const seller = newSeller();
  const times = [3, 1, undefined, 2, 1];
  for (const hour of times) {
    const id = newOrderId();
    const slot = hour && { pick_up_from: `2026-01-06T0${hour}:00:00Z` };
    await take([
      placed(id, [{ sku: 'TEA', seller }]),
      ...after(id, confirmed, ['delivery_partner.assigned', { partner_id: 'p', ...slot }]),
    ]);
  }
  const hours: unknown[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const rest = cursor === '' ? '' : `&starting_after=${cursor}`;
    const page: Listed = await ordersOf(seller, `?limit=2${rest}`);
    hours.push(...page.data.map((order) => (order as { pick_up_from?: string }).pick_up_from));
    cursor = page.next_cursor;
  }
  const at = (hour: number) => `2026-01-06T0${hour}:00:00Z`;
  expect(hours).toEqual([at(1), at(1), at(2), at(3), null]);
});

test('has no such thing as a seller of whom it never heard', async () => {
  expect(await ask('/v1/sellers/nobody/orders')).toBeUndefined();
});

test('makes nothing of an order that was never placed, and of types that it does not know', async () => {
  const before = (await quarantined()).length;
  await take([
    anEvent(newOrderId(), 4, 'order.confirmed'),
    anEvent(newOrderId(), 4, 'seller.dreamt', { of: 1 }, 9),
  ]);
  expect(await quarantined()).toHaveLength(before);
});

test('refuses a version that it does not know, of a type that it needs', async () => {
  const event = anEvent(newOrderId(), 1, 'order.placed', { customer_id: 'cus_1' }, 2);
  const good = newOrderId();
  const seller = newSeller();
  await take([event, placed(good, [{ sku: 'TEA', seller }]), ...after(good, confirmed)]);
  const [parked] = (await quarantined()).filter(({ event_id }) => event_id === event.id);
  expect(parked?.error).toContain('UnknownVersion');
  expect(await stateFor(seller)).toEqual(['keep_ready']);
});
