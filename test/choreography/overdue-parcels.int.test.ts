import { describe, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import { serviceLevels } from '../../src/domain/service-level.js';
import { parcelOf, useServices } from './use-services.js';

const { handOver: handOverTimes, delivery } = serviceLevels.standard;
const aMinuteMs = 60_000;

const services = useServices();

const reasons = async (orderId: OrderId) =>
  (await services.row(orderId)).attention.map(({ reason }) => reason);

async function handOver(orderId: OrderId): Promise<void> {
  const shipmentId = parcelOf(orderId);
  await services.log.append(orderId, { type: 'shipment.handed_over', shipmentId });
  await services.run('order');
}

async function handedOver(): Promise<OrderId> {
  const orderId = await services.labelled();
  await handOver(orderId);
  return orderId;
}

describe('a parcel that the carrier does not have', () => {
  test('raises no item before it is overdue', async () => {
    const orderId = await services.labelled();
    await services.pass(orderId, handOverTimes.escalateMs - aMinuteMs);
    await services.clock();
    expect((await services.row(orderId)).needsAttention).toBe(false);
  });

  test('raises an item for the warehouse when it is overdue', async () => {
    const orderId = await services.labelled();
    await services.pass(orderId, handOverTimes.escalateMs);
    await services.clock();
    const { needsAttention, attention } = await services.row(orderId);
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

  test('raises one item, also when several clocks run at once and again', async () => {
    const orderId = await services.labelled();
    await services.pass(orderId, handOverTimes.escalateMs);
    await Promise.all([services.clock(), services.clock(), services.clock()]);
    await services.run('order');
    await services.pass(orderId, handOverTimes.escalateMs);
    await services.clock();
    expect(await services.count(orderId, 'attention.raised')).toBe(1);
    expect(await services.overdueAt(orderId)).toBeNull();
  });

  test('is overdue after the time of its service level', async () => {
    const orderId = await services.labelled('express');
    await services.pass(orderId, serviceLevels.express.handOver.escalateMs);
    await services.clock();
    expect(await reasons(orderId)).toEqual(['not_handed_over']);
  });

  test('closes its item when the carrier has it after all', async () => {
    const orderId = await services.labelled();
    await services.pass(orderId, handOverTimes.escalateMs);
    await services.clock();
    await handOver(orderId);
    expect(await services.row(orderId)).toMatchObject({ needsAttention: false, attention: [] });
    await services.run('order');
    expect(await services.count(orderId, 'attention.resolved')).toBe(1);
  });
});

describe('a parcel that does not arrive', () => {
  test('raises an item for shipping when it is overdue, counted from the hand-over', async () => {
    const orderId = await handedOver();
    await services.pass(orderId, delivery.escalateMs - aMinuteMs);
    await services.clock();
    expect(await reasons(orderId)).toEqual([]);
    await services.pass(orderId, aMinuteMs);
    await services.clock();
    expect((await services.row(orderId)).attention).toMatchObject([
      { reason: 'not_delivered', subject: parcelOf(orderId), owner: 'shipping' },
    ]);
  });

  test.each(['shipment.delivered', 'shipment.lost', 'shipment.returned_to_sender'] as const)(
    'closes its item after %s',
    async (type) => {
      const orderId = await handedOver();
      await services.pass(orderId, delivery.escalateMs);
      await services.clock();
      await services.log.append(orderId, { type, shipmentId: parcelOf(orderId) });
      await services.run('order');
      expect(await services.row(orderId)).toMatchObject({ needsAttention: false, attention: [] });
    },
  );
});

describe('an order that compensates', () => {
  const compensate = (orderId: OrderId) =>
    services.log.append(orderId, { type: 'compensation.started', cause: 'cancelled', undos: [] });

  test('raises no item about its parcels, also before its row shows the compensation', async () => {
    const orderId = await services.labelled();
    await services.pass(orderId, handOverTimes.escalateMs);
    await compensate(orderId);
    await services.clock();
    await services.run('order');
    await services.clock();
    expect(await services.types(orderId)).not.toContain('attention.raised');
  });

  test('closes the items about its parcels', async () => {
    const orderId = await services.labelled();
    await services.pass(orderId, handOverTimes.escalateMs);
    await services.clock();
    await compensate(orderId);
    await services.run('order');
    expect(await reasons(orderId)).toEqual([]);
  });
});
