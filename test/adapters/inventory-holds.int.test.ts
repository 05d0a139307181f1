import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { releaseExpiredHolds } from '../../src/db/stock.js';
import { ProviderRefused } from '../../src/domain/failures.js';
import { shipmentIdOf } from '../../src/domain/ids.js';
import { holdExpiryMs } from '../../src/domain/service-level.js';
import { newOrderId } from './own-database.js';
import { line, useStock } from './stock.js';

const stock = useStock();

const short = (...lines: readonly { sku: string; asked: number; available: number }[]) => ({
  kind: 'short',
  lines,
});

describe('reserving', () => {
  test('counts two lines of one SKU together: they share its stock', async () => {
    const sku = await stock.newSku(3);
    const twice = [line(sku, 2), line(sku, 2)];
    expect(await stock.reserve(newOrderId(), twice)).toEqual(
      short({ sku, asked: 4, available: 3 }),
    );
    expect(await stock.counts(sku)).toEqual({ onHand: 3, held: 0 });
    expect(await stock.allocated(newOrderId(), line(sku, 1), line(sku, 2))).toEqual([
      ['wh_hamburg', [line(sku, 3)]],
    ]);
  });

  test('takes all lines or none, and says of each short one what there is', async () => {
    const [there, few] = [await stock.newSku(5), await stock.newSku(1)];
    const unknown = 'SKU-NOBODY-HAS';
    const reservation = await stock.reserve(newOrderId(), [
      line(there, 1),
      line(few, 2),
      line(unknown, 1),
    ]);
    expect(reservation).toMatchObject({ kind: 'short' });
    expect(reservation.kind === 'short' && new Set(reservation.lines)).toEqual(
      new Set([
        { sku: few, asked: 2, available: 1 },
        { sku: unknown, asked: 1, available: 0 },
      ]),
    );
    expect(await stock.counts(there)).toEqual({ onHand: 5, held: 0 });
  });

  test('takes what there is where a part of the goods is enough', async () => {
    const [there, few, none] = [await stock.newSku(5), await stock.newSku(1), await stock.newSku()];
    const lines = [line(there, 2), line(few, 3), line(none, 1)];
    const orderId = newOrderId();
    const partial = await stock.reserve(orderId, lines, { partial: true });
    expect(partial).toEqual({
      kind: 'reserved',
      allotments: [
        {
          warehouseId: 'wh_hamburg',
          lines: expect.arrayContaining([line(there, 2), line(few, 1)]),
        },
      ],
      dropped: expect.arrayContaining([line(few, 2), line(none, 1)]),
    });
    expect(await stock.reserve(orderId, lines)).toEqual(partial);
  });

  test('is short when there is nothing at all, also where a part is enough', async () => {
    const sku = await stock.newSku();
    const orderId = newOrderId();
    expect(await stock.reserve(orderId, [line(sku, 2)], { partial: true })).toEqual(
      short({ sku, asked: 2, available: 0 }),
    );
    await stock.receive(sku, 2);
    expect(await stock.reserve(orderId, [line(sku, 2)])).toMatchObject({
      kind: 'reserved',
    });
  });

  test('holds once for an order that asks twice, also side by side', async () => {
    const sku = await stock.newSku(10);
    const orderId = newOrderId();
    const ask = () => stock.reserve(orderId, [line(sku, 2)]);
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect(await stock.counts(sku)).toEqual({ onHand: 10, held: 2 });
  });
});

describe('allocating', () => {
  test('prefers one warehouse that has everything, by priority', async () => {
    const [both, away] = [await stock.newSku(5, 5), await stock.newSku(1, 5)];
    expect(await stock.allocated(newOrderId(), line(both, 5), line(away, 1))).toEqual([
      ['wh_hamburg', expect.arrayContaining([line(both, 5), line(away, 1)])],
    ]);
    expect(await stock.allocated(newOrderId(), line(both, 4), line(away, 2))).toEqual([
      ['wh_rotterdam', expect.arrayContaining([line(both, 4), line(away, 2)])],
    ]);
  });

  test('goes line by line where no warehouse has everything, and splits a line', async () => {
    const [near, far, split] = [
      await stock.newSku(2, 0),
      await stock.newSku(0, 2),
      await stock.newSku(3, 3),
    ];
    const lines = [line(near, 2), line(far, 2), line(split, 5)];
    expect(await stock.allocated(newOrderId(), ...lines)).toEqual([
      ['wh_hamburg', expect.arrayContaining([line(near, 2), line(split, 3)])],
      ['wh_rotterdam', expect.arrayContaining([line(far, 2), line(split, 2)])],
    ]);
  });

  test('gives back and issues by warehouse, and the rest stays held', async () => {
    const sku = await stock.newSku(2, 3);
    const orderId = newOrderId();
    await stock.reserve(orderId, [line(sku, 5)]);
    await stock.releasePart(orderId, 'wh_rotterdam');
    await stock.releasePart(orderId, 'wh_rotterdam');
    expect(await stock.counts(sku)).toEqual({ onHand: 5, held: 2 });
    await stock.issue(orderId, 'wh_hamburg');
    await stock.issue(orderId, 'wh_hamburg');
    expect(await stock.counts(sku)).toEqual({ onHand: 3, held: 0 });
  });
});

