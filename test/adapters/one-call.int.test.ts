import { describe, expect, test } from 'vitest';
import { inventoryActivities } from '../../src/activities/inventory.js';
import { loyaltyActivities } from '../../src/activities/loyalty.js';
import type { Ports } from '../../src/activities/ports.js';
import type { Step, StepResult } from '../../src/activities/step.js';
import { postgresInventory } from '../../src/adapters/postgres-inventory.js';
import { factsJournal, postgresJournal } from '../../src/adapters/postgres-journal.js';
import { postgresLoyalty } from '../../src/adapters/postgres-loyalty.js';
import { allRows, allValues, type Database } from '../../src/db/database.js';
import { findOrder } from '../../src/db/orders.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { placed } from '../../src/domain/order-state.js';
import { anOrder } from '../activities/samples.js';
import { line, useStock } from './stock.js';

const stock = useStock();

/** The activities over our books, in either style. */
function activitiesOver(database: Database, journalOf = postgresJournal) {
  const ports = {
    journal: journalOf(database),
    inventory: postgresInventory(database),
    loyalty: postgresLoyalty(database),
    orders: { find: () => Promise.resolve(anOrder) },
  } as unknown as Ports;
  return { ...inventoryActivities(ports), ...loyaltyActivities(ports) };
}
type Activities = ReturnType<typeof activitiesOver>;

const stepOf = (orderId: OrderId, revision = 1): Step => ({
  orderId,
  revision,
  before: { ...placed, status: 'processing' },
});
const confirmed: Step['before'] = { ...placed, status: 'confirmed' };
const warehouseId = 'wh_hamburg';
const until = { partial: false, number: 1 };

interface Scene {
  readonly step: Step;
  readonly sku: string;
}
const reserve = (activities: Activities, { step, sku }: Scene) =>
  activities.reserveInventory({ ...step, ...until, lines: [line(sku, 2)] });
const parcelOf = ({ step }: Scene) => ({ ...step, shipmentId: shipmentIdOf(step.orderId) });

/** Each effect that is one call with its entry: how it comes to happen, and what makes it possible. */
const effects: Readonly<
  Record<
    string,
    readonly [
      act: (activities: Activities, scene: Scene) => Promise<StepResult<unknown>>,
      before?: (activities: Activities, scene: Scene) => Promise<unknown>,
    ]
  >
> = {
  reserve: [reserve],
  'reserve, of which there is too little': [
    (activities, { step, sku }) =>
      activities.reserveInventory({ ...step, ...until, lines: [line(sku, 99)] }),
  ],
  enqueue: [
    (activities, { step, sku }) =>
      activities.enqueueForStock({ ...step, waitMs: 1_000, lines: [line(sku, 99)] }),
  ],
  release: [(activities, { step }) => activities.releaseInventory(step), reserve],
  'release of a part': [
    (activities, scene) => activities.releaseParcel({ ...parcelOf(scene), warehouseId }),
    reserve,
  ],
  issue: [
    (activities, scene) =>
      activities.issueInventory({ ...parcelOf(scene), before: confirmed, warehouseId }),
    reserve,
  ],
  'write off': [(activities, scene) => activities.writeOffParcel(parcelOf(scene)), reserve],
  restock: [
    (activities, scene) =>
      activities.restockParcel({ ...parcelOf(scene), lines: [line(scene.sku, 1)] }),
  ],
  'reserve again': [
    (activities, scene) =>
      activities.reserveReplacement({ ...parcelOf(scene), lines: [line(scene.sku, 1)] }),
  ],
  award: [(activities, { step }) => activities.awardPoints(step)],
  revoke: [
    (activities, { step }) => activities.revokePoints(step),
    (activities, { step }) => activities.awardPoints(step),
  ],
  'revoke, of which there is nothing': [(activities, { step }) => activities.revokePoints(step)],
};

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
  points: await allValues(stock.database)`
    select points from loyalty.ledger where order_id = ${orderId}`,
});

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
        ...until,
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

describe('side by side', () => {
  test('200 buyers get 20 units of one SKU: twenty of them, and nobody waits for another in a circle', async () => {
    const sku = await stock.newSku(20);
    const activities = activitiesOver(stock.database);
    const orderIds = await Promise.all(Array.from({ length: 200 }, () => stock.newOrder()));
    const answers = await Promise.all(
      orderIds.map(async (orderId, index) => {
        const asked = { ...stepOf(orderId), ...until, lines: [line(sku, 1)] };
        if (index % 4 > 0) return activities.reserveInventory(asked);
        return stock.database
          .transaction()
          .execute((transaction) =>
            activitiesOver(transaction, factsJournal).reserveInventory(asked),
          );
      }),
    );
    const reserved = answers.filter(({ outcome }) => outcome.kind === 'reserved');
    expect(reserved).toHaveLength(20);
    expect(await stock.counts(sku)).toEqual({ onHand: 20, held: 20 });
    const types = await allValues(stock.database)`
      select type from orders.timeline where order_id = any(${orderIds}) and type = 'inventory.reserved'`;
    expect(types).toHaveLength(20);
  });

  test('all that can happen to a few orders at once ends, in both styles', async () => {
    const sku = await stock.newSku(1_000);
    const scenes = await Promise.all(
      [1, 2].map(async () => ({ sku, step: stepOf(await stock.newOrder()) })),
    );
    const acts = Object.values(effects).flatMap(([act]) => [act, act, act, act]);
    const outcomes = await Promise.allSettled(
      acts.flatMap((act, index) =>
        scenes.map((scene) =>
          index % 2 === 0
            ? act(activitiesOver(stock.database), scene)
            : stock.database.transaction().execute(async (transaction) => {
                const other = acts[(index + acts.length / 2 + 1) % acts.length]!;
                await act(activitiesOver(transaction, factsJournal), scene);
                return other(activitiesOver(transaction, factsJournal), scene);
              }),
        ),
      ),
    );
    const reasons = outcomes.flatMap((one) =>
      one.status === 'rejected' ? [one.reason as unknown] : [],
    );
    const others = reasons.filter((reason) => !String(reason).includes('was released'));
    expect(others).toEqual([]);
    expect(reasons.length).toBeLessThan(outcomes.length);
  });
});
