import { expect, test } from 'vitest';
import { factsJournal } from '../../src/adapters/postgres-journal.js';
import { allValues } from '../../src/db/database.js';
import { activitiesOver, effects, firstTime, stepOf } from './book-effects.js';
import { line, useStock } from './stock.js';

const stock = useStock();

test('200 buyers get 20 units of one SKU: twenty of them, and nobody waits for another in a circle', async () => {
  const sku = await stock.newSku(20);
  const activities = activitiesOver(stock.database);
  const orderIds = await Promise.all(Array.from({ length: 200 }, () => stock.newOrder()));
  const answers = await Promise.all(
    orderIds.map(async (orderId, index) => {
      const asked = { ...stepOf(orderId), ...firstTime, lines: [line(sku, 1)] };
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