describe('the end of a hold', () => {
  test('a hold that was released before it was made is never made', async () => {
    const sku = await stock.newSku(3);
    const orderId = newOrderId();
    await stock.release(orderId);
    for (const call of ['reserve', 'enqueue'] as const) {
      const late = stock[call](orderId, [line(sku, 1)]);
      await expect(late).rejects.toBeInstanceOf(ProviderRefused);
    }
    expect(await stock.counts(sku)).toEqual({ onHand: 3, held: 0 });
  });

  test('a release that comes twice gives back once: a cancelled shipment does not restore its hold', async () => {
    const sku = await stock.newSku(4, 1);
    const orderId = newOrderId();
    await stock.reserve(orderId, [line(sku, 5)]);
    await stock.releasePart(orderId, 'wh_rotterdam');
    await stock.release(orderId);
    await stock.releasePart(orderId, 'wh_rotterdam');
    await stock.release(orderId);
    expect(await stock.counts(sku)).toEqual({ onHand: 5, held: 0 });
    await expect(stock.reserve(orderId, [line(sku, 5)])).rejects.toBeInstanceOf(ProviderRefused);
  });

  test('an issue takes the goods out of the stock once, and a late release changes nothing', async () => {
    const sku = await stock.newSku(2, 2);
    const orderId = newOrderId();
    await stock.reserve(orderId, [line(sku, 3)]);
    await stock.issue(orderId);
    await stock.issue(orderId);
    await stock.release(orderId);
    expect(await stock.counts(sku)).toEqual({ onHand: 1, held: 0 });
  });

  test('a shipment that replaces a lost one has a hold of its own', async () => {
    const sku = await stock.newSku(4);
    const orderId = newOrderId();
    await stock.reserve(orderId, [line(sku, 1)]);
    await stock.issue(orderId);
    await stock.reserve(shipmentIdOf(orderId, 1), [line(sku, 1)]);
    expect(await stock.counts(sku)).toEqual({ onHand: 3, held: 1 });
  });
});

describe('expiry', () => {
  const expire = (holdId: string) =>
    sql`update inventory.holds set expires_at = now() - interval '1 s'
      where hold_id = ${holdId}`.execute(stock.database);

  test('frees the expired hold of an order, and no hold that was extended', async () => {
    const sku = await stock.newSku(5);
    const [gone, kept] = [newOrderId(), newOrderId()];
    for (const orderId of [gone, kept]) {
      await stock.reserve(orderId, [line(sku, 1)]);
      await expire(orderId);
    }
    const until = await stock.extend(kept);
    expect(Date.parse(until) - Date.now()).toBeGreaterThan(holdExpiryMs - 60_000);
    expect(await releaseExpiredHolds(stock.database, 10)).toEqual([gone]);
    expect(await stock.counts(sku)).toEqual({ onHand: 5, held: 1 });
  });

  test('a hold that was released cannot be extended', async () => {
    const orderId = newOrderId();
    await expect(stock.extend(orderId)).rejects.toBeInstanceOf(ProviderRefused);
    await stock.release(orderId);
    await expect(stock.extend(orderId)).rejects.toBeInstanceOf(ProviderRefused);
  });
});

describe('returned goods', () => {
  test('are booked once for their key, in the warehouse that sent them', async () => {
    const sku = await stock.newSku(0, 4);
    const orderId = newOrderId();
    await stock.reserve(orderId, [line(sku, 3)]);
    await stock.issue(orderId);
    const key = `${orderId}:restock:ret_1`;
    await stock.restock(key, [line(sku, 2)]);
    await stock.restock(key, [line(sku, 2)]);
    const { rows } = await sql`
      select warehouse_id, on_hand from inventory.items where sku = ${sku}`.execute(stock.database);
    expect(rows).toEqual([{ warehouse_id: 'wh_rotterdam', on_hand: 3 }]);
  });

  test('go to the first warehouse when it is not known which one sent them', async () => {
    const sku = await stock.newSku(0, 1);
    await stock.restock('found:in:a:cellar', [line(sku, 1)]);
    expect(await stock.allocated(newOrderId(), line(sku, 1))).toEqual([
      ['wh_hamburg', [line(sku, 1)]],
    ]);
  });
});
