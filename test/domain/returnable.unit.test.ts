import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/domain/facts.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { money, type Money } from '../../src/domain/money.js';
import {
  chargeReturn,
  deliveredGoods,
  settle,
  type KnownReturn,
  type ReturnLine,
} from '../../src/domain/returnable.js';
import type { ReturnStatus } from '../../src/domain/returns.js';
import type { ChargedLine } from '../../src/domain/totals.js';

const orderId: OrderId = 'ord_01m7y219pffzv8pj63v9wcvshh';
const eur = (amountMinor: number): Money => money(amountMinor, 'EUR');
const line = (sku: string, quantity: number, amountMinor: number): ChargedLine => ({
  sku,
  quantity,
  amount: eur(amountMinor),
});
const delivered = (index = 0): Fact => ({
  type: 'shipment.delivered',
  shipmentId: shipmentIdOf(orderId, index),
});
const reserved = (...parcels: (readonly [string, string, number])[]): Fact => ({
  type: 'inventory.reserved',
  parcels: parcels.map(([warehouseId, sku, quantity]) => ({
    warehouseId,
    lines: [{ sku, quantity }],
  })),
});
const paid = (amountMinor: number): readonly Fact[] => [
  { type: 'payment.authorized', paymentId: 'pi_1', amount: eur(amountMinor) },
  { type: 'payment.captured', amount: eur(amountMinor), shipmentId: shipmentIdOf(orderId) },
];
const goodsOf = (lines: readonly ChargedLine[], shippingMinor: number, ...facts: Fact[]) =>
  deliveredGoods({ orderId, lines, shipping: eur(shippingMinor), facts });

const found = (of: ChargedLine, restocked: number, scrapped = 0, refused = 0): ReturnLine => ({
  ...of,
  restocked,
  scrapped,
  refused,
});
const nothingFound = (of: ChargedLine): ReturnLine => found(of, 0);
const known = (
  status: ReturnStatus,
  lines: readonly ReturnLine[],
  refundMinor: number | null = null,
): KnownReturn => ({
  status,
  lines,
  refunds: refundMinor === null ? null : [{ paymentId: 'pi_1', amount: eur(refundMinor) }],
});

describe('the goods that were delivered', () => {
  test('are all of them when the only parcel arrived', () => {
    const lines = [line('TEA', 2, 1780), line('TEA', 1, 890)];
    expect(goodsOf(lines, 590, reserved(['a', 'TEA', 3]), delivered())).toEqual({
      lines: [line('TEA', 3, 2670)],
      shipping: eur(590),
    });
  });

  test('are those of the parcels that arrived, with their share of the shipping fee', () => {
    const goods = goodsOf(
      [line('TEA', 3, 900)],
      300,
      reserved(['a', 'TEA', 1], ['b', 'TEA', 2]),
      delivered(1),
    );
    expect(goods).toEqual({ lines: [line('TEA', 2, 600)], shipping: eur(200) });
  });

  test('are those of a lost parcel when its replacement arrived', () => {
    const replaced: Fact = {
      type: 'shipment.replaced',
      shipmentId: shipmentIdOf(orderId),
      replacementId: shipmentIdOf(orderId, 7),
    };
    const tea = [line('TEA', 1, 890)];
    expect(goodsOf(tea, 0, reserved(['a', 'TEA', 1]), replaced, delivered(7)).lines).toEqual(tea);
  });

  test('are none while nothing arrived', () => {
    expect(goodsOf([line('TEA', 1, 890)], 0, reserved(['a', 'TEA', 1])).lines).toEqual([]);
  });
});

