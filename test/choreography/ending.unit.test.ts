import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { attentionItem } from '../../src/domain/attention-item.js';
import { endingOf } from '../../src/choreography/ending.js';
import type { Fact } from '../../src/domain/facts.js';
import {
  authorized,
  eur,
  first,
  compensating,
  inOneParcel,
  inTwoParcels,
  placed,
  second,
  historyOf,
} from './histories.js';

const label = (shipmentId = first): Fact => ({
  type: 'shipment.created',
  shipmentId,
  carrier: 'Post',
  trackingNumber: '1',
});

const undone: readonly Fact[] = [
  { type: 'label.voided', shipmentId: first },
  { type: 'payment.voided' },
  { type: 'inventory.released' },
  { type: 'points.revoked' },
  { type: 'delivery_partner.released' },
];

describe('an order that goes back', () => {
  const until = (cause: string, ...facts: readonly Fact[]) =>
    endingOf(historyOf(placed, inOneParcel, authorized, label(), ...facts, compensating(cause)));

  test('has ended when everything is taken back', () => {
    const asked: Fact = { type: 'order.cancel_requested', by: 'ada', reason: 'changed my mind' };
    expect(until('cancelled', asked, ...undone)).toEqual({
      type: 'order.cancelled',
      by: 'ada',
      reason: 'changed my mind',
    });
    expect(
      until('rejected', { type: 'shipment.refused', shipmentId: second, reason: 'far' }, ...undone),
    ).toEqual({
      type: 'order.rejected',
      reason: 'not_shippable',
    });
    expect(until('failed', ...undone)).toEqual({ type: 'order.failed', step: 'reservation' });
  });

  test.each(undone.map(({ type }) => type))('has not ended before %s', (type) => {
    expect(until('cancelled', ...undone.filter((fact) => fact.type !== type))).toBeUndefined();
  });

  test('has ended also where there was nothing to take back', () => {
    const settled = (['voidAuthorization', 'revokePoints', 'releaseDeliveryPartner'] as const).map(
      (undo): Fact => ({ type: 'undo.settled', undo, result: 'nothing_to_undo' }),
    );
    const history = historyOf(
      placed,
      ...settled,
      { type: 'inventory.released' },
      compensating('failed'),
    );
    expect(endingOf(history)).toEqual({ type: 'order.failed', step: 'reservation' });
  });

  test('has its money back when all of it is, and not when a lost parcel was refunded', () => {
    const others = undone.filter(({ type }) => type !== 'payment.voided');
    const refunded: Fact = { type: 'payment.refunded', amount: eur(1_500) };
    expect(until('cancelled', ...others, { ...refunded, shipmentId: second })).toBeUndefined();
    expect(until('cancelled', ...others, refunded)).toBeDefined();
  });

  test('waits for the person who fetches a parcel that has gone', () => {
    const others = undone.filter(({ type }) => type !== 'label.voided');
    const item = { reason: 'parcel_already_gone', subject: first } as const;
    const raised = attentionItem(randomUUID(), item);
    expect(until('rejected', ...others, raised)).toBeUndefined();
    expect(
      until('rejected', ...others, raised, { type: 'attention.resolved', ...item }),
    ).toBeDefined();
  });

  test('waits for him also when somebody had been asked why that parcel was silent', () => {
    const others = undone.filter(({ type }) => type !== 'label.voided');
    const silent = { reason: 'not_handed_over', subject: first } as const;
    const asked: readonly Fact[] = [
      attentionItem(randomUUID(), silent),
      { type: 'attention.resolved', ...silent },
      attentionItem(randomUUID(), { reason: 'parcel_already_gone', subject: first }),
    ];
    expect(until('rejected', ...others, ...asked)).toBeUndefined();
  });

  test('whose card was declined waits for the goods alone, when it is nobody’s points', () => {
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

test('an order of which too little is there is over at once', () => {
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

  test('is delivered when its last parcel is', () => {
    expect(endingOf(historyOf(placed, inTwoParcels, delivered()))).toBeUndefined();
    expect(endingOf(historyOf(placed, inTwoParcels, delivered(), delivered(second)))).toEqual({
      type: 'order.delivered',
    });
  });

  test('is delivered when what did not arrive is refunded', () => {
    expect(endingOf(historyOf(placed, inTwoParcels, delivered(), refunded(second)))).toEqual({
      type: 'order.delivered',
    });
  });

  test('has failed when nothing of it arrived', () => {
    expect(endingOf(historyOf(placed, inOneParcel, refunded()))).toEqual({
      type: 'order.failed',
      step: 'delivery',
    });
  });
});
