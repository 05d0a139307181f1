import { beforeEach, describe, expect, test } from 'vitest';
import { sendDueMessages } from '../../../src/temporal/messages.js';
import { shipmentIdOf, type OrderId } from '../../../src/domain/ids.js';
import {
  carrierSecret,
  easypostSignature,
  placeOrder,
  shipParcel,
  timelineTypes,
  useTestApi,
} from '../../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
let id: OrderId;
let parcel: string;
let number = 0;
beforeEach(async () => {
  await api.run`delete from orders.messages`;
  ({ id } = await placeOrder(api));
  number += 1;
  parcel = `TRK${number}`;
});

const anEvent = (status: string, changes: object = {}) =>
  JSON.stringify({
    id: `evt_${parcel}_${status}`,
    description: 'tracker.updated',
    result: { id: 'trk_1', tracking_code: parcel, status, weight: 120.5 },
    ...changes,
  });

const post = (body: string, signature = easypostSignature(body)) =>
  api.http
    .post('/webhooks/carrier')
    .set({ 'Content-Type': 'application/json', 'X-Hmac-Signature': signature })
    .send(body);

const eventOf = (status: string, milestone: string) => ({
  eventId: `evt_${parcel}_${status}`,
  shipmentId: shipmentIdOf(id),
  milestone,
});

const relay = () => sendDueMessages(api.database, workflows, 100);

const relayLater = async () => {
  await api.timePasses();
  return relay();
};

describe('a scan of a parcel that we know', () => {
  beforeEach(() => shipParcel(api, id, parcel));

  test('goes into the timeline', async () => {
    await post(anEvent('pre_transit')).expect(200);
    const { data } = await api.read(`/v1/orders/${id}/timeline`);
    expect(data[1]).toMatchObject({
      sequence: 2,
      type: 'shipment.scanned',
      shipment_id: shipmentIdOf(id),
      status: 'pre_transit',
    });
  });

  test('signals its milestone to the workflow, and nothing when it is none', async () => {
    await post(anEvent('failure')).expect(200, { received: true, duplicate: false });
    await post(anEvent('constructor')).expect(200);
    expect(workflows.carrierEvents()).toEqual([eventOf('failure', 'exception')]);
    await api.write(id, [{ type: 'shipment.exception', shipmentId: shipmentIdOf(id) }]);
    expect(await relayLater()).toBe(0);
  });

  test('has one effect, however often it comes and is signalled', async () => {
    await post(anEvent('in_transit')).expect(200);
    const again = () => post(anEvent('in_transit')).expect(200);
    expect((await api.unchanged(again)).body).toEqual({ received: true, duplicate: true });
    expect(workflows.carrierEvents()).toHaveLength(1);
    expect(await relayLater()).toBe(1);
    expect(await timelineTypes(api, id)).toEqual(['order.placed', 'shipment.scanned']);
  });

  test('is not signalled to an order that has ended', async () => {
    await api.setOrder(id, 'failed');
    await post(anEvent('delivered')).expect(200);
    expect(workflows.carrierEvents()).toEqual([]);
    expect(await relayLater()).toBe(0);
  });

  test('is closed when the order has ended', async () => {
    await post(anEvent('delivered')).expect(200);
    await api.setOrder(id, 'failed');
    expect(await relayLater()).toBe(0);
    expect(workflows.carrierEvents()).toHaveLength(1);
  });
});

test('a scan that arrives before our own purchase is stored waits for its parcel', async () => {
  await post(anEvent('in_transit')).expect(200);
  await post(anEvent('delivered')).expect(200);
  expect(await relayLater()).toBe(0);
  expect(await timelineTypes(api, id)).toEqual(['order.placed']);

  await shipParcel(api, id, parcel);
  expect(await relayLater()).toBe(2);

  expect(workflows.carrierEvents()).toEqual([
    eventOf('in_transit', 'handed_over'),
    eventOf('delivered', 'delivered'),
  ]);
  expect(await timelineTypes(api, id)).toEqual([
    'order.placed',
    'shipment.scanned',
    'shipment.scanned',
  ]);
  expect(await relay()).toBe(0);
});

test('a signed carrier event about something else is accepted without effect', async () => {
  const event = anEvent('x', { description: 'batch.updated', result: {} });
  await api.unchanged(() => post(event).expect(200));
});

describe('a carrier event is refused and not stored when it is', () => {
  test.each<[string, (event: string) => [string, string], number]>([
    ['forged', (event) => [event, easypostSignature(event, 'wrong')], 401],
    ['text and not JSON', () => ['hello', easypostSignature('hello')], 400],
    ['without an id', () => ['{}', easypostSignature('{}')], 400],
    [
      'without a tracker',
      () => {
        const event = anEvent('in_transit', { result: {} });
        return [event, easypostSignature(event)];
      },
      400,
    ],
  ])('%s', async (_case, make, status) => {
    await shipParcel(api, id, parcel);
    const sent = make(anEvent('in_transit'));
    const response = await api.unchanged(() => post(...sent).expect(status));
    expect(response.text).not.toContain(carrierSecret);
    expect(workflows.carrierEvents()).toEqual([]);
  });
});