describe('what may come back', () => {
  const goods = { lines: [line('TEA', 2, 101), line('MUG', 1, 1450)], shipping: eur(0) };
  const ordered = new Set(['TEA', 'MUG', 'POT']);
  const ask = (quantity: number, others: readonly KnownReturn[] = [], sku = 'TEA') =>
    chargeReturn([{ sku, quantity }], ordered, goods, others);
  const half = line('TEA', 1, 50);

  test('is no more than was delivered', () => {
    expect(ask(2)).toMatchObject({ kind: 'charged', lines: [{ amount: eur(101) }] });
    expect(ask(3)).toMatchObject({ refusals: [{ index: 0, why: 'too_many', returnable: 2 }] });
    expect(ask(1, [], 'POT')).toMatchObject({ refusals: [{ why: 'too_many', returnable: 0 }] });
  });

  test('is nothing that was never ordered', () => {
    expect(ask(1, [], 'JAR')).toMatchObject({ refusals: [{ why: 'not_ordered' }] });
  });

  test.each(['requested', 'awaiting_approval', 'awaiting_goods'] as const)(
    'is not what a return that is %s has asked for',
    (status) => {
      const others = [known(status, [nothingFound(half)])];
      expect(ask(1, others)).toMatchObject({ lines: [{ amount: eur(51) }] });
      expect(ask(2, others)).toMatchObject({ refusals: [{ returnable: 1 }] });
    },
  );

  test.each(['refused', 'expired'] as const)(
    'is again what a return that was %s had asked for',
    (status) => {
      expect(ask(2, [known(status, [nothingFound(half)])]).kind).toBe('charged');
    },
  );

  test('is again what did not arrive with a return, and not what the warehouse refused', () => {
    const both = line('TEA', 2, 101);
    const others = [known('completed', [found(both, 0, 0, 1)], 0)];
    expect(ask(1, others)).toMatchObject({ lines: [{ amount: eur(51) }] });
    expect(ask(2, others)).toMatchObject({ refusals: [{ returnable: 1 }] });
  });

  test('costs together what the line cost, to the cent, whatever is asked and given up in between', () => {
    const tries = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.boolean()), {
      minLength: 12,
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.nat(5_000), tries, (units, price, steps) => {
        const all = { lines: [line('TEA', units, price)], shipping: eur(0) };
        const others: KnownReturn[] = [];
        const keep = (quantity: number, kept: boolean) => {
          const charge = chargeReturn([{ sku: 'TEA', quantity }], ordered, all, others);
          if (charge.kind === 'refused') return;
          others.push(known(kept ? 'awaiting_goods' : 'expired', charge.lines.map(nothingFound)));
        };
        steps.forEach(([quantity, kept]) => {
          keep(quantity, kept);
        });
        for (let unit = 0; unit < units; unit += 1) keep(1, true);
        const held = others
          .filter(({ status }) => status !== 'expired')
          .flatMap(({ lines }) => lines);
        expect(held.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(units);
        expect(held.reduce((sum, { amount }) => sum + amount.amountMinor, 0)).toBe(price);
      }),
    );
  });
});

describe('what is refunded', () => {
  const goods = { lines: [line('TEA', 3, 1000), line('MUG', 1, 1450)], shipping: eur(590) };
  const tea = line('TEA', 3, 1000);
  const mug = line('MUG', 1, 1450);
  const settled = (
    lines: readonly ReturnLine[],
    others: readonly KnownReturn[] = [],
    facts = paid(3040),
  ) => settle(lines, { goods, others, facts });

  test('is exactly what the accepted units cost, restocked or scrapped', () => {
    expect(settled([found(tea, 1, 1, 1)])).toEqual({
      refunds: [{ paymentId: 'pi_1', amount: eur(666) }],
      points: 7,
      isEverythingBack: false,
    });
  });

  test('is nothing when the warehouse refuses everything', () => {
    expect(settled([found(tea, 0, 0, 3)])).toMatchObject({ refunds: [], points: 0 });
  });

  test('contains the shipping fee with the last of the goods, and not before', () => {
    expect(settled([found(tea, 3), found(mug, 1)])).toMatchObject({
      refunds: [{ amount: eur(3040) }],
      isEverythingBack: true,
    });
    expect(settled([found(tea, 3)])).toMatchObject({ refunds: [{ amount: eur(1000) }] });
    const others = [known('completed', [found(tea, 3)], 1000)];
    expect(settled([found(mug, 1)], others)).toMatchObject({
      refunds: [{ amount: eur(2040) }],
      isEverythingBack: true,
    });
  });

  test('is never more than what is left of the captured money', () => {
    const shipmentId = shipmentIdOf(orderId);
    const refunded: Fact = { type: 'payment.refunded', amount: eur(2500), shipmentId };
    const { refunds } = settled([found(tea, 3)], [], [...paid(3040), refunded]);
    expect(refunds).toMatchObject([{ amount: eur(540) }]);
  });

  test('counts what an earlier return was promised as gone, also before it has gone', () => {
    const others = [known('refunding', [found(mug, 1)], 2500)];
    expect(settled([found(tea, 3)], others).refunds).toEqual([
      { paymentId: 'pi_1', amount: eur(540) },
    ]);
  });

  test('takes together the points that the whole order gave', () => {
    const first = settled([found(tea, 3)]);
    const second = settled([found(mug, 1)], [known('completed', [found(tea, 3)], 1000)]);
    expect(first.points + second.points).toBe(30);
  });
});
