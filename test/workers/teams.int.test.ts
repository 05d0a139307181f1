import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { seedCatalogue } from '../../src/db/seed.js';
import { consumerRound, runGroup } from '../../src/events/consumer-runner.js';
import type { Team } from '../../src/events/team.js';
import { createTeams, findTeams } from '../../src/events/teams.js';
import { startPollingLoop } from '../../src/runtime/polling-loop.js';
import { teamRecommendations } from '../../src/workers/ports.js';
import { rebuildTeam } from '../../src/workers/rebuild.js';
import { newOrderId, useEventLog } from '../events/event-log.js';
import { after, placed } from '../teams/use-team.js';
import { waitFor } from '../support/wait-for.js';

const log = useEventLog();
let teams: readonly Team[];
let team: Team;
beforeAll(async () => {
  await seedCatalogue(log.url);
  teams = await findTeams();
  await createTeams(log.database, teams);
  team = teams.find(({ name }) => name === 'loyalty-tiers')!;
});

let orders = 0;
async function order(): Promise<void> {
  const id = newOrderId();
  orders += 1;
  await log.publish([
    placed(id, [{ sku: 'TEA' }], 'cus_1'),
    ...after(id, ['order.confirmed'], ['points.awarded', { points: 10 }]),
  ]);
}

let lines: string[];
const print = (line: string) => lines.push(line);
beforeEach(() => {
  lines = [];
});

const startRelay = () =>
  startPollingLoop({
    round: async () => (await consumerRound(log.database, team, { batchSize: 100 })).hasMore,
    pollMs: 5,
    onError: (error) => {
      throw error;
    },
  });
const pointsOf = async (member: string) => {
  const page = team.pages[0]!;
  const asked = { parameters: { id: member }, query: {} };
  return (await page.answer(log.database, asked)) as { points: number } | undefined;
};

test('a team that is rebuilt catches up by the running relays, while orders come in', async () => {
  for (let index = 0; index < 60; index += 1) await order();
  const relays = [startRelay(), startRelay()];
  const end = new AbortController();
  const coming = (async () => {
    while (!end.signal.aborted) {
      await order();
      await sleep(30);
    }
  })();
  expect(await rebuildTeam({ database: log.database, team, print, pauseMs: 10 })).toBe(0);
  end.abort();
  await coming;
  await waitFor('the points', async () => {
    expect(await pointsOf('cus_1')).toMatchObject({ points: orders * 10 });
  });
  await Promise.all(relays.map((relay) => relay.stop()));
  expect(lines[0]).toContain('has forgotten everything');
  expect(lines[1]).toMatch(/ {2}\d+ of \d+ events/);
  expect(lines.at(-1)).toBe('loyalty-tiers is up to date.');
});

test('a rebuild that nobody carries out ends with a message', async () => {
  const watch = { database: log.database, team, print, pauseMs: 10, stillLimitMs: 100 };
  expect(await rebuildTeam(watch)).toBe(1);
  expect(lines.at(-1)).toContain('Does a relay run?');
});

test('recommendations are the titles of our own products, best first', async () => {
  const [one, two, three] = [{ sku: 'JAR-300' }, { sku: 'MUG-200' }, { sku: 'POT-900' }] as const;
  const baskets = [[one, three], [one, three, { sku: 'GONE' }], [one, two], [one]];
  const orders = baskets.map((lines) => ({ id: newOrderId(), lines }));
  await log.publish(
    orders.flatMap(({ id, lines }) => [placed(id, lines), ...after(id, ['order.confirmed'])]),
  );
  for (const team of teams) await runGroup(log.database, team);
  const suggested = await teamRecommendations(log.database).suggest(orders[3]!.id, 5);
  expect(suggested).toEqual([
    { ...three, title: 'Teapot, 900 ml' },
    { ...two, title: 'Mug, 200 ml' },
  ]);
});

test('there are no recommendations without a team', async () => {
  const alone = teamRecommendations(log.database, () => Promise.resolve([]));
  expect(await alone.suggest(newOrderId(), 3)).toEqual([]);
});
