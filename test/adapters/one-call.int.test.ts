import { beforeAll, describe, expect, test } from 'vitest';
import { factsJournal, postgresJournal } from '../../src/adapters/postgres-journal.js';
import { allRows, allValues, insertRows } from '../../src/db/database.js';
import { findOrder } from '../../src/db/orders.js';
import { shipmentIdOf } from '../../src/domain/ids.js';
import { placed } from '../../src/domain/order-state.js';
import {
  activitiesOver,
  effects,
  firstTime,
  reserve,
  stepOf,
  warehouseId,
  type Scene,
} from './book-effects.js';
import { line, useStock } from './stock.js';

const stock = useStock();

const newScene = async (units = 5): Promise<Scene> => ({
  step: stepOf(await stock.newOrder()),
  sku: await stock.newSku(units),
});

const books = async ({ step: { orderId }, sku }: Scene) => ({
  counts: await stock.counts(sku),
  queue: await stock.stateInQueue(orderId),
  facts: await allRows(stock.database)`
    select sequence, entry_key, type, data from orders.timeline where order_id = ${orderId}`,
  events: await allRows(stock.database)`
    select sequence, type, data from orders.outbox where order_id = ${orderId}`,
  offers: await allRows(stock.database)`
    select round, state, partner_id from orders.delivery_offers where order_id = ${orderId}`,
  points: await allValues(stock.database)`
    select points from loyalty.ledger where order_id = ${orderId}`,
});

beforeAll(() =>
  insertRows(stock.database, 'orders.delivery_partners', [
    { id: 'dp_hand', name: 'Hand', countries: ['DE'], postal_prefixes: [], answers: 'by_hand' },
  ]),
);

describe.each(Object.entries(effects))('%s', (_name, [act, before]) => {
  test('happens once when the answer is lost and the step comes again', async () => {
    const scene = await newScene();
    const activities = activitiesOver(stock.database);
    await before?.(activities, scene);
    const untouched = await books(scene);
    const first = await act(activities, scene);
    const once = await books(scene);
    expect(once).not.toEqual(untouched);
    const again = await Promise.all([act(activities, scene), act(activities, scene)]);
    expect(again).toEqual([first, first]);
    expect(await books(scene)).toEqual(once);
  });

  test('does not happen where its entry is refused, or its transaction ends', async () => {
    const scene = await newScene();
    const activities = activitiesOver(stock.database);
    await before?.(activities, scene);
    const untouched = await books(scene);
    const ended = stock.database.transaction().execute(async (transaction) => {
      await act(activitiesOver(transaction, factsJournal), scene);
      throw new Error('killed');
    });
    await expect(ended).rejects.toThrow('killed');
    expect(await books(scene)).toEqual(untouched);
  });
});

describe('a step that comes late', () => {
  test('reserves nothing and writes nothing once its order is being undone', async () => {
    const scene = await newScene();
    const activities = activitiesOver(stock.database);
    const { orderId } = scene.step;
    await activities.reserveReplacement({
      ...stepOf(orderId, 1_001),
      shipmentId: shipmentIdOf(orderId),
      lines: [line(scene.sku, 99)],
    });
    await activities.releaseInventory(stepOf(orderId, 1_002));
    const before = await books(scene);
    for (const number of [1, 2]) {
      const late = activities.reserveInventory({
        ...scene.step,
        ...firstTime,
        number,
        lines: [line(scene.sku, 1)],
      });
      await expect(late).rejects.toMatchObject({ nonRetryable: true });
    }
    expect(await books(scene)).toEqual(before);
  });

  test('keeps the goods free where only its entry is refused', async () => {
    const scene = await newScene();
    const activities = activitiesOver(stock.database);
    const { orderId } = scene.step;
    await postgresJournal(stock.database).append({
      orderId,
      key: 'compensation',
      facts: [{ type: 'compensation.started', cause: 'cancelled', undos: [] }],
      change: { revision: 1_001, state: placed },
    });
    await expect(reserve(activities, scene)).rejects.toMatchObject({ nonRetryable: true });
    expect(await stock.counts(scene.sku)).toEqual({ onHand: 5, held: 0 });
  });

  test('holds the shortage that the order was told, whatever came in', async () => {
    const scene = await newScene(1);
    const activities = activitiesOver(stock.database);
    const first = await reserve(activities, scene);
    expect(first.outcome).toMatchObject({ kind: 'short' });
    await stock.receive(scene.sku, 10);
    expect(await reserve(activities, scene)).toEqual(first);
    expect(await stock.counts(scene.sku)).toEqual({ onHand: 11, held: 0 });
  });
});

test('the entry has what only the database knew: where the goods are', async () => {
  const scene = await newScene();
  const { outcome, facts } = await reserve(activitiesOver(stock.database), scene);
  const allotments = [{ warehouseId, lines: [line(scene.sku, 2)] }];
  expect(outcome).toEqual({ kind: 'reserved', allotments, dropped: [] });
  expect(facts).toMatchObject([{ type: 'inventory.reserved', parcels: allotments }]);
  const row = await findOrder(stock.database, scene.step.orderId);
  expect(row).toMatchObject({ fulfillmentStatus: 'reserved', stage: 'authorize_payment' });
});
