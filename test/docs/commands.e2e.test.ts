import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { inheritedEnvironment, knownVariables, type Environment } from '../../src/config.js';
import { parseArguments } from '../../src/up/arguments.js';
import type { RoleName } from '../../src/up/part.js';
import { withClient } from '../../src/up/postgres/databases.js';
import { readOptions } from '../../bench/options.js';
import { composeServices, environmentFile } from '../compose/compose-file.js';
import { kinds, RunningStack } from '../support/running-stack.js';
import { commandsOf, fencesOf, pages, readText, repositoryPath } from './pages.js';

const limitMs = 60_000;

/** How a documented command is tried: run and read, or run and followed, or checked by other means. */
type Rule = { readonly command: RegExp } & (
  | { readonly prints: RegExp; readonly effect?: () => Promise<void> }
  | { readonly check: (command: string) => Promise<void> | void }
);

const becomes = (status: string) => async () => {
  await running.untilStatus(orderId, status);
};

const rules: readonly Rule[] = [
  { command: /^curl .*\/v1\/orders -H .* -d @docs\/examples\/order\.json$/, prints: /"ord_\w+"/ },
  { command: /^curl \S+\/v1\/orders\/ord_…$/, prints: /"object":"order"/ },
  { command: /^curl \S+\/v1\/orders\/ord_…\/timeline$/, prints: /"order\.placed"/ },
  { command: /^curl '\S+\/v1\/orders\?\S+'$/, prints: /"object":"list"/ },
  {
    command: /^curl \S+\/v1\/orders\/ord_…\/cancel .*"reason"/,
    prints: /"status":"cancelled".*"payment_status":"voided"/,
  },
  { command: /^curl \S+\/v1\/stock$/, prints: /"sku":"TEA-100"/ },
  { command: /^curl \S+\/readyz$/, prints: /"status":"ready"/ },
  { command: /^curl \S+\/control\/faults -H .* -d /, prints: /"id":"flt_\w+"/ },
  { command: /^curl -X DELETE \S+\/control\/faults$/, prints: /^$/ },
  {
    command: /^curl '\S+\/control\/ledger\?order_id=ord_…'$/,
    prints: /"kind":"authorize"/,
    effect: booksAgree,
  },
  { command: /^temporal workflow query .* --type status$/, prints: /"status":"\w+"/ },
  { command: /^temporal workflow query .* --type timeline$/, prints: /"type":"order\.placed"/ },
  { command: /^temporal workflow describe /, prints: /Type +order/ },
  { command: /^temporal workflow show /, prints: /WorkflowExecutionStarted/ },
  { command: /^temporal workflow list .*'OrderStatus="cancelled"'$/, prints: /order +\d/ },
  // Nothing is printed where nothing is found.
  { command: /^temporal workflow list .*'NeedsAttention=true'$/, prints: /^$/ },
  {
    command: /^temporal workflow signal .* --name cancel$/,
    prints: /succeeded/,
    effect: becomes('cancelled'),
  },
  { command: /^temporal workflow cancel /, prints: /Canceled/, effect: becomes('cancelled') },
  { command: /^kill -9 .*status\.json'\)\.worker\.pid/, prints: /^$/, effect: workerComesBack },
  { command: /^node --env-file=\.env dist\//, check: startsAndStops },
  { command: /^npm run bench/, check: isMeasurementWithKnownFlags },
  { command: /^npm (?!run bench)/, check: isScriptWithKnownFlags },
  { command: /^cp \S+ \.env$/, check: (command) => void readText(command.split(' ')[1]!) },
  { command: /^docker compose /, check: namesItsServices },
];

const run = promisify(execFile);
let running: RunningStack;
let folder: string;
let orderId = '';
let workerPid: number | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documented-commands-'));
  await chmod(folder, 0o755);
  running = await RunningStack.start({ stateDir: join(folder, 'state') });
  await symlink(running.stack.temporalCli!, join(folder, 'temporal'));
});
afterAll(async () => {
  await running.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The defaults of the documents are the stack's URLs here, and `ord_…` is the latest order. */
function here(text: string): string {
  const { urls } = running.stack;
  return text
    .replaceAll('http://127.0.0.1:3000', urls['api']!)
    .replaceAll('http://127.0.0.1:4000', urls['sandbox']!)
    .replaceAll('127.0.0.1:7233', urls['temporal']!)
    .replaceAll('./.orders/', `${folder}/state/`)
    .replaceAll('ord_…', orderId);
}

async function runAndRead(command: string, prints: RegExp): Promise<void> {
  const PATH = [folder, inheritedEnvironment()['PATH']].join(delimiter);
  const { stdout } = await run('bash', ['-c', here(command)], {
    cwd: repositoryPath,
    env: { ...inheritedEnvironment(), PATH },
    timeout: limitMs,
  });
  expect(stdout).toMatch(prints);
  if (command.includes('-d @')) orderId = /"id":"(ord_\w+)"/.exec(stdout)![1]!;
}

/** What was ordered a moment ago may not be there yet. */
const isLook = (command: string) => !/ -d | -X | signal | cancel |^kill/.test(command);

async function obey(command: string): Promise<void> {
  const [rule, ...others] = rules.filter((candidate) => candidate.command.test(plain(command)));
  if (rule === undefined || others.length > 0) throw new Error(`Not one rule for: ${command}`);
  if ('check' in rule) return rule.check(command);
  workerPid = running.stack.pids.worker;
  const once = () => runAndRead(command, rule.prints);
  await (isLook(command) ? vi.waitFor(once, { timeout: 20_000, interval: 300 }) : once());
  await rule.effect?.();
}

const plain = (command: string) => command.replace(/^curl -s /, 'curl ');

async function workerComesBack(): Promise<void> {
  await vi.waitFor(
    () => {
      expect(running.stack.pids.worker).not.toBe(workerPid);
    },
    { timeout: 20_000, interval: 100 },
  );
  await running.stack.waitUntilReady('worker');
}

/** One authorization, and one end of it. */
async function booksAgree(): Promise<void> {
  const { status } = await running.order(orderId);
  if (status !== 'cancelled') await running.untilStatus(orderId, 'delivered');
  const { payments } = await running.ledger(orderId);
  expect(kinds(payments)).toEqual(['authorize', status === 'cancelled' ? 'void' : 'capture']);
}

const roleOf: Readonly<Record<string, RoleName>> = {
  'dist/api/main.js': 'api',
  'dist/workers/worker-main.js': 'worker',
  'dist/workers/relay-main.js': 'relay',
};

/** A second copy of a role, with nothing but a file for its environment. */
async function startsAndStops(command: string): Promise<void> {
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
  await vi.waitFor(
    () => {
      expect(output).toContain('"msg":"ready"');
    },
    { timeout: 30_000, interval: 100 },
  );
  role.kill('SIGTERM');
  expect(await ended, output).toEqual([0, null]);
}

/** The script and the flags of `npm run script -- flags`. */
function scriptOf(command: string): { readonly script: string; readonly flags: string[] } {
  const [, script, flags = ''] = /^npm (?:run )?([\w:-]+)(?: -- (.+))?$/.exec(command)!;
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
  expect(Object.keys(scripts)).toContain(script);
  return { script: script!, flags: flags.split(' ').filter((flag) => flag !== '') };
}

/** `npm start` and its companions are run by test/up/command-line.e2e.test.ts. */
function isScriptWithKnownFlags(command: string): void {
  const { script, flags } = scriptOf(command);
  if (flags.length === 0) return;
  expect(parseArguments([script, ...flags]).kind).toBe(script);
  const covered = readText('test/up/command-line.e2e.test.ts');
  for (const flag of flags) expect(covered).toContain(`'${flag}'`);
}

/** Measuring takes minutes and a quiet machine. */
function isMeasurementWithKnownFlags(command: string): void {
  const { flags } = scriptOf(command);
  expect(() => readOptions(flags)).not.toThrow();
}

/** There is no Docker engine where this was written; README.md says so. */
function namesItsServices(command: string): void {
  const services = composeServices(environmentFile(readText('.env.example')).set);
  const [, verb, named] = /^docker compose (\w+)(?: --\w[\w-]*)*(?: (\w+))?$/.exec(command)!;
  expect(['up', 'down', 'logs', 'ps', 'stop']).toContain(verb);
  if (named !== undefined) expect(Object.keys(services)).toContain(named);
  expect(readText('README.md')).toContain('linted and checked, not run');
}

const carrierDown = { service: 'carrier', operation: '*', kind: 'down', for_ms: 600_000 };
const shellPages = pages.filter((page) => fencesOf(page).some(({ language }) => language === 'sh'));

describe.each(shellPages)('the commands of %s', (page) => {
  beforeAll(async () => {
    await running.noFaults();
    // README.md tells when to take the carrier down; the others are about an order that waits.
    if (page !== 'README.md') await running.fault(carrierDown);
    orderId = (await running.placeOrder()).id;
  });

  const commands = fencesOf(page).flatMap(({ language, text }) =>
    language === 'sh' ? commandsOf(text) : [],
  );

  it.each(commands.map((command) => [command]))('%s', obey, limitMs);
});

const queries = pages.flatMap((page) =>
  fencesOf(page).flatMap(({ language, text }) => (language === 'sql' ? [[page, text]] : [])),
);

it.each(queries)('a query of %s is one that Postgres takes: %s', async (_page, text) => {
  await withClient(running.url('database'), (client) => client.query(here(text)));
});

it('every shell block is marked as one, so that its commands are tried', () => {
  for (const page of pages) {
    for (const { language, text } of fencesOf(page)) {
      const looksLikeShell = /^(curl|npm|node|docker|temporal|kill|psql|cp) /m.test(text);
      expect(looksLikeShell && language !== 'sh', `${page}: ${text}`).toBe(false);
    }
  }
});
