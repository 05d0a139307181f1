import { expect } from 'vitest';
import { readOptions } from '../../bench/options.js';
import { parseArguments } from '../../src/up/arguments.js';
import { composeServices, environmentFile } from '../compose/compose-file.js';
import { readText } from './pages.js';
import type { RoleName } from '../../src/up/part.js';

/** The script and the flags of `npm run script -- flags`. */
function scriptOf(command: string): { readonly script: string; readonly flags: string[] } {
  const [, script, flags = ''] = /^npm (?:run )?([\w:-]+)(?: -- (.+))?$/.exec(command)!;
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
  expect(Object.keys(scripts)).toContain(script);
  return { script: script!, flags: flags.split(' ').filter((flag) => flag !== '') };
}

/** `npm start` and its companions are run by test/up/command-line.e2e.test.ts. */
export function isScriptWithKnownFlags(command: string): void {
  const { script, flags } = scriptOf(command);
  if (flags.length === 0) return;
  expect(parseArguments([script, ...flags]).kind).toBe(script);
  const covered = readText('test/up/command-line.e2e.test.ts');
  for (const flag of flags) expect(covered).toContain(`'${flag}'`);
}

/** Measuring takes minutes and a quiet machine. */
export function isMeasurementWithKnownFlags(command: string): void {
  const { flags } = scriptOf(command);
  expect(() => readOptions(flags)).not.toThrow();
}

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
  'dist/workers/relay-main.js': 'relay',
};
