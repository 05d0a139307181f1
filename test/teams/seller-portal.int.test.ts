import { expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
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

/** An order of one line of the seller, and what happened to it. */
async function order(seller: string, ...steps: Parameters<typeof after>[1][]): Promise<OrderId> {
  const id = newOrderId();
  await take([placed(id, [{ sku: 'TEA', seller }]), ...after(id, ...steps)]);
  return id;
}

test('a seller sees his lines of an order from its confirmation on', async () => {
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

test('a seller no longer sees what an order dropped, nor a line of which nothing is left', async () => {
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

test('an order is picked up for its seller when the carrier has its last parcel', async () => {
  const seller = newSeller();
  const id = await order(seller, reserved(2), confirmed, handedOver('shp_1'), handedOver('shp_1'));
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
])('an order is cancelled for its seller by %s', async (type, data) => {
  const seller = newSeller();
  await order(seller, confirmed, [type, data]);
  expect(await stateFor(seller)).toEqual(['cancelled']);
  expect((await ordersOf(seller, '?state=open')).data).toEqual([]);
});

test('the orders of a seller are listed by their pick-up, page by page, each once', async () => {
  const seller = newSeller();
  const at = (hour: number) => `2026-01-06T0${hour}:00:00Z`;
  for (const hour of [3, 1, undefined, 2, 1]) {
    const slot = hour && { pick_up_from: at(hour) };
    await order(seller, confirmed, ['delivery_partner.assigned', { partner_id: 'p', ...slot }]);
  }
  const hours: unknown[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const rest = cursor === '' ? '' : `&starting_after=${cursor}`;
    const page: Listed = await ordersOf(seller, `?limit=2${rest}`);
    hours.push(...page.data.map((order) => (order as { pick_up_from?: string }).pick_up_from));
    cursor = page.next_cursor;
  }
  expect(hours).toEqual([at(1), at(1), at(2), at(3), null]);
});

test('the seller portal ignores orders that were never placed, and unknown types of events', async () => {
  const before = (await quarantined()).length;
  await take([
    anEvent(newOrderId(), 4, 'order.confirmed'),
    anEvent(newOrderId(), 4, 'seller.dreamt', { of: 1 }, 9),
  ]);
  expect(await quarantined()).toHaveLength(before);
});

test('the seller portal refuses an unknown version of a type that it needs', async () => {
  const event = anEvent(newOrderId(), 1, 'order.placed', { customer_id: 'cus_1' }, 2);
  const seller = newSeller();
  await take([event]);
  await order(seller, confirmed);
  const [quarantinedEvent] = (await quarantined()).filter(({ event_id }) => event_id === event.id);
  expect(quarantinedEvent?.error).toContain('UnknownVersion');
  expect(await stateFor(seller)).toEqual(['keep_ready']);
});
