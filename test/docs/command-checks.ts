import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { Bus } from '../../bench/compare/naive/bus.js';
import {
  readBenchOptions,
  readCompareOptions,
  readEventOptions,
  readEventProofOptions,
  readMessageOptions,
  readScaleOptions,
  readStallOptions,
} from '../../bench/options.js';
import { examples } from '../../examples/catalogue.js';
import { discardRequest } from '../../src/api/routes/dead-letters.js';
import { inheritedEnvironment, knownVariables, type Environment } from '../../src/config.js';
import { openDatabase } from '../../src/db/database.js';
import { parseArguments } from '../../src/up/arguments.js';
import type { RoleName } from '../../src/up/part.js';
import { composeServices, environmentFile } from '../compose/compose-file.js';
import { waitFor } from '../support/wait-for.js';
import type { DocumentedStack } from './documented-stack.js';
import { readText, repositoryPath } from './pages.js';

/** The script and the flags of `npm run script -- flags`. */
function scriptOf(command: string): { readonly script: string; readonly flags: string[] } {
  const [, script, flags = ''] = /^npm (?:run )?([\w:-]+)(?: -- (.+))?$/.exec(command)!;
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
  expect(Object.keys(scripts)).toContain(script);
  const words = flags.split(' ').map((flag) => flag.replaceAll("'", ''));
  return { script: script!, flags: words.filter((flag) => flag !== '') };
}

/** Where `npm start` and its companions are run. */
const commandTests = [
  'test/up/command-line.e2e.test.ts',
  'test/up/listen.int.test.ts',
  'test/up/stack-commands.int.test.ts',
];

export function isScriptWithKnownFlags(command: string): void {
  const { script, flags } = scriptOf(command);
  if (flags.length === 0) return;
  expect(parseArguments([script, ...flags]).kind).toBe(script);
  const covered = commandTests.map(readText).join('\n');
  for (const flag of flags) expect(covered).toContain(`'${flag}'`);
}

/** The tests of examples play each of them. */
export function isExample(command: string): void {
  const { flags } = scriptOf(command);
  expect(flags).toEqual([expect.toBeOneOf(examples.map(({ name }) => name))]);
}

/** Measuring takes minutes and a quiet machine. */
export function isMeasurementWithKnownFlags(command: string): void {
  const { script, flags } = scriptOf(command);
  const read = readers[script] ?? readBenchOptions;
  expect(() => read(flags)).not.toThrow();
}

const readers: Readonly<Record<string, (flags: readonly string[]) => unknown>> = {
  'bench:events': readEventOptions,
  'bench:scale': readScaleOptions,
  compare: readCompareOptions,
  'prove:events': readEventProofOptions,
  'prove:messages': readMessageOptions,
  'prove:stalls': readStallOptions,
};

/** The first file that the command names. */
export function isThere(command: string): void {
  const file = command.split(' ').find((word) => /^[\w./-]*\.\w+/.test(word))!;
  expect(existsSync(join(repositoryPath, file)), file).toBe(true);
}

/** There was no Docker engine where this was written; the page says so. */
export function namesItsServices(command: string): void {
  const services = composeServices(environmentFile(readText('.env.example')).set);
  const [, verb, named] = /^docker compose (\w+)(?: --\w[\w-]*)*(?: (\w+))?$/.exec(command)!;
  expect(['up', 'down', 'logs', 'ps', 'stop']).toContain(verb);
  if (named !== undefined) expect(Object.keys(services)).toContain(named);
  expect(readText('docs/production.md')).toContain('linted and checked, not run');
}

export function isDiscardRequest(command: string): void {
  const [, body] = / -d '(.+)'$/.exec(command)!;
  expect(() => discardRequest.parse(JSON.parse(body!))).not.toThrow();
}

export function isLoggedByNaiveServices(command: string): void {
  const [, words] = /'(.+)'/.exec(command)!;
  expect(readText('bench/compare/naive/naive-services.ts')).toContain(`'${words!}'`);
}

/** By a database that has the bad example's table as well. Nothing of it is kept. */
export const isStatementOfDatabase = (stack: DocumentedStack) => async (command: string) => {
  const statement = / -c "(.+)"$/.exec(stack.here(command))![1]!.replaceAll('\\"', '"');
  const url = stack.running.url('database');
  const database = openDatabase({ url, poolSize: 1, onIdleError: () => undefined });
  const transaction = await database.startTransaction().execute();
  try {
    await new Bus(transaction).create();
    await sql.raw(statement).execute(transaction);
  } finally {
    await transaction.rollback().execute();
    await database.destroy();
  }
};

const roleOf: Readonly<Record<string, RoleName>> = {
  'dist/api/main.js': 'api',
  'dist/workers/worker-main.js': 'worker',
  'dist/workers/services-main.js': 'services',
  'dist/workers/relay-main.js': 'relay',
};

/** Runs a second copy of a role, whose environment is nothing but a file in the folder. */
export const startsAndStops =
  ({ running, folder }: DocumentedStack) =>
  async (command: string) => {
    const script = command.split(' ').at(-1)!;
    const given: Environment = {
      ...running.processes.env(roleOf[script]!),
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
    await waitFor(`${script} to be ready`, () => output.includes('"msg":"ready"'), 30_000);
    role.kill('SIGTERM');
    expect(await ended, output).toEqual([0, null]);
  };
