import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { choosePorts } from '../../src/up/ports.js';
import { loadSecrets } from '../../src/up/secrets.js';
import { listenForStop } from '../../src/up/stop-signals.js';
import { answers, registerSearchAttributes } from '../../src/up/temporal/namespace.js';
import { useTempFolder } from '../support/temp-folder.js';

const base = 33_100;

test('a port that is taken moves on, and no two parts get the same', async () => {
  const free = await choosePorts({ base });
  const server = createServer().listen(free.api, '127.0.0.1');
  await once(server, 'listening');
  const chosen = await choosePorts({ base });
  server.close();
  expect(chosen.api).toBeGreaterThan(free.api);
  const numbers = Object.values(chosen);
  expect(new Set(numbers).size).toBe(numbers.length);
});

const target = () => ({ address: inject('temporalAddress'), namespace: 'default' });

describe('a Temporal server', () => {
  test('answers for its namespace, and not for another', async () => {
    expect(await answers(target())).toBe(true);
    expect(await answers({ ...target(), namespace: 'absent' })).toBe(false);
  });

  test('of ours has the search attributes from its start', async () => {
    expect(await registerSearchAttributes(target())).toEqual({ kind: 'registered', added: [] });
  });

  test('that is away refuses them, with a reason', async () => {
    const away = { ...target(), address: '127.0.0.1:9' };
    expect(await registerSearchAttributes(away)).toMatchObject({
      kind: 'refused',
      missing: ['OrderStatus', 'CustomerId', 'OrderTotalMinor', 'NeedsAttention'],
    });
  });
});

const folder = useTempFolder();
const file = () => join(folder.path, 'secrets.json');

test('secrets are made once for a folder and kept', () => {
  const first = loadSecrets(folder.path);
  expect(loadSecrets(folder.path)).toEqual(first);
  expect(new Set(Object.values(first)).size).toBe(Object.keys(first).length);
});

test('a folder of an older version gets the secrets that it lacks, and keeps the others', async () => {
  const { orderCodeSecret, ...older } = loadSecrets(folder.path);
  await writeFile(file(), JSON.stringify(older));
  const upgraded = loadSecrets(folder.path);
  expect(upgraded).toMatchObject(older);
  expect(upgraded.orderCodeSecret).not.toBe(orderCodeSecret);
  expect(loadSecrets(folder.path)).toEqual(upgraded);
});

test('a file that is not one of secrets is refused, and left as it is', async () => {
  await writeFile(file(), '{"postgresPassword":"short"}');
  expect(() => loadSecrets(folder.path)).toThrow();
  expect(await readFile(file(), 'utf8')).toBe('{"postgresPassword":"short"}');
});

describe('the keys that stop the stack', () => {
  const calls: string[] = [];

  beforeEach(() => {
    vi.useFakeTimers();
    const [onStop, onKill] = ['stop', 'kill'].map((call) => () => void calls.push(call));
    listenForStop({ onStop: onStop!, onKill: onKill! });
  });
  afterEach(() => {
    vi.useRealTimers();
    calls.length = 0;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
  });

  test.each([
    ['one key press that arrives twice is one request to stop', 0, ['stop']],
    ['a second key press kills', 600, ['stop', 'kill']],
  ])('%s', (_rule, pauseMs, expected) => {
    process.emit('SIGINT');
    vi.advanceTimersByTime(pauseMs);
    process.emit('SIGINT');
    expect(calls).toEqual(expected);
  });
});
