import { allRows } from '../../src/db/database.js';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { releaseExpiredHolds } from '../../src/db/stock.js';
import { ProviderRefused } from '../../src/domain/failures.js';
import { shipmentIdOf } from '../../src/domain/ids.js';
import { holdExpiryMs } from '../../src/domain/service-level.js';
import {
  allotted,
  differencesInTheLedger,
  line,
  newOrderId,
  openStockRoom,
  type StockRoom,
} from './inventory-harness.js';

let room: StockRoom;
beforeAll(async () => {
  room = await openStockRoom();
});
afterAll(async () => {
  expect(await differencesInTheLedger(room.database)).toEqual([]);
  await room.stop();
});

const short = (...lines: readonly { sku: string; asked: number; available: number }[]) => ({
  kind: 'short',
  lines,
});

describe('reserving', () => {
  test('counts two lines of one SKU together: they share its stock', async () => {
    const sku = await room.newSku(3);
    const twice = [line(sku, 2), line(sku, 2)];
    expect(await room.inventory.reserve(newOrderId(), twice)).toEqual(
      short({ sku, asked: 4, available: 3 }),
    );
    expect(await room.counts(sku)).toEqual({ onHand: 3, held: 0 });
    expect(await allotted(room.inventory, newOrderId(), [line(sku, 1), line(sku, 2)])).toEqual([
      ['wh_hamburg', [line(sku, 3)]],
    ]);
  });

  test('takes all lines or none, and says of each short one what there is', async () => {
    const [there, few] = [await room.newSku(5), await room.newSku(1)];
    const unknown = 'SKU-NOBODY-HAS';
    const reservation = await room.inventory.reserve(newOrderId(), [
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
    expect(await room.counts(there)).toEqual({ onHand: 5, held: 0 });
  });

  test('takes what there is where a part will do', async () => {
    const [there, few, none] = [await room.newSku(5), await room.newSku(1), await room.newSku()];
    const lines = [line(there, 2), line(few, 3), line(none, 1)];
    const orderId = newOrderId();
    const partial = await room.inventory.reserve(orderId, lines, { partial: true });
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
    expect(await room.inventory.reserve(orderId, lines)).toEqual(partial);
  });

  test('is short also where a part will do when there is nothing at all', async () => {
    const sku = await room.newSku();
    const orderId = newOrderId();
    expect(await room.inventory.reserve(orderId, [line(sku, 2)], { partial: true })).toEqual(
      short({ sku, asked: 2, available: 0 }),
    );
    await room.receive(sku, 2);
    expect(await room.inventory.reserve(orderId, [line(sku, 2)])).toMatchObject({
      kind: 'reserved',
    });
  });

  test('holds once for an order that asks twice, also side by side', async () => {
    const sku = await room.newSku(10);
    const orderId = newOrderId();
    const ask = () => room.inventory.reserve(orderId, [line(sku, 2)]);
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect(await room.counts(sku)).toEqual({ onHand: 10, held: 2 });
  });

  test('never sells more than there is to orders that ask side by side', async () => {
    const sku = await room.newSku(3, 2);
    const asks = Array.from({ length: 12 }, () =>
      room.inventory.reserve(newOrderId(), [line(sku, 1)]),
    );
    const kinds = (await Promise.all(asks)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'reserved')).toHaveLength(5);
    expect(await room.counts(sku)).toEqual({ onHand: 5, held: 5 });
  });
});

describe('allotting', () => {
  test('prefers one warehouse that has everything, by priority', async () => {
    const [both, away] = [await room.newSku(5, 5), await room.newSku(1, 5)];
    expect(await allotted(room.inventory, newOrderId(), [line(both, 5), line(away, 1)])).toEqual([
      ['wh_hamburg', expect.arrayContaining([line(both, 5), line(away, 1)])],
    ]);
    expect(await allotted(room.inventory, newOrderId(), [line(both, 4), line(away, 2)])).toEqual([
      ['wh_rotterdam', expect.arrayContaining([line(both, 4), line(away, 2)])],
    ]);
  });

  test('goes line by line where no warehouse has everything, and splits a line', async () => {
    const [near, far, split] = [
      await room.newSku(2, 0),
      await room.newSku(0, 2),
      await room.newSku(3, 3),
    ];
    const lines = [line(near, 2), line(far, 2), line(split, 5)];
    expect(await allotted(room.inventory, newOrderId(), lines)).toEqual([
      ['wh_hamburg', expect.arrayContaining([line(near, 2), line(split, 3)])],
      ['wh_rotterdam', expect.arrayContaining([line(far, 2), line(split, 2)])],
    ]);
  });

  test('gives back and issues by warehouse, and the rest stays held', async () => {
    const sku = await room.newSku(2, 3);
    const orderId = newOrderId();
    await room.inventory.reserve(orderId, [line(sku, 5)]);
    await room.inventory.releasePart(orderId, 'wh_rotterdam');
    await room.inventory.releasePart(orderId, 'wh_rotterdam');
    expect(await room.counts(sku)).toEqual({ onHand: 5, held: 2 });
    await room.inventory.issue(orderId, 'wh_hamburg');
    await room.inventory.issue(orderId, 'wh_hamburg');
    expect(await room.counts(sku)).toEqual({ onHand: 3, held: 0 });
  });
});

describe('the end of a hold', () => {
  test('released before it was made, it is never made', async () => {
    const sku = await room.newSku(3);
    const orderId = newOrderId();
    await room.inventory.release(orderId);
    for (const call of ['reserve', 'enqueue'] as const) {
      const late = room.inventory[call](orderId, [line(sku, 1)]);
      await expect(late).rejects.toBeInstanceOf(ProviderRefused);
    }
    expect(await room.counts(sku)).toEqual({ onHand: 3, held: 0 });
  });

  test('a release that comes twice gives back once: a cancelled shipment does not restore its hold', async () => {
    const sku = await room.newSku(4, 1);
    const orderId = newOrderId();
    await room.inventory.reserve(orderId, [line(sku, 5)]);
    await room.inventory.releasePart(orderId, 'wh_rotterdam');
    await room.inventory.release(orderId);
    await room.inventory.releasePart(orderId, 'wh_rotterdam');
    await room.inventory.release(orderId);
    expect(await room.counts(sku)).toEqual({ onHand: 5, held: 0 });
    await expect(room.inventory.reserve(orderId, [line(sku, 5)])).rejects.toBeInstanceOf(
      ProviderRefused,
    );
  });

  test('issued, it is gone from the books once, and a late release changes nothing', async () => {
    const sku = await room.newSku(2, 2);
    const orderId = newOrderId();
    await room.inventory.reserve(orderId, [line(sku, 3)]);
    await room.inventory.issue(orderId);
    await room.inventory.issue(orderId);
    await room.inventory.release(orderId);
    expect(await room.counts(sku)).toEqual({ onHand: 1, held: 0 });
  });

  test('a shipment that replaces a lost one has a hold of its own', async () => {
    const sku = await room.newSku(4);
    const orderId = newOrderId();
    await room.inventory.reserve(orderId, [line(sku, 1)]);
    await room.inventory.issue(orderId);
    await room.inventory.reserve(shipmentIdOf(orderId, 1), [line(sku, 1)]);
    expect(await room.counts(sku)).toEqual({ onHand: 3, held: 1 });
  });
});

describe('expiry', () => {
  const expire = (holdId: string) =>
    sql`
        update inventory.holds set expires_at = ${new Date(Date.now() - 1_000)}
        where hold_id = ${holdId as `ord_${string}`}`.execute(room.database);

  test('frees the hold of an order that lives no more, and only that', async () => {
    const sku = await room.newSku(5);
    const [gone, kept] = [newOrderId(), newOrderId()];
    for (const orderId of [gone, kept]) {
      await room.inventory.reserve(orderId, [line(sku, 1)]);
      await expire(orderId);
    }
    const until = await room.inventory.extend(kept);
    expect(Date.parse(until) - Date.now()).toBeGreaterThan(holdExpiryMs - 60_000);
    expect(await releaseExpiredHolds(room.database, 10)).toEqual([gone]);
    expect(await room.counts(sku)).toEqual({ onHand: 5, held: 1 });
  });

  test('a hold that was released cannot be extended', async () => {
    const orderId = newOrderId();
    await expect(room.inventory.extend(orderId)).rejects.toBeInstanceOf(ProviderRefused);
    await room.inventory.release(orderId);
    await expect(room.inventory.extend(orderId)).rejects.toBeInstanceOf(ProviderRefused);
  });
});

describe('goods that come back', () => {
  test('are booked once for their key, where they came from', async () => {
    const sku = await room.newSku(0, 4);
    const orderId = newOrderId();
    await room.inventory.reserve(orderId, [line(sku, 3)]);
    await room.inventory.issue(orderId);
    const key = `${orderId}:restock:ret_1`;
    await room.inventory.restock(key, [line(sku, 2)]);
    await room.inventory.restock(key, [line(sku, 2)]);
    const rows = await allRows(
      room.database,
      sql<{ warehouse_id: string | null; on_hand: number }>`
        select warehouse_id, on_hand from inventory.items where sku = ${sku}`,
    );
    expect(rows).toEqual([{ warehouse_id: 'wh_rotterdam', on_hand: 3 }]);
  });

  test('go to the first warehouse when nobody knows where they came from', async () => {
    const sku = await room.newSku(0, 1);
    await room.inventory.restock('found:in:a:cellar', [line(sku, 1)]);
    expect(await allotted(room.inventory, newOrderId(), [line(sku, 1)])).toEqual([
      ['wh_hamburg', [line(sku, 1)]],
    ]);
  });
});
