import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { signalWaitingCarrierEvents } from '../../../src/temporal/incoming-webhooks.js';
import type { Fact } from '../../../src/domain/facts.js';
import { shipmentIdOf, type OrderId } from '../../../src/domain/ids.js';
import {
  away,
  carrierSecret,
  easypostSignature,
  placeOrder,
  rowCounts,
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

/** Something that the order's workflow writes. */
const write = (fact: Fact) =>
  sql`select orders.append(${id}, ${randomUUID()}, ${JSON.stringify([fact])}, null, null)`.execute(
    api.database,
  );

const deliver = (olderThanMs = 0) =>
  signalWaitingCarrierEvents(api.database, workflows, 100, olderThanMs);

describe('a scan of a parcel that we know', () => {
  beforeEach(() => shipParcel(api, id, parcel));

  test('goes into the timeline', async () => {
    await post(anEvent('pre_transit')).expect(200);
    const { body } = await api.http.get(`/v1/orders/${id}/timeline`);
    expect(body.data[1]).toMatchObject({
      sequence: 2,
      type: 'shipment.scanned',
      shipment_id: shipmentIdOf(id),
      status: 'pre_transit',
    });
  });

  test.each([
    ['in_transit', 'handed_over'],
    ['out_for_delivery', 'handed_over'],
    ['available_for_pickup', 'handed_over'],
    ['delivered', 'delivered'],
    ['failure', 'exception'],
    ['return_to_sender', 'returned_to_sender'],
  ])('as %s tells the workflow that it is %s', async (status, milestone) => {
    await post(anEvent(status)).expect(200, { received: true, duplicate: false });
    expect(workflows.carrierEvents()).toEqual([eventOf(status, milestone)]);
    expect(await deliver()).toBe(0);
  });

  test.each(['pre_transit', 'unknown', 'error', 'cancelled', 'constructor'])(
    'as %s tells the workflow nothing',
    async (status) => {
      await post(anEvent(status)).expect(200);
      expect(workflows.carrierEvents()).toEqual([]);
      expect(await deliver()).toBe(0);
    },
  );

  test('tells of the hand-over only until the shipment shows it', async () => {
    await write({ type: 'shipment.handed_over', shipmentId: shipmentIdOf(id) });
    await post(anEvent('out_for_delivery')).expect(200);
    expect(workflows.carrierEvents()).toEqual([]);
    expect(await timelineTypes(api, id)).toContain('shipment.scanned');
    await post(anEvent('delivered')).expect(200);
    expect(workflows.carrierEvents()).toEqual([eventOf('delivered', 'delivered')]);
  });

  test('has one effect, however often it comes', async () => {
    await post(anEvent('in_transit')).expect(200);
    const before = await rowCounts(api.database);
    await post(anEvent('in_transit')).expect(200, { received: true, duplicate: true });
    expect(await rowCounts(api.database)).toEqual(before);
    expect(workflows.carrierEvents()).toHaveLength(1);
    expect(await timelineTypes(api, id)).toEqual(['order.placed', 'shipment.scanned']);
  });

  test('is taken while Temporal is away, and delivered later, once', async () => {
    workflows.signalAnswer = { kind: 'not_delivered', cause: away };
    await post(anEvent('in_transit')).expect(200);
    expect(await deliver()).toBe(0);
    expect(await deliver(60_000)).toBe(0);

    workflows.signalAnswer = { kind: 'delivered' };
    workflows.signals.length = 0;
    expect(await deliver()).toBe(1);
    expect(workflows.carrierEvents()).toEqual([eventOf('in_transit', 'handed_over')]);
    expect(await deliver()).toBe(0);
    expect(await timelineTypes(api, id)).toEqual(['order.placed', 'shipment.scanned']);
  });

  test('tells an order that has ended nothing any more', async () => {
    const { database } = api;
    await sql`
        update orders.orders set status = 'failed' where id = ${id}`.execute(database);
    await post(anEvent('delivered')).expect(200);
    expect(workflows.carrierEvents()).toEqual([]);
    expect(await deliver()).toBe(0);
  });

  test('is done with when the workflow has ended', async () => {
    workflows.signalAnswer = { kind: 'gone' };
    await post(anEvent('delivered')).expect(200);
    expect(await deliver()).toBe(0);
    expect(workflows.carrierEvents()).toHaveLength(1);
  });
});

test('a scan that arrives before our own purchase is stored waits for its parcel', async () => {
  await post(anEvent('in_transit')).expect(200);
  await post(anEvent('delivered')).expect(200);
  expect(await deliver()).toBe(0);
  expect(await timelineTypes(api, id)).toEqual(['order.placed']);

  await shipParcel(api, id, parcel);
  expect(await deliver()).toBe(2);

  expect(workflows.carrierEvents()).toEqual([
    eventOf('in_transit', 'handed_over'),
    eventOf('delivered', 'delivered'),
  ]);
  expect(await timelineTypes(api, id)).toEqual([
    'order.placed',
    'shipment.scanned',
    'shipment.scanned',
  ]);
  expect(await deliver()).toBe(0);
});

test('a scan of an unknown parcel is stored without effect', async () => {
  await post(anEvent('delivered')).expect(200);
  expect(workflows.carrierEvents()).toEqual([]);
  expect(await deliver()).toBe(0);
});

test('a signed carrier event about something else is accepted without effect', async () => {
  const before = await rowCounts(api.database);
  await post(anEvent('x', { description: 'batch.updated', result: {} })).expect(200);
  expect(await rowCounts(api.database)).toEqual(before);
});

describe('refuses and stores nothing', () => {
  test.each<[string, (event: string) => [string, string], number]>([
    ['a forged event', (event) => [event, easypostSignature(event, 'wrong')], 401],
    ['an altered event', (event) => [event.replace('in_', 'IN_'), easypostSignature(event)], 401],
    ['an event without a signature', (event) => [event, ''], 401],
    ['signed text that is not JSON', () => ['hello', easypostSignature('hello')], 400],
    ['a signed event without an id', () => ['{}', easypostSignature('{}')], 400],
    [
      'a signed event without a tracker',
      () => {
        const event = anEvent('in_transit', { result: {} });
        return [event, easypostSignature(event)];
      },
      400,
    ],
  ])('%s', async (_case, make, status) => {
    await shipParcel(api, id, parcel);
    const before = await rowCounts(api.database);
    const response = await post(...make(anEvent('in_transit'))).expect(status);
    expect(response.text).not.toContain(carrierSecret);
    expect(await rowCounts(api.database)).toEqual(before);
    expect(workflows.carrierEvents()).toEqual([]);
  });
});
