import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { inheritedEnvironment, knownVariables, type Environment } from '../../src/config.js';
import type { RunningStack } from '../support/running-stack.js';
import { repositoryPath } from './pages.js';
import { roleOf } from './scripts-and-services.js';
import { waitFor } from '../support/wait-for.js';

/** Runs a second copy of a role, with nothing but a file in the folder for its environment. */
export async function startsAndStops(
  command: string,
  running: RunningStack,
  folder: string,
): Promise<void> {
  const script = command.split(' ').at(-1)!;
  const given: Environment = {
    ...running.stack.env(roleOf[script]!),
    API_PORT: '0',
    WORKER_METRICS_ADDRESS: '',
  };
  const file = join(folder, '.env');
  const lines = Object.entries(given).flatMap(([name, value]) =>
    knownVariables.has(name) && value !== undefined ? [`${name}=${value}\n`] : [],
  );
  await writeFile(file, lines.join(''));
  const { PATH } = inheritedEnvironment();
  const argv = [`--env-file=${file}`, script];
  const role = spawn(process.execPath, argv, { cwd: repositoryPath, env: { PATH } });
  let output = '';
  role.stdout.on('data', (chunk) => (output += String(chunk)));
  role.stderr.on('data', (chunk) => (output += String(chunk)));
  const ended = once(role, 'exit');
  await waitFor(
    'a role that is ready',
    () => {
      expect(output).toContain('"msg":"ready"');
    },
    30_000,
  );
  role.kill('SIGTERM');
  expect(await ended, output).toEqual([0, null]);
}
