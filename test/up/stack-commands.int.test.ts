import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { allRows, oneRow } from '../../src/db/database.js';
import { consumerRound, runGroup } from '../../src/events/consumer-runner.js';
import { createTeams, findTeams } from '../../src/events/teams.js';
import { startPollingLoop } from '../../src/runtime/polling-loop.js';
import { parseArguments } from '../../src/up/arguments.js';
import { deadLettersCommand } from '../../src/up/dead-letters-command.js';
import { rebuildCommand } from '../../src/up/rebuild-command.js';
import { thisProcess } from '../../src/up/state-folder.js';
import { writeStatus } from '../../src/up/status-file.js';
import { anEvent, newOrderId, refusing, useEventLog } from '../events/event-log.js';
import { useTempFolder } from '../support/temp-folder.js';
import { useTestApi } from '../support/test-api.js';
import { waitFor } from '../support/wait-for.js';
import { placed } from '../teams/use-team.js';

const log = useEventLog();
const api = useTestApi(() => ({ database: log.database }));
const folder = useTempFolder();
beforeEach(() => {
  const supervisor = thisProcess();
  writeStatus(folder.path, { supervisor, api: { url: api.url }, database_url: log.url });
});

/** Runs `dead-letters` or `rebuild` as `npm run` does. */
async function run(argv: readonly string[], stateDir = folder.path) {
  const args = parseArguments(argv);
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const context = { stateDir, print };
  if (args.kind === 'dead-letters') {
    return { code: await deadLettersCommand({ ...context, ...args }), lines };
  }
  if (args.kind !== 'rebuild') throw new Error(`Not understood: ${argv.join(' ')}`);
  return { code: await rebuildCommand({ ...context, team: args.team }), lines };
}

test.each([
  ['dead-letters', 'Nothing runs here. Start it in another terminal with: npm start'],
  ['rebuild', 'Nothing runs here, and there is no DATABASE_URL. Start it with: npm start'],
])('npm run %s says when nothing runs here', async (command, message) => {
  const none = join(folder.path, 'none');
  expect(await run([command], none)).toEqual({ code: 1, lines: [message] });
});

test('npm run dead-letters lists, discards, replays one and replays all', async () => {
  const consumer = await refusing(log.database, 'sad', () => true);
  await log.publish([1, 2, 3].map(() => anEvent(newOrderId(), 1, 'payment.voided')));
  while ((await runGroup(log.database, consumer, { maxAttempts: 1 })) > 0);
  const deadLetters = (...argv: string[]) => run(['dead-letters', ...argv, '--by', 'mia']);

  const list = await deadLetters();
  expect(list.code).toBe(0);
  const ids = list.lines.flatMap((line) => /^dlt_\w+/.exec(line) ?? []);
  expect(ids).toHaveLength(3);
  expect(list.lines[1]).toContain('I do not like');
  const [first, second] = ids as [string, string];
  const discard = ['discard', first, '--reason', 'seen'];
  expect(await deadLetters(...discard)).toEqual({ code: 0, lines: [`${first} is discarded.`] });
  expect((await deadLetters(...discard)).lines).toEqual([
    `${first} is discarded already; nothing has changed.`,
  ]);
  expect((await deadLetters('replay', second)).lines).toEqual([`${second} is tried again.`]);
  const wrong = await deadLetters('replay', first);
  expect(wrong.code).toBe(1);
  expect(wrong.lines[0]).toContain('dead_letter_in_wrong_state');
  expect((await deadLetters('replay', '--all')).lines).toEqual(['Tried again: 1']);
  expect((await deadLetters()).lines).toEqual(['There are no dead letters.']);
});

test('npm run rebuild rebuilds a team in the database of the stack that runs here', async () => {
  const teams = await findTeams();
  await createTeams(log.database, teams);
  const team = teams.find(({ name }) => name === 'analytics')!;
  await log.publish(Array.from({ length: 50 }, () => placed(newOrderId(), [{ sku: 'TEA' }])));
  const relay = startPollingLoop({
    round: async () => (await consumerRound(log.database, team)).hasMore,
    pollMs: 20,
    onError: () => undefined,
  });
  const movedAt = async () => {
    const moved = await oneRow<{ at: Date }>(log.database)`
      select moved_at as at from events.groups where name = 'analytics'`;
    return moved.at.getTime();
  };
  const figures = () => allRows(log.database)`select from analytics.orders`;
  await waitFor('50 figures', async () => (await figures()).length === 50);
  const before = await movedAt();
  expect((await run(['rebuild', 'analytics'])).code).toBe(0);
  await waitFor('50 figures', async () => (await figures()).length === 50);
  const after = await movedAt();
  expect(after).toBeGreaterThan(before);
  await relay.stop();
});

test('npm run rebuild lists the teams when none is named, and knows no others', async () => {
  expect((await run(['rebuild'])).code).toBe(0);
  expect((await run(['rebuild', 'nobody'])).code).toBe(2);
});
