import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leaveQueue, serveWaiting } from '../../src/db/stock-queue.js';
import type { SkuQuantity } from '../../src/domain/facts.js';
import type { OrderId } from '../../src/domain/ids.js';
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

/** An order that waits in the queue behind those before it. */
async function waiting(...lines: SkuQuantity[]): Promise<OrderId> {
  const orderId = newOrderId();
  await room.inventory.enqueue(orderId, lines);
  return orderId;
}

const kindOfReserve = async (orderId: OrderId, ...lines: SkuQuantity[]) =>
  (await room.inventory.reserve(orderId, lines)).kind;

describe('a receipt', () => {
  test('serves waiting orders in the order in which they came, as far as it goes', async () => {
    const sku = await room.newSku();
    const first = await waiting(line(sku, 2));
    const second = await waiting(line(sku, 2));
    const third = await waiting(line(sku, 1));
    expect(await room.receive(sku, 4)).toEqual([first, second]);
    expect(await room.stateInQueue(third)).toBe('waiting');
    expect(await room.receive(sku, 1)).toEqual([third]);
    expect(await allotted(room.inventory, first, [line(sku, 2)])).toEqual([
      ['wh_hamburg', [line(sku, 2)]],
    ]);
    expect(await room.stateInQueue(first)).toBe('left');
  });

  test('serves no later order of the same SKU while an earlier one waits for more', async () => {
    const sku = await room.newSku();
    const large = await waiting(line(sku, 5));
    const small = await waiting(line(sku, 1));
    expect(await room.receive(sku, 4)).toEqual([]);
    expect(await room.receive(sku, 1)).toEqual([large]);
    expect(await room.receive(sku, 1)).toEqual([small]);
  });

  test('serves an order whole or not at all, and lets later ones of other goods pass', async () => {
    const [one, other] = [await room.newSku(), await room.newSku()];
    const both = await waiting(line(one, 1), line(other, 1));
    const rest = await waiting(line(other, 1));
    const elsewhere = await waiting(line(await room.newSku(), 1));
    expect(await room.receive(one, 1)).toEqual([]);
    expect(await room.receive(other, 1)).toEqual([both]);
    expect(await room.receive(other, 1)).toEqual([rest]);
    expect(await room.stateInQueue(elsewhere)).toBe('waiting');
  });

  test('serves a later order from what the earlier ones leave', async () => {
    const [plenty, missing] = [await room.newSku(), await room.newSku()];
    const stuck = await waiting(line(plenty, 3), line(missing, 1));
    const next = await waiting(line(plenty, 2));
    expect(await room.receive(plenty, 5)).toEqual([next]);
    expect(await room.receive(missing, 1)).toEqual([stuck]);
  });

  test('serves from both warehouses together', async () => {
    const sku = await room.newSku(1, 0);
    const orderId = await waiting(line(sku, 3));
    expect(await room.receive(sku, 2, 'wh_rotterdam')).toEqual([orderId]);
    expect(await allotted(room.inventory, orderId, [line(sku, 3)])).toEqual([
      ['wh_hamburg', [line(sku, 1)]],
      ['wh_rotterdam', [line(sku, 2)]],
    ]);
  });
});

describe('a new order', () => {
  test('takes what nobody waits for, and nothing else', async () => {
    const sku = await room.newSku(3);
    const first = await waiting(line(sku, 2), line(await room.newSku(), 1));
    expect(await room.inventory.reserve(newOrderId(), [line(sku, 2)])).toEqual({
      kind: 'short',
      lines: [{ sku, asked: 2, available: 1 }],
    });
    expect(await kindOfReserve(newOrderId(), line(sku, 1))).toBe('reserved');
    await leaveQueue(room.database, first);
    expect(await kindOfReserve(newOrderId(), line(sku, 2))).toBe('reserved');
  });
});

describe('the queue', () => {
  test('has one place for an order that enters twice', async () => {
    const sku = await room.newSku();
    const first = await waiting(line(sku, 1));
    const second = await waiting(line(sku, 1));
    await room.inventory.enqueue(first, [line(sku, 1)]);
    expect(await room.receive(sku, 1)).toEqual([first]);
    await room.inventory.enqueue(first, [line(sku, 1)]);
    expect(await room.counts(sku)).toEqual({ onHand: 1, held: 1 });
    expect(await room.stateInQueue(second)).toBe('waiting');
  });

  test('serves at once who enters when the goods have come in between', async () => {
    const sku = await room.newSku();
    const orderId = newOrderId();
    expect(await kindOfReserve(orderId, line(sku, 1))).toBe('short');
    await room.receive(sku, 1);
    await room.inventory.enqueue(orderId, [line(sku, 1)]);
    expect(await room.stateInQueue(orderId)).toBe('served');
    expect(await room.counts(sku)).toEqual({ onHand: 1, held: 1 });
  });

  test('is left with what was set aside meanwhile, or with nothing', async () => {
    const sku = await room.newSku();
    const served = await waiting(line(sku, 1));
    const early = await waiting(line(sku, 1));
    await leaveQueue(room.database, early);
    await leaveQueue(room.database, newOrderId());
    expect(await room.receive(sku, 2)).toEqual([served]);
    await leaveQueue(room.database, served);
    expect(await kindOfReserve(served, line(sku, 1))).toBe('reserved');
    expect(await room.counts(sku)).toEqual({ onHand: 2, held: 1 });
  });

  test('has a new place at its end for an order that comes back', async () => {
    const sku = await room.newSku();
    const first = await waiting(line(sku, 1));
    const second = await waiting(line(sku, 1));
    await leaveQueue(room.database, first);
    await room.inventory.enqueue(first, [line(sku, 1)]);
    expect(await room.receive(sku, 2)).toEqual([second, first]);
  });

  test('forgets an order that is released, whether it was served or not', async () => {
    const sku = await room.newSku();
    const [served, unserved] = [await waiting(line(sku, 1)), await waiting(line(sku, 1))];
    await room.receive(sku, 1);
    await room.inventory.release(served);
    await room.inventory.release(unserved);
    expect(await room.receive(sku, 1)).toEqual([]);
    expect(await room.counts(sku)).toEqual({ onHand: 2, held: 0 });
  });

  test('is served as well from goods that were released or came back', async () => {
    const sku = await room.newSku(1);
    const holder = newOrderId();
    await room.inventory.reserve(holder, [line(sku, 1)]);
    const [first, second] = [await waiting(line(sku, 1)), await waiting(line(sku, 1))];
    expect(await serveWaiting(room.database)).toEqual([]);
    await room.inventory.release(holder);
    expect(await serveWaiting(room.database)).toEqual([first]);
    await room.inventory.restock('found:again', [line(sku, 1)]);
    expect(await serveWaiting(room.database)).toEqual([second]);
  });

  test('lets an order take the part that it may while it waits for the whole', async () => {
    const sku = await room.newSku(1);
    const orderId = await waiting(line(sku, 3));
    expect(await room.inventory.reserve(orderId, [line(sku, 3)], { partial: true })).toMatchObject({
      kind: 'reserved',
      dropped: [line(sku, 2)],
    });
    expect(await room.stateInQueue(orderId)).toBe('left');
    expect(await room.receive(sku, 5)).toEqual([]);
  });
});
