import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { variantNames } from '../../bench/compare/data/names.js';
import type { Picture } from '../../bench/compare/live/server.js';
import { repositoryPath } from '../docs/pages.js';
import { waitFor } from '../support/wait-for.js';

const run = promisify(execFile);
const startLimitMs = 120_000;
const limitMs = 60_000;
const stopLimitMs = 30_000;

let live: ChildProcess | undefined;
afterAll(() => live?.kill('SIGKILL'));

/** The live mode as it is started by hand, and all that it prints. */
async function startLive() {
  await run(process.execPath, ['bench/build.mjs'], { cwd: repositoryPath });
  const command = ['dist/bench/compare/main.js', '--live', '--minutes', '5'];
  const child = spawn(process.execPath, command, { cwd: repositoryPath });
  live = child;
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => {
      printed += text.toString();
    });
  }
  const url = await waitFor('the page', () => /http:\S+/.exec(printed)?.[0] ?? false, startLimitMs);
  return { child, url, printed: () => printed };
}

/** What the page shows, as the stream first sends it. */
async function pictureAt(url: string): Promise<Picture> {
  const stopped = new AbortController();
  const { body } = await fetch(`${url}events`, { signal: stopped.signal });
  let text = '';
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const [, data] = /^data:(.*)\n\n/m.exec(text) ?? [];
    if (data !== undefined) {
      stopped.abort();
      return JSON.parse(data) as Picture;
    }
  }
  throw new Error('The stream sent nothing');
}

async function childrenOf(parent: number): Promise<readonly number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
  const pairs = stdout.split('\n').map((line) => line.trim().split(/ +/).map(Number));
  return pairs.flatMap(([pid, of]) => (of === parent ? [pid!] : []));
}

test('all arms carry orders, lose their payment process at the press of a button, and go on', async () => {
  const { child, url, printed } = await startLive();
  const waitForTexts = (what: string, isReached: (texts: Picture['texts']) => boolean) =>
    waitFor(what, async () => isReached((await pictureAt(url)).texts), limitMs);
  const delivered = (texts: Picture['texts']) =>
    variantNames.map((arm) => Number(texts[`${arm}-delivered`]));
  await waitForTexts('orders to be delivered', (texts) =>
    delivered(texts).every((count) => count > 0),
  );
  const [before, { texts }] = await Promise.all([childrenOf(child.pid!), pictureAt(url)]);

  expect((await fetch(`${url}kill`, { method: 'POST' })).status).toBe(202);
  expect((await fetch(`${url}kill`, { method: 'POST' })).status).toBe(409);
  await sleep(1_000);
  const left = await childrenOf(child.pid!);
  expect(before.filter((pid) => !left.includes(pid))).toHaveLength(variantNames.length);

  await waitForTexts('payments by the new processes', (now) =>
    variantNames.every(
      (arm) => now[`${arm}-process`] === 'running' && / s$/.test(now[`${arm}-recovery`]!),
    ),
  );
  const after = await childrenOf(child.pid!);
  expect(after).toHaveLength(before.length);
  await waitForTexts('more deliveries', (now) =>
    delivered(now).every((count, index) => count > delivered(texts)[index]!),
  );

  const ended = once(child, 'exit');
  child.kill('SIGINT');
  expect(await Promise.race([ended, sleep(stopLimitMs)])).toEqual([0, null]);
  expect(printed()).toMatch(/^\| kills +\| +1 \| +1 \| +1 \| +1 \|$/m);
  const running = await run('ps', ['-A', '-o', 'pid=']).then(({ stdout }) => stdout.split(/\s+/));
  expect(after.filter((pid) => running.includes(String(pid)))).toEqual([]);
}, 300_000);
