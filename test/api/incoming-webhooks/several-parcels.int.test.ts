import { allRows, insertRows } from '../../../src/db/database.js';
import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { sendDueMessages } from '../../../src/temporal/messages.js';
import type { ShipmentKind } from '../../../src/db/orders.js';
import type { Fact } from '../../../src/domain/facts.js';
import { shipmentIdOf, type OrderId, type ShipmentId } from '../../../src/domain/ids.js';
import {
  easypostSignature,
  placeOrder,
  timelineTypes,
  useTestApi,
} from '../../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
let id: OrderId;
let first: ShipmentId;
let second: ShipmentId;
beforeEach(async () => {
  await api.run`delete from orders.messages`;
  ({ id } = await placeOrder(api));
  [first, second] = [shipmentIdOf(id), shipmentIdOf(id, 1)];
});

/** A parcel whose tracking number is its id. */
const ship = (shipmentId: ShipmentId, kind: ShipmentKind = 'outbound', more: object = {}) =>
  insertRows(api.database, 'orders.shipments', [
    { id: shipmentId, order_id: id, tracking_number: shipmentId, state: 'bought', kind, ...more },
  ]);

const scan = async (shipmentId: ShipmentId, status: string, statusDetail?: string) => {
  const body = JSON.stringify({
    id: `evt_${randomUUID()}`,
    description: 'tracker.updated',
    result: { tracking_code: shipmentId, status, status_detail: statusDetail },
  });
  const signature = easypostSignature(body);
  await api.post('/webhooks/carrier', body).set('X-Hmac-Signature', signature).expect(200);
};

const write = (fact: Fact) => api.write(id, [fact]);

const signalled = () =>
  workflows
    .carrierEvents()
    .map(({ shipmentId, milestone }) => [shipmentId === first ? 'first' : 'second', milestone]);

const openWebhooks = async () => {
  const rows = await allRows<{ status: string }>(api.database)`
    select content ->> 'status' as status from orders.messages
    where order_id = ${id} and state = 'waiting' order by created_at`;
  return rows.map(({ status }) => status);
};

const relay = async (seconds = 700) => {
  await api.timePasses(seconds);
  await sendDueMessages(api.database, workflows, 100);
};

test('each parcel of an order has its own hand-over', async () => {
  await ship(first);
  await ship(second);
  await write({ type: 'shipment.handed_over', shipmentId: first });
  await scan(first, 'out_for_delivery');
  await scan(second, 'in_transit');
  expect(signalled()).toEqual([['second', 'handed_over']]);
});

test('the effect on one parcel does not close a signal about another', async () => {
  await ship(first);
  await ship(second);
  await scan(first, 'in_transit');
  await scan(second, 'delivered');
  await write({ type: 'shipment.handed_over', shipmentId: first });
  await relay();
  expect(await openWebhooks()).toEqual(['delivered']);
  await write({ type: 'shipment.delivered', shipmentId: second });
  await relay();
  expect(await openWebhooks()).toEqual([]);
});

test('scans between two milestones are in the timeline only', async () => {
  await ship(first);
  await write({ type: 'shipment.handed_over', shipmentId: first });
  for (const status of ['in_transit', 'in_transit', 'out_for_delivery', 'out_for_delivery']) {
    await scan(first, status);
  }
  expect(signalled()).toEqual([]);
  const scans = (await timelineTypes(api, id)).filter((type) => type === 'shipment.scanned');
  expect(scans).toHaveLength(4);
});

test.each([
  ['failure', 'delivery_exception', 'exception'],
  ['failure', 'lost', 'lost'],
  ['return_to_sender', 'return', 'returned_to_sender'],
] as const)(
  '%s (%s) is signalled once, until the timeline shows it',
  async (status, detail, milestone) => {
    await ship(first);
    await scan(first, status, detail);
    expect(signalled()).toEqual([['first', milestone]]);
    await write({ type: `shipment.${milestone}`, shipmentId: first });
    await relay();
    expect(await openWebhooks()).toEqual([]);
    await scan(first, status, detail);
    expect(signalled()).toHaveLength(1);
  },
);

test('an exception after the parcel moved on is another one', async () => {
  await ship(first);
  await write({ type: 'shipment.exception', shipmentId: first });
  await scan(first, 'failure');
  expect(signalled()).toEqual([]);
  await scan(first, 'out_for_delivery');
  await scan(first, 'failure');
  expect(signalled()).toEqual([['first', 'exception']]);
});

test('an exception after the delivery is not signalled', async () => {
  await ship(first);
  await write({ type: 'shipment.delivered', shipmentId: first });
  await scan(first, 'failure');
  expect(signalled()).toEqual([]);
});

test('the scans of a replacement are signalled like those of any parcel', async () => {
  await ship(second, 'replacement');
  await scan(second, 'delivered');
  expect(signalled()).toEqual([['second', 'delivered']]);
});

test.each<[string, () => Promise<void>]>([
  [
    'that comes back touches neither the order nor its timeline',
    async () => {
      await ship(second, 'return');
      for (const status of ['in_transit', 'failure', 'delivered']) await scan(second, status);
    },
  ],
  [
    'that comes back and was scanned before we knew it touches nothing either',
    async () => {
      await scan(second, 'delivered');
      await ship(second, 'return');
    },
  ],
  [
    "that is not ours has no effect, not even on another order's",
    async () => {
      await ship(first);
      await scan('shp_somebody-elses', 'delivered');
    },
  ],
])('a parcel %s', async (_what, happens) => {
  await happens();
  await relay();
  expect(signalled()).toEqual([]);
  expect(await timelineTypes(api, id)).toEqual(['order.placed']);
  expect(await openWebhooks()).toEqual([]);
});

test('the order shows all its parcels, each with its kind and warehouse', async () => {
  await ship(first);
  const unknown = { carrier: null, tracking_url: null, warehouse_id: null };
  const shown = {
    carrier: 'SandboxPost',
    tracking_url: 'https://carrier.example/track/2',
    warehouse_id: 'wh_rotterdam',
  };
  await ship(second, 'replacement', shown);
  const { shipments } = await api.read(`/v1/orders/${id}`);
  expect(shipments).toEqual([
    { ...unknown, id: first, kind: 'outbound', tracking_number: first, state: 'bought' },
    { id: second, kind: 'replacement', tracking_number: second, state: 'bought', ...shown },
  ]);
});

test('a milestone that its order has not recorded is signalled again after a pause that doubles', async () => {
  await ship(first);
  await scan(first, 'failure');
  for (const [seconds, signals] of [
    [5, 2],
    [8, 2],
    [2, 3],
    [18, 3],
    [2, 4],
    [599, 5],
    [599, 6],
  ] as const) {
    await relay(seconds);
    expect(signalled()).toHaveLength(signals);
  }
});
