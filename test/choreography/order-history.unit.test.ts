import { randomUUID } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { endingOf } from '../../src/choreography/ending.js';
import { reactTo, type Service, type ServicePorts } from '../../src/choreography/service.js';
import type { KnownFacts } from '../../src/db/choreography.js';
import { attentionItem } from '../../src/domain/attention-item.js';
import type { Fact } from '../../src/domain/facts.js';
import {
  authorized,
  compensating,
  eur,
  first,
  historyOf,
  inOneParcel,
  inTwoParcels,
  orderId,
  placed,
  second,
} from './histories.js';

test('parcels are worth together what the order costs, and are none before the goods are reserved', () => {
  expect(historyOf(placed).parcels).toEqual([]);
  const { parcels } = historyOf(placed, inTwoParcels);
  expect(parcels.map(({ shipmentId }) => shipmentId)).toEqual([first, second]);
  expect(parcels.map(({ amount }) => amount)).toEqual([eur(750), eur(750)]);
});

test('a reaction gets the fact at the sequence of the event, which has the same type', async () => {
  const { facts } = historyOf(placed, authorized);
  const known = { facts, policy: {}, serviceLevel: 'standard' } as unknown as KnownFacts;
  const reaction = vi.fn(() => Promise.resolve());
  const service = { reactions: { 'payment.authorized': reaction } } as unknown as Service;
  const occasion = { orderId, type: 'payment.authorized', ports: {} as ServicePorts };
  await reactTo(service, known, { ...occasion, sequence: 2 });
  expect(reaction).toHaveBeenCalledExactlyOnceWith(expect.anything(), facts[1]);
  const mistaken = reactTo(service, known, { ...occasion, sequence: 1 });
  await expect(mistaken).rejects.toThrow(`${orderId} 1 is no payment.authorized`);
});

test('a shipment that is not the order’s is refused', () => {
  expect(() => historyOf(placed, inTwoParcels).parcel('shp_of_another')).toThrow('sends no');
});

test('an order that does not say what was ordered is refused', () => {
  expect(() => historyOf({ type: 'order.placed', total: eur(1) }).placed).toThrow('does not say');
});

test('an order compensates once the start of the compensation is recorded', () => {
  expect(historyOf(placed).isCompensating).toBe(false);
  expect(historyOf(placed, compensating('cancelled')).isCompensating).toBe(true);
});

const label = (shipmentId = first): Fact => ({
  type: 'shipment.created',
  shipmentId,
  carrier: 'Post',
  trackingNumber: '1',
});

const compensated: readonly Fact[] = [
  { type: 'label.voided', shipmentId: first },
  { type: 'payment.voided' },
  { type: 'inventory.released' },
  { type: 'points.revoked' },
  { type: 'delivery_partner.released' },
];

describe('an order that compensates', () => {
  const until = (cause: string, ...facts: readonly Fact[]) =>
    endingOf(historyOf(placed, inOneParcel, authorized, label(), ...facts, compensating(cause)));

  test('has ended when everything is compensated', () => {
    const asked: Fact = { type: 'order.cancel_requested', by: 'ada', reason: 'changed my mind' };
    expect(until('cancelled', asked, ...compensated)).toEqual({
      type: 'order.cancelled',
      by: 'ada',
      reason: 'changed my mind',
    });
    const refused: Fact = { type: 'shipment.refused', shipmentId: second, reason: 'far' };
    expect(until('rejected', refused, ...compensated)).toEqual({
      type: 'order.rejected',
      reason: 'not_shippable',
    });
    expect(until('failed', ...compensated)).toEqual({ type: 'order.failed', step: 'reservation' });
  });

  test.each(compensated.map(({ type }) => type))('has not ended before %s', (type) => {
    expect(until('cancelled', ...compensated.filter((fact) => fact.type !== type))).toBeUndefined();
  });

  test('has ended also when there was nothing to compensate', () => {
    const undos = ['voidAuthorization', 'revokePoints', 'releaseDeliveryPartner'] as const;
    const resolved = undos.map((undo): Fact => ({
      type: 'undo.settled',
      undo,
      result: 'nothing_to_undo',
    }));
    const facts = [...resolved, { type: 'inventory.released' } as const, compensating('failed')];
    const end = { type: 'order.failed', step: 'reservation' };
    expect(endingOf(historyOf(placed, ...facts))).toEqual(end);
  });

  test('counts the refund of all of it, and not that of a lost parcel', () => {
    const others = compensated.filter(({ type }) => type !== 'payment.voided');
    const refunded: Fact = { type: 'payment.refunded', amount: eur(1_500) };
    expect(until('cancelled', ...others, { ...refunded, shipmentId: second })).toBeUndefined();
    expect(until('cancelled', ...others, refunded)).toBeDefined();
  });

  test('waits for the person who resolves a parcel that was shipped anyway', () => {
    const others = compensated.filter(({ type }) => type !== 'label.voided');
    const item = { reason: 'parcel_already_gone', subject: first } as const;
    const raised = attentionItem(randomUUID(), item);
    expect(until('rejected', ...others, raised)).toBeUndefined();
    const resolved: Fact = { type: 'attention.resolved', ...item };
    expect(until('rejected', ...others, raised, resolved)).toBeDefined();
  });

  test('waits for that person also when there was an item about missing scans', () => {
    const others = compensated.filter(({ type }) => type !== 'label.voided');
    const silent = { reason: 'not_handed_over', subject: first } as const;
    const asked: readonly Fact[] = [
      attentionItem(randomUUID(), silent),
      { type: 'attention.resolved', ...silent },
      attentionItem(randomUUID(), { reason: 'parcel_already_gone', subject: first }),
    ];
    expect(until('rejected', ...others, ...asked)).toBeUndefined();
  });

  test('whose card was declined waits for goods and partner alone, when its buyer is no member', () => {
    const guest: Fact = { ...placed, isMember: false } as Fact;
    const facts: readonly Fact[] = [
      guest,
      inOneParcel,
      { type: 'payment.declined', code: 'lost_card' },
      compensating('rejected'),
      { type: 'inventory.released' },
    ];
    expect(endingOf(historyOf(...facts))).toBeUndefined();
    expect(endingOf(historyOf(...facts, { type: 'delivery_partner.released' }))).toEqual({
      type: 'order.rejected',
      reason: 'payment_declined',
    });
  });
});

test('an order with too little stock is rejected at once', () => {
  const short: Fact = { type: 'inventory.short', lines: [] };
  expect(endingOf(historyOf(placed, short))).toEqual({
    type: 'order.rejected',
    reason: 'out_of_stock',
  });
});

describe('an order that is sent', () => {
  const delivered = (shipmentId = first): Fact => ({ type: 'shipment.delivered', shipmentId });
  const refunded = (shipmentId = first): Fact => ({
    type: 'payment.refunded',
    amount: eur(750),
    shipmentId,
  });

  test.each([
    ['its last parcel is', delivered(second)],
    ['what did not arrive is refunded', refunded(second)],
  ])('is delivered when %s', (_title, last) => {
    expect(endingOf(historyOf(placed, inTwoParcels, delivered()))).toBeUndefined();
    const facts = [placed, inTwoParcels, delivered(), last];
    expect(endingOf(historyOf(...facts))).toEqual({ type: 'order.delivered' });
  });

  test('has failed when nothing of it arrived', () => {
    expect(endingOf(historyOf(placed, inOneParcel, refunded()))).toEqual({
      type: 'order.failed',
      step: 'delivery',
    });
  });
});
