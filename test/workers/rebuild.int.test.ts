import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { consumerRound } from '../../src/events/consumer-runner.js';
import type { Team } from '../../src/events/team.js';
import { createTeams, findTeams } from '../../src/events/teams.js';
import { startPollingLoop } from '../../src/runtime/polling-loop.js';
import { rebuildTeam } from '../../src/workers/rebuild.js';
import { newOrderId, useEventLog } from '../events/event-log.js';
import { after, placed } from '../teams/use-team.js';
import { waitFor } from '../support/wait-for.js';

const desk = useEventLog();
let team: Team;
beforeAll(async () => {
  const teams = await findTeams();
  await createTeams(desk.database, teams);
  team = teams.find(({ name }) => name === 'loyalty-tiers')!;
});

let orders = 0;
async function order(): Promise<void> {
  const id = newOrderId();
  orders += 1;
  await desk.publish([
    placed(id, [{ sku: 'TEA' }], 'cus_1'),
    ...after(id, ['order.confirmed'], ['points.awarded', { points: 10 }]),
  ]);
}

const startRelay = () =>
  startPollingLoop({
    round: async () => (await consumerRound(desk.database, team, { batchSize: 100 })).hasMore,
    pollMs: 5,
    onError: (error) => {
      throw error;
    },
  });
const pointsOf = async (member: string) => {
  const page = team.pages[0]!;
  const asked = { parameters: { id: member }, query: {} };
  return (await page.answer(desk.database, asked)) as { points: number } | undefined;
};

test('a team that is rebuilt catches up by the running relays, while orders come in', async () => {
  for (let index = 0; index < 60; index += 1) await order();
  const relays = [startRelay(), startRelay()];
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const end = new AbortController();
  const coming = (async () => {
    while (!end.signal.aborted) {
      await order();
      await sleep(30);
    }
  })();
  expect(await rebuildTeam({ database: desk.database, team, print, pauseMs: 10 })).toBe(0);
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
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const watch = { database: desk.database, team, print, pauseMs: 10, stillLimitMs: 100 };
  expect(await rebuildTeam(watch)).toBe(1);
  expect(lines.at(-1)).toContain('Does a relay run?');
});
