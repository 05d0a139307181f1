import { expect, test } from 'vitest';
import type { Fact } from '../../src/domain/facts.js';
import { shipmentIdOf } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';
import { keptPayments, sharesOf } from '../../src/domain/refund-shares.js';

const eur = (amountMinor: number) => money(amountMinor, 'EUR');
const shipment = (index: number) => shipmentIdOf('ord_01m7y219pffzv8pj63v9wcvshh', index);
const authorized = (paymentId: string): Fact => ({
  type: 'payment.authorized',
  paymentId,
  amount: eur(3000),
});
const captured = (index: number, amountMinor: number): Fact => ({
  type: 'payment.captured',
  amount: eur(amountMinor),
  shipmentId: shipment(index),
});
const renewed = [authorized('pi_1'), captured(0, 1000), authorized('pi_2'), captured(1, 2000)];
const share = (paymentId: string, amountMinor: number) => ({ paymentId, amount: eur(amountMinor) });

test('a refund goes back to the payment that the money came from, the newest first', () => {
  const kept = keptPayments(renewed, []);
  expect(kept).toEqual([share('pi_1', 1000), share('pi_2', 2000)]);
  expect(sharesOf(eur(1500), kept)).toEqual([share('pi_2', 1500)]);
  expect(sharesOf(eur(2600), kept)).toEqual([share('pi_2', 2000), share('pi_1', 600)]);
});

test('a refund is never more than what is left', () => {
  expect(sharesOf(eur(9000), keptPayments(renewed, [share('pi_2', 1999)]))).toEqual([
    share('pi_2', 1),
    share('pi_1', 1000),
  ]);
});

test('a lost shipment was refunded from the payment that it was captured from', () => {
  const facts: Fact[] = [
    ...renewed,
    { type: 'payment.refunded', amount: eur(1000), shipmentId: shipment(0) },
  ];
  expect(keptPayments(facts, [])).toEqual([share('pi_2', 2000)]);
});

test('what a return has given back is counted once, by the return', () => {
  const facts: Fact[] = [
    ...renewed,
    {
      type: 'payment.refunded',
      amount: eur(500),
      returnId: 'ret_01m7y219pffzv8pj63v9wcvshh',
      paymentId: 'pi_2',
    },
  ];
  expect(keptPayments(facts, [share('pi_2', 500)])).toEqual([
    share('pi_1', 1000),
    share('pi_2', 1500),
  ]);
});

test('a declined or repeated authorization takes no money of its own', () => {
  const facts: Fact[] = [authorized('pi_1'), authorized('pi_1'), captured(0, 700)];
  expect(keptPayments(facts, [])).toEqual([share('pi_1', 700)]);
});
