import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import { serviceLevels } from '../../src/domain/service-level.js';
import { parcelOf, ServiceDesk } from './service-desk.js';

const { handOver, delivery } = serviceLevels.standard;
const aMinuteMs = 60_000;

let desk: ServiceDesk;
beforeAll(async () => {
  desk = await ServiceDesk.open();
});
afterAll(() => desk.close());

const reasons = async (orderId: OrderId) =>
  (await desk.row(orderId)).attention.map(({ reason }) => reason);

async function handedOver(): Promise<OrderId> {
  const orderId = await desk.labelled();
  await desk.desk.tell(orderId, {
    type: 'shipment.handed_over',
    shipmentId: parcelOf(orderId),
  });
  await desk.run('order');
  return orderId;
}

describe('a parcel that the carrier has not got', () => {
  test('is nobody’s work as long as its time is not up', async () => {
    const orderId = await desk.labelled();
    await desk.pass(orderId, handOver.escalateMs - aMinuteMs);
    await desk.clock();
    expect((await desk.row(orderId)).needsAttention).toBe(false);
  });

  test('is the warehouse’s work then, with what it is worth', async () => {
    const orderId = await desk.labelled();
    await desk.pass(orderId, handOver.escalateMs);
    await desk.clock();
    const { needsAttention, attention } = await desk.row(orderId);
    expect(needsAttention).toBe(true);
    expect(attention).toMatchObject([
      {
        reason: 'not_handed_over',
        subject: parcelOf(orderId),
        owner: 'warehouse',
        choices: ['wait'],
      },
    ]);
  });

  test('is asked about once, also when several clocks look at once and again', async () => {
    const orderId = await desk.labelled();
    await desk.pass(orderId, handOver.escalateMs);
    await Promise.all([desk.clock(), desk.clock(), desk.clock()]);
    await desk.run('order');
    await desk.pass(orderId, handOver.escalateMs);
    await desk.clock();
    const raised = (await desk.types(orderId)).filter((type) => type === 'attention.raised');
    expect(raised).toHaveLength(1);
    expect(await desk.silentUntil(orderId)).toBeNull();
  });

  test('has as much time as its service level gives it', async () => {
    const orderId = await desk.labelled('express');
    await desk.pass(orderId, serviceLevels.express.handOver.escalateMs);
    await desk.clock();
    expect(await reasons(orderId)).toEqual(['not_handed_over']);
  });

  test('needs nobody any more when the carrier has got it after all', async () => {
    const orderId = await desk.labelled();
    await desk.pass(orderId, handOver.escalateMs);
    await desk.clock();
    await desk.desk.tell(orderId, {
      type: 'shipment.handed_over',
      shipmentId: parcelOf(orderId),
    });
    await desk.run('order');
    expect(await desk.row(orderId)).toMatchObject({ needsAttention: false, attention: [] });
    await desk.run('order');
    const closed = (await desk.types(orderId)).filter((type) => type === 'attention.resolved');
    expect(closed).toHaveLength(1);
  });
});

describe('a parcel that does not arrive', () => {
  test('is shipping’s work when its time is up, counted from the hand-over', async () => {
    const orderId = await handedOver();
    await desk.pass(orderId, delivery.escalateMs - aMinuteMs);
    await desk.clock();
    expect(await reasons(orderId)).toEqual([]);
    await desk.pass(orderId, aMinuteMs);
    await desk.clock();
    expect((await desk.row(orderId)).attention).toMatchObject([
      { reason: 'not_delivered', subject: parcelOf(orderId), owner: 'shipping' },
    ]);
  });

  test.each(['shipment.delivered', 'shipment.lost', 'shipment.returned_to_sender'] as const)(
    'needs nobody any more after %s',
    async (type) => {
      const orderId = await handedOver();
      await desk.pass(orderId, delivery.escalateMs);
      await desk.clock();
      await desk.desk.tell(orderId, { type, shipmentId: parcelOf(orderId) });
      await desk.run('order');
      expect(await desk.row(orderId)).toMatchObject({ needsAttention: false, attention: [] });
    },
  );
});

describe('an order that goes back', () => {
  const goBack = (orderId: OrderId) =>
    desk.desk.tell(orderId, { type: 'compensation.started', cause: 'cancelled', undos: [] });

  test('asks nobody about its parcels, also before the row shows that it goes back', async () => {
    const orderId = await desk.labelled();
    await desk.pass(orderId, handOver.escalateMs);
    await goBack(orderId);
    await desk.clock();
    await desk.run('order');
    await desk.clock();
    expect(await desk.types(orderId)).not.toContain('attention.raised');
  });

  test('does not keep what was asked about them before', async () => {
    const orderId = await desk.labelled();
    await desk.pass(orderId, handOver.escalateMs);
    await desk.clock();
    await goBack(orderId);
    await desk.run('order');
    expect(await reasons(orderId)).toEqual([]);
  });
});
