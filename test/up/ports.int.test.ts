import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { choosePorts } from '../../src/up/ports.js';

const base = 33_100;
const servers: Server[] = [];

const occupy = (port: number): Promise<void> =>
  new Promise((resolve) => {
    servers.push(createServer().listen(port, '127.0.0.1', resolve));
  });

afterEach(async () => {
  for (const server of servers.splice(0)) {
    await new Promise((resolve) => server.close(resolve));
  }
});

test('a port that is taken moves on, and no two parts get the same', async () => {
  const free = await choosePorts({ base });
  await occupy(free.api);
  const chosen = await choosePorts({ base });
  expect(chosen.api).toBeGreaterThan(free.api);
  const numbers = Object.values(chosen);
  expect(new Set(numbers).size).toBe(numbers.length);
});

test('free ports are not the ones that people expect', async () => {
  const chosen = await choosePorts('free');
  expect(Object.values(chosen)).not.toContain(3000);
});
