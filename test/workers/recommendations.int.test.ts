import { allRows } from '../../src/db/database.js';
import { beforeAll, expect, test } from 'vitest';
import { seedCatalogue } from '../../src/db/seed.js';
import { runGroup } from '../../src/events/consumer-runner.js';
import { createTeams, findTeams } from '../../src/events/teams.js';
import { teamRecommendations } from '../../src/workers/ports.js';
import { newOrderId, useEventLog } from '../events/event-log.js';
import { after, placed } from '../teams/use-team.js';

const log = useEventLog();
beforeAll(async () => {
  await seedCatalogue(log.url);
});

test('recommendations are the titles of our own products, best first', async () => {
  const teams = await findTeams();
  await createTeams(log.database, teams);
  const products = await allRows<{ sku: string; title: string }>(log.database)`
    select sku, title from orders.products order by sku limit 3`;
  const [one, two, three] = products.map(({ sku }) => ({ sku })) as [
    { sku: string },
    { sku: string },
    { sku: string },
  ];
  const baskets = [[one, three], [one, three, { sku: 'GONE' }], [one, two], [one]];
  const orders = baskets.map((lines) => ({ id: newOrderId(), lines }));
  await log.publish(
    orders.flatMap(({ id, lines }) => [placed(id, lines), ...after(id, ['order.confirmed'])]),
  );
  for (const team of teams) await runGroup(log.database, team);
  const suggested = await teamRecommendations(log.database).suggest(orders[3]!.id, 5);
  expect(suggested).toEqual([products[2], products[1]]);
});

test('there are no recommendations without a team', async () => {
  const alone = teamRecommendations(log.database, () => Promise.resolve([]));
  expect(await alone.suggest(newOrderId(), 3)).toEqual([]);
});
