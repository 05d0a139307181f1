import { allRows, oneRow } from '../../src/db/database.js';
import { sql } from 'kysely';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consumerRound } from '../../src/events/consumer-runner.js';
import { startPollingLoop, type PollingLoop } from '../../src/runtime/polling-loop.js';
import type { Team } from '../../src/events/team.js';
import { createTeams, findTeams } from '../../src/events/teams.js';
import { parseArguments } from '../../src/up/arguments.js';
import { rebuildCommand } from '../../src/up/rebuild-command.js';
import { writeStatus } from '../../src/up/status-file.js';
import { createPaint } from '../../src/up/terminal.js';
import { newOrderId, openLogDesk, type LogDesk } from '../events/log-desk.js';
import { placed } from '../teams/team-desk.js';
import { waitFor } from '../support/wait-for.js';

let desk: LogDesk;
let team: Team;
let relay: PollingLoop;
const stateDir = mkdtempSync(join(tmpdir(), 'rebuild-'));
beforeAll(async () => {
  desk = await openLogDesk();
  const teams = await findTeams();
  await createTeams(desk.database, teams);
  team = teams.find(({ name }) => name === 'analytics')!;
  await desk.publish(Array.from({ length: 50 }, () => placed(newOrderId(), [{ sku: 'TEA' }])));
  relay = startPollingLoop({
    round: async () => (await consumerRound(desk.database, team)).hasMore,
    pollMs: 20,
    onError: () => undefined,
  });
  const supervisor = { pid: 1, command: 'none', started_at: new Date().toISOString() };
  writeStatus(stateDir, { supervisor, database_url: desk.url });
});
afterAll(async () => {
  await relay.stop();
  await desk.stop();
  rmSync(stateDir, { recursive: true });
});

const run = async (argv: readonly string[], folder = stateDir) => {
  const args = parseArguments(['rebuild', ...argv]);
  if (args.kind !== 'rebuild') throw new Error(`Not understood: ${argv.join(' ')}`);
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const context = { stateDir: folder, print, paint: createPaint(false) };
  return { code: await rebuildCommand({ ...context, team: args.team }), lines };
};

describe('npm run rebuild', () => {
  test('rebuilds a team in the database of the stack that runs here', async () => {
    const figures = () => allRows(desk.database, sql`select from analytics.orders`);
    await waitFor('50 figures', async () => (await figures()).length === 50);
    const before = await oneRow(
      desk.database,
      sql<{ moved_at: Date }>`
          select moved_at from events.groups where name = 'analytics'`,
    );
    expect((await run(['analytics'])).code).toBe(0);
    await waitFor('50 figures', async () => (await figures()).length === 50);
    const after = await oneRow(
      desk.database,
      sql<{ moved_at: Date }>`
          select moved_at from events.groups where name = 'analytics'`,
    );
    expect(after.moved_at.getTime()).toBeGreaterThan(before.moved_at.getTime());
  });

  test('lists the teams when none is named, and knows no others', async () => {
    expect((await run([])).code).toBe(0);
    expect((await run(['nobody'])).code).toBe(2);
  });

  test('says when there is no database', async () => {
    const { code, lines } = await run(['analytics'], join(stateDir, 'none'));
    expect(code).toBe(1);
    expect(lines[0]).toContain('Nothing runs here');
  });
});
