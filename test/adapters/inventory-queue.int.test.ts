import { describe, expect, test } from 'vitest';
import { leaveQueue, serveWaiting } from '../../src/db/stock.js';
import type { SkuQuantity } from '../../src/domain/facts.js';
import type { OrderId } from '../../src/domain/ids.js';
import { newOrderId } from './own-database.js';
import { line, useStock } from './stock.js';

const stock = useStock();

/** An order that waits in the queue behind those before it. */
async function waiting(...lines: SkuQuantity[]): Promise<OrderId> {
  const orderId = newOrderId();
  await stock.enqueue(orderId, lines);
  return orderId;
}

const kindOfReserve = async (orderId: OrderId, ...lines: SkuQuantity[]) =>
  (await stock.reserve(orderId, lines)).kind;

describe('a receipt', () => {
  test('serves waiting orders in the order in which they came, as far as it goes', async () => {
    const sku = await stock.newSku();
    const first = await waiting(line(sku, 2));
    const second = await waiting(line(sku, 2));
    const third = await waiting(line(sku, 1));
    expect(await stock.receive(sku, 4)).toEqual([first, second]);
    expect(await stock.stateInQueue(third)).toBe('waiting');
    expect(await stock.receive(sku, 1)).toEqual([third]);
    expect(await stock.allocated(first, line(sku, 2))).toEqual([['wh_hamburg', [line(sku, 2)]]]);
    expect(await stock.stateInQueue(first)).toBe('left');
  });

  test('serves no later order of the same SKU while an earlier one waits for more', async () => {
    const sku = await stock.newSku();
    const large = await waiting(line(sku, 5));
    const small = await waiting(line(sku, 1));
    expect(await stock.receive(sku, 4)).toEqual([]);
    expect(await stock.receive(sku, 1)).toEqual([large]);
    expect(await stock.receive(sku, 1)).toEqual([small]);
  });

  test('serves an order whole or not at all, and lets later ones of other goods pass', async () => {
    const [one, other] = [await stock.newSku(), await stock.newSku()];
    const both = await waiting(line(one, 1), line(other, 1));
    const rest = await waiting(line(other, 1));
    const elsewhere = await waiting(line(await stock.newSku(), 1));
    expect(await stock.receive(one, 1)).toEqual([]);
    expect(await stock.receive(other, 1)).toEqual([both]);
    expect(await stock.receive(other, 1)).toEqual([rest]);
    expect(await stock.stateInQueue(elsewhere)).toBe('waiting');
  });

  test('serves a later order from what the earlier ones leave', async () => {
    const [plenty, missing] = [await stock.newSku(), await stock.newSku()];
    const stuck = await waiting(line(plenty, 3), line(missing, 1));
    const next = await waiting(line(plenty, 2));
    expect(await stock.receive(plenty, 5)).toEqual([next]);
    expect(await stock.receive(missing, 1)).toEqual([stuck]);
  });

  test('serves from both warehouses together', async () => {
    const sku = await stock.newSku(1, 0);
    const orderId = await waiting(line(sku, 3));
    expect(await stock.receive(sku, 2, 'wh_rotterdam')).toEqual([orderId]);
    expect(await stock.allocated(orderId, line(sku, 3))).toEqual([
      ['wh_hamburg', [line(sku, 1)]],
      ['wh_rotterdam', [line(sku, 2)]],
    ]);
  });
});

describe('a new order', () => {
  test('takes only what no waiting order claims', async () => {
    const sku = await stock.newSku(3);
    const first = await waiting(line(sku, 2), line(await stock.newSku(), 1));
    expect(await stock.reserve(newOrderId(), [line(sku, 2)])).toEqual({
      kind: 'short',
      lines: [{ sku, asked: 2, available: 1 }],
    });
    expect(await kindOfReserve(newOrderId(), line(sku, 1))).toBe('reserved');
    await leaveQueue(stock.database, first);
    expect(await kindOfReserve(newOrderId(), line(sku, 2))).toBe('reserved');
  });
});

describe('the queue', () => {
  test('has one place for an order that enters twice', async () => {
    const sku = await stock.newSku();
    const first = await waiting(line(sku, 1));
    const second = await waiting(line(sku, 1));
    await stock.enqueue(first, [line(sku, 1)]);
    expect(await stock.receive(sku, 1)).toEqual([first]);
    await stock.enqueue(first, [line(sku, 1)]);
    expect(await stock.counts(sku)).toEqual({ onHand: 1, held: 1 });
    expect(await stock.stateInQueue(second)).toBe('waiting');
  });

  test('serves an order at once whose goods arrived before it entered', async () => {
    const sku = await stock.newSku();
    const orderId = newOrderId();
    expect(await kindOfReserve(orderId, line(sku, 1))).toBe('short');
    await stock.receive(sku, 1);
    await stock.enqueue(orderId, [line(sku, 1)]);
    expect(await stock.stateInQueue(orderId)).toBe('served');
    expect(await stock.counts(sku)).toEqual({ onHand: 1, held: 1 });
  });

  test('lets an order leave with what was reserved meanwhile, or with nothing', async () => {
    const sku = await stock.newSku();
    const served = await waiting(line(sku, 1));
    const early = await waiting(line(sku, 1));
    await leaveQueue(stock.database, early);
    await leaveQueue(stock.database, newOrderId());
    expect(await stock.receive(sku, 2)).toEqual([served]);
    await leaveQueue(stock.database, served);
    expect(await kindOfReserve(served, line(sku, 1))).toBe('reserved');
    expect(await stock.counts(sku)).toEqual({ onHand: 2, held: 1 });
  });

  test('has a new place at its end for an order that enters again', async () => {
    const sku = await stock.newSku();
    const first = await waiting(line(sku, 1));
    const second = await waiting(line(sku, 1));
    await leaveQueue(stock.database, first);
    await stock.enqueue(first, [line(sku, 1)]);
    expect(await stock.receive(sku, 2)).toEqual([second, first]);
  });

  test('removes an order that is released, whether it was served or not', async () => {
    const sku = await stock.newSku();
    const [served, unserved] = [await waiting(line(sku, 1)), await waiting(line(sku, 1))];
    await stock.receive(sku, 1);
    await stock.release(served);
    await stock.release(unserved);
    expect(await stock.receive(sku, 1)).toEqual([]);
    expect(await stock.counts(sku)).toEqual({ onHand: 2, held: 0 });
  });

  test('is served from released and from returned goods as well', async () => {
    const sku = await stock.newSku(1);
    const holder = newOrderId();
    await stock.reserve(holder, [line(sku, 1)]);
    const [first, second] = [await waiting(line(sku, 1)), await waiting(line(sku, 1))];
    expect(await serveWaiting(stock.database)).toEqual([]);
    await stock.release(holder);
    expect(await serveWaiting(stock.database)).toEqual([first]);
    await stock.restock('found:again', [line(sku, 1)]);
    expect(await serveWaiting(stock.database)).toEqual([second]);
  });

  test('lets an order take the part that it may while it waits for the whole', async () => {
    const sku = await stock.newSku(1);
    const orderId = await waiting(line(sku, 3));
    expect(await stock.reserve(orderId, [line(sku, 3)], { partial: true })).toMatchObject({
      kind: 'reserved',
      dropped: [line(sku, 2)],
    });
    expect(await stock.stateInQueue(orderId)).toBe('left');
    expect(await stock.receive(sku, 5)).toEqual([]);
  });
});
