import { expect } from 'vitest';
import {
  readBenchOptions,
  readCompareOptions,
  readEventOptions,
  readEventProofOptions,
  readStallOptions,
} from '../../bench/options.js';
import { parseArguments } from '../../src/up/arguments.js';
import { composeServices, environmentFile } from '../compose/compose-file.js';
import { readText } from './pages.js';
import type { RoleName } from '../../src/up/part.js';

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
  'test/up/dead-letters-command.int.test.ts',
  'test/up/rebuild-command.int.test.ts',
];

export function isScriptWithKnownFlags(command: string): void {
  const { script, flags } = scriptOf(command);
  if (flags.length === 0) return;
  expect(parseArguments([script, ...flags]).kind).toBe(script);
  const covered = commandTests.map(readText).join('\n');
  for (const flag of flags) expect(covered).toContain(`'${flag}'`);
}

/** Measuring takes minutes and a quiet machine. */
export function isMeasurementWithKnownFlags(command: string): void {
  const { script, flags } = scriptOf(command);
  const read = readers[script] ?? readBenchOptions;
  expect(() => read(flags)).not.toThrow();
}

const readers: Readonly<Record<string, (flags: readonly string[]) => unknown>> = {
  'bench:events': readEventOptions,
  compare: readCompareOptions,
  'prove:events': readEventProofOptions,
  'prove:stalls': readStallOptions,
};

/** There is no Docker engine where this was written; README.md says so. */
export function namesItsServices(command: string): void {
  const services = composeServices(environmentFile(readText('.env.example')).set);
  const [, verb, named] = /^docker compose (\w+)(?: --\w[\w-]*)*(?: (\w+))?$/.exec(command)!;
  expect(['up', 'down', 'logs', 'ps', 'stop']).toContain(verb);
  if (named !== undefined) expect(Object.keys(services)).toContain(named);
  expect(readText('README.md')).toContain('linted and checked, not run');
}

/** The role that a script is. */
export const roleOf: Readonly<Record<string, RoleName>> = {
  'dist/api/main.js': 'api',
  'dist/workers/worker-main.js': 'worker',
  'dist/workers/services-main.js': 'services',
  'dist/workers/relay-main.js': 'relay',
};
