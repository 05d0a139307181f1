import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runGroup } from '../../src/events/consumer-runner.js';
import { parseArguments } from '../../src/up/arguments.js';
import { deadLettersCommand } from '../../src/up/dead-letters-command.js';
import { commandLine } from '../../src/up/process-identity.js';
import { writeStatus } from '../../src/up/status-file.js';
import { createPaint } from '../../src/up/terminal.js';
import { startTestApi, type TestApi } from '../support/test-api.js';
import { anEvent, newOrderId, openLogDesk, refusing, type LogDesk } from '../events/log-desk.js';

let desk: LogDesk;
let api: TestApi;
const stateDir = mkdtempSync(join(tmpdir(), 'dead-letters-'));
beforeAll(async () => {
  desk = await openLogDesk();
  api = await startTestApi({ database: desk.database });
  const consumer = await refusing(desk.database, 'sad', () => true);
  await desk.publish([1, 2, 3].map(() => anEvent(newOrderId(), 1)));
  while ((await runGroup(desk.database, consumer, { maxAttempts: 1 })) > 0);
});
afterAll(async () => {
  await desk.stop();
  rmSync(stateDir, { recursive: true });
});

async function run(argv: readonly string[], folder = stateDir) {
  const args = parseArguments(['dead-letters', ...argv, '--by', 'mia']);
  if (args.kind !== 'dead-letters') throw new Error(`Not understood: ${argv.join(' ')}`);
  const lines: string[] = [];
  const code = await deadLettersCommand({
    ...args,
    stateDir: folder,
    print: (line) => lines.push(line),
    paint: createPaint(false),
  });
  return { code, lines };
}

describe('npm run dead-letters', () => {
  test('says when nothing runs here', async () => {
    expect(await run([], join(stateDir, 'none'))).toEqual({
      code: 1,
      lines: ['Nothing runs here. Start it in another terminal with: npm start'],
    });
  });

  test('lists, discards, replays one and replays all', async () => {
    const self = { pid: process.pid, command: commandLine(process.pid) ?? '' };
    writeStatus(stateDir, {
      supervisor: { ...self, started_at: new Date().toISOString() },
      api: { url: api.url },
    });
    const list = await run([]);
    expect(list.code).toBe(0);
    const letters = list.lines.flatMap((line) => /^dlt_\w+/.exec(line) ?? []);
    expect(letters).toHaveLength(3);
    expect(list.lines[1]).toContain('I do not like');
    const [first, second] = letters as [string, string];
    const discard = ['discard', first, '--reason', 'seen'];
    expect(await run(discard)).toEqual({ code: 0, lines: [`${first} is discarded.`] });
    expect((await run(discard)).lines).toEqual([
      `${first} is discarded already; nothing has changed.`,
    ]);
    expect((await run(['replay', second])).lines).toEqual([`${second} is tried again.`]);
    const wrong = await run(['replay', first]);
    expect(wrong.code).toBe(1);
    expect(wrong.lines[0]).toContain('dead_letter_in_wrong_state');
    expect((await run(['replay', '--all'])).lines).toEqual(['Tried again: 1']);
    expect((await run([])).lines).toEqual(['There are no dead letters.']);
  });
});
