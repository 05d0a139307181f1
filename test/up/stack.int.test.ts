import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { upConfig, type UpConfig } from '../../src/config.js';
import { roleNames } from '../../src/up/part.js';
import { AlreadyRunningError } from '../../src/up/state-folder.js';
import { commandLine } from '../../src/up/process-identity.js';
import { readStatus, statusFile, writeStatus } from '../../src/up/status-file.js';
import { startStack, type Stack, type StackOptions } from '../../src/up/stack.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { useTempFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';

const standIn = fileURLToPath(new URL('fixtures/role.mjs', import.meta.url));
const scripts = Object.fromEntries(roleNames.map((role) => [role, standIn]));
const folder = useTempFolder();
let databases: readonly TestDatabase[];
let config: UpConfig;
let lines: string[];
let stack: Stack | undefined;

beforeAll(async () => {
  databases = [await testDatabase({ migrated: true }), await testDatabase({ migrated: false })];
  config = {
    ...upConfig({}),
    DATABASE_URL: databases[0]!.url,
    SANDBOX_DATABASE_URL: databases[1]!.url,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
  };
});
afterAll(() => Promise.all(databases.map((database) => database.drop())));
beforeEach(() => {
  lines = [];
});
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
});

/** A stack of stand-in roles with the run's own stores, so that a start takes no more than its roles do. */
const start = (options: Partial<StackOptions> = {}): Promise<Stack> =>
  startStack({
    stateDir: folder.path,
    config,
    ports: 'free',
    scripts,
    print: (line) => lines.push(line),
    ...options,
  });

const answer = async (url: string | undefined) => (await fetch(url!)).text();
const gone = (pid: number) => waitFor(`${pid} to go`, () => commandLine(pid) === undefined);

describe('a stack', () => {
  test('starts nothing for a store that is named, and gives every role its environment', async () => {
    stack = await start({ extraEnv: { services: { STRIPE_API_URL: 'http://127.0.0.1:1' } } });
    expect(Object.keys(stack.pids).sort()).toEqual([...roleNames].sort());
    expect(lines.join('\n')).toContain('from TEMPORAL_ADDRESS');
    expect(stack.env('services')).toMatchObject({ STRIPE_API_URL: 'http://127.0.0.1:1' });
    expect(stack.env('worker')).toMatchObject({
      DATABASE_URL: config.DATABASE_URL,
      TEMPORAL_ADDRESS: config.TEMPORAL_ADDRESS,
      STRIPE_API_URL: stack.urls['sandbox'],
    });
    expect(stack.env('sandbox')).toMatchObject({
      SANDBOX_WEBHOOK_URL: stack.urls['api'],
      STRIPE_WEBHOOK_SECRET: stack.env('api')['STRIPE_WEBHOOK_SECRET'],
    });
  });

  test('writes status.json with every part; a stop ends them all and removes it', async () => {
    stack = await start();
    const { pids, urls } = stack;
    expect(readStatus(folder.path)).toMatchObject({
      supervisor: { pid: process.pid },
      api: { pid: pids.api, url: urls['api'] },
      sandbox: { pid: pids.sandbox, url: urls['sandbox'] },
      inbox: { url: urls['inbox'] },
      worker: { pid: pids.worker },
      services: { pid: pids.services },
      relay: { pid: pids.relay },
      temporal: { url: config.TEMPORAL_ADDRESS },
      database_url: config.DATABASE_URL,
    });
    await stack.stop();
    expect(existsSync(statusFile(folder.path))).toBe(false);
    expect(Object.values(pids).map(commandLine)).toEqual(Object.values(pids).map(() => undefined));
    expect(await stack.ended).toEqual({ kind: 'stopped' });
  });

  test('refuses a second supervisor in the same folder', async () => {
    stack = await start();
    await expect(start()).rejects.toThrow(AlreadyRunningError);
    expect(commandLine(stack.pids.api!)).toBeDefined();
  });
});

describe('a part of the stack that dies', () => {
  test('is started again on the same port, with its last lines on the screen', async () => {
    stack = await start();
    const before = stack.pids.api;
    expect(await answer(stack.urls['api'])).toBe(String(before));
    stack.kill('api', 'SIGKILL');
    await stack.waitUntilReady('api');
    const after = stack.pids.api;
    expect(after).not.toBe(before);
    expect(await answer(stack.urls['api'])).toBe(String(after));
    expect(readStatus(folder.path)?.api?.pid).toBe(after);
    expect(lines).toContain('✗ api was ended by SIGKILL; it is started again');
    expect(lines).toContain('    stand-in: serve');
  });

  test('before it was ever ready takes everything down, and says why', async () => {
    const extraEnv = { relay: { ROLE_BEHAVIOUR: 'die_at_birth' } };
    const failed = start({ extraEnv });
    await expect(failed).rejects.toMatchObject({
      name: 'PartError',
      message: 'relay: ended with code 3 before it was ready',
      tail: ['stand-in: die_at_birth', 'no reason to live'],
    });
    expect(readStatus(folder.path)).toBeUndefined();
  });

  test('again and again takes everything down', async () => {
    stack = await start({ extraEnv: { relay: { ROLE_BEHAVIOUR: 'die_when_ready' } } });
    const api = stack.pids.api!;
    expect(await stack.ended).toEqual({
      kind: 'gave_up',
      reason: 'relay died 5 times within 60 s',
    });
    expect(commandLine(api)).toBeUndefined();
  });
});

test('the next start after a killed supervisor ends what it left, and no other process with a recorded pid', async () => {
  const [left, other] = [0, 1].map(() =>
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true }),
  );
  const command = await waitFor('the worker', () => commandLine(left!.pid!) ?? false);
  writeStatus(folder.path, {
    supervisor: { pid: 4_194_000, command: 'long gone', started_at: '2026-01-01' },
    worker: { pid: left!.pid!, command },
    relay: { pid: other!.pid!, command: 'node relay-main.js' },
  });
  stack = await start();
  await gone(left!.pid!);
  expect(commandLine(other!.pid!)).toBeDefined();
  other!.kill('SIGKILL');
  await gone(other!.pid!);
});
