import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { inheritedEnvironment } from '../../src/config.js';
import { roleNames, type RoleName } from '../../src/up/part.js';
import { withClient } from '../../src/up/postgres/databases.js';
import { kinds, RunningStack } from '../support/running-stack.js';
import { choreographyRules } from './choreography-rules.js';
import { deliveredOrder } from './delivered-order.js';
import { tellsEvents } from './event-stream.js';
import { commandsOf, fencesOf, pages, readText, repositoryPath } from './pages.js';
import { operatorRules } from './operator-rules.js';
import { startsAndStops } from './role-copy.js';
import type { Rule } from './rule.js';
import {
  isMeasurementWithKnownFlags,
  isScriptWithKnownFlags,
  namesItsServices,
} from './scripts-and-services.js';
import { stuckUndo } from './stuck-undo.js';
import { consumerRules } from './consumer-rules.js';
import { webhookRules } from './webhook-rules.js';

const limitMs = 60_000;

const becomes = (status: string) => () =>
  running.waitForStatus(orderId, status).then(() => undefined);

const rules: readonly Rule[] = [
  { command: /^curl .*\/v1\/orders -H .* -d @docs\/examples\/order\.json$/, prints: /"ord_\w+"/ },
  {
    command: /^curl .*\/v1\/orders -H .* -d @docs\/examples\/large-order\.json$/,
    prints: /"approval":\["large_amount"\]/,
  },
  { command: /^curl \S+\/ord_…\/change-address .*"shipping_address"/, prints: /"object":"order"/ },
  {
    command: /^curl \S+\/ord_…\/approve .*"reason"/,
    prints: /"object":"order"/,
    untilTaken: true,
  },
  { command: /^curl '\S+\/v1\/attention\?(?!reason=undo_stuck)\S+'$/, prints: /"object":"list"/ },
  {
    command: /^curl '\S+\/v1\/attention\?reason=undo_stuck'$/,
    before: anUndoIsStuck,
    prints: /"reason":"undo_stuck"/,
  },
  {
    command: /^curl \S+\/v1\/attention\/att_…\/resolve .*"mark_done"/,
    prints: /"reason":"undo_stuck"/,
    effect: becomes('cancelled'),
  },
  {
    command: /^curl \S+\/v1\/reconciliations$/,
    before: startReconciliation,
    prints: /"kind":"payments"/,
  },
  { command: /^temporal schedule trigger .*--schedule-id reconciliation$/, prints: /sent/ },
  { command: /^temporal schedule describe .*--schedule-id reconciliation$/, prints: /reconcile/ },
  { command: /^curl \S+\/metrics$/, prints: /^orders_compensations\{/m },
  { command: /^curl \S+\/v1\/orders\/ord_…$/, prints: /"object":"order"/ },
  { command: /^curl '\S+\/v1\/events\?limit=\d'$/, prints: /"specversion":"1\.0"/ },
  { command: /^curl -sN \S+\/ord_…\/events$/, check: (command) => tellsEvents(here(command)) },
  { command: /^curl \S+\/v1\/orders\/ord_…\/timeline$/, prints: /"order\.placed"/ },
  {
    command: /^curl \S+\/v1\/returns -H .*"order_id"/,
    before: anOrderIsDelivered,
    prints: /"object":"return"/,
  },
  {
    command: /^curl \S+\/v1\/returns\/ret_…\/inspection .*"verdict"/,
    prints: /"object":"return"/,
    untilTaken: true,
  },
  {
    command: /^curl \S+\/v1\/returns\/ret_…$/,
    prints: /"status":"completed".*"refund":\{"amount":890/,
  },
  { command: /^curl '\S+\/v1\/orders\?\S+'$/, prints: /"object":"list"/ },
  {
    command: /^curl \S+\/v1\/orders\/ord_…\/cancel .*"reason"/,
    before: () => running.waitForFact(orderId, 'payment.authorized'),
    prints: /"status":"cancelled".*"payment_status":"voided"/,
  },
  { command: /^curl '\S+\/v1\/delivery-partners\/\S+\/offers\?\S+'$/, prints: /"object":"list"/ },
  { command: /^curl \S+\/v1\/members\/cus_42\/points$/, prints: /"balance":\d+/ },
  { command: /^curl \S+\/v1\/stock$/, prints: /"sku":"TEA-100"/ },
  {
    command: /^curl \S+\/v1\/stock\/TEA-100\/receipts .*"quantity"/,
    prints: /"object":"stock_receipt"/,
  },
  { command: /^curl \S+\/readyz$/, prints: /"status":"ready"/ },
  { command: /^curl \S+\/control\/faults -H .* -d /, prints: /"id":"flt_\w+"/ },
  { command: /^curl -X DELETE \S+\/control\/faults$/, prints: /^$/ },
  ...consumerRules,
  ...choreographyRules({
    servicesComeBack: comesBack('services'),
    isChargedOnce: () => booksAgree(choreographedId()),
  }),
  ...webhookRules(() => running.placeOrder()),
  ...operatorRules(() => running.url('database'), here),
  {
    command: /^curl '\S+\/control\/ledger\?order_id=ord_…'$/,
    prints: /"kind":"authorize"/,
    effect: () => booksAgree(orderId),
  },
  { command: /^temporal workflow query .* --type status$/, prints: /"status":"\w+"/ },
  { command: /^temporal workflow query .* --type timeline$/, prints: /"type":"order\.placed"/ },
  { command: /^temporal workflow describe .* -w ord_…$/, prints: /Type +order/ },
  {
    command: /^temporal workflow show .* --output json$/,
    prints: /"buildId": "\d+\.\d+\.\d+-\w+"[^]*"workerDeploymentName": "durable-orders"/,
  },
  { command: /^temporal workflow show .* ord_…$/, prints: /WorkflowExecutionStarted/ },
  { command: /^temporal workflow count .*TemporalChangeVersion/, prints: /Total: \d/ },
  { command: /^temporal workflow list .*'NeedsAttention=true'$/, prints: /^$/ },
  { command: /^temporal workflow list .*'OrderStatus="cancelled"'$/, prints: /order +\d/ },
  {
    command: /^temporal workflow signal .* --name cancel$/,
    prints: /succeeded/,
    effect: becomes('cancelled'),
  },
  { command: /^temporal workflow cancel /, prints: /Canceled/, effect: becomes('cancelled') },
  { command: /^kill -9 .*status\.json'\)\.worker\.pid/, prints: /^$/, effect: comesBack('worker') },
  {
    command: /^node --env-file=\.env dist\//,
    check: (command) => startsAndStops(command, running, folder),
  },
  { command: /^npm run (bench|prove|compare)/, check: isMeasurementWithKnownFlags },
  { command: /^npm (?!run (bench|prove|compare))/, check: isScriptWithKnownFlags },
  { command: /^cp \S+ \.env$/, check: (command) => void readText(command.split(' ')[1]!) },
  { command: /^docker compose /, check: namesItsServices },
];

const run = promisify(execFile);
let running: RunningStack;
let folder: string;
let orderId = '';
let attentionId = '';
/** The newest id of each kind that a command has printed, by its prefix. */
const latest: Record<string, string> = {};
/** The newest order of each coordination that a command has placed, by its first letter. */
const placed: Record<string, string> = {};
let pidsBefore: Readonly<Partial<Record<RoleName, number>>> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documented-commands-'));
  await chmod(folder, 0o755);
  running = await RunningStack.start({
    stateDir: join(folder, 'state'),
    roles: roleNames,
    extraEnv: { services: { SERVICES_RETRY_CAP_MS: '2000' } },
  });
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
    .replaceAll('att_…', attentionId)
    .replace(/\b(ret|whe|whd)_…/g, (_all, prefix: string) => latest[prefix] ?? '')
    .replace(/\bord_([oc])…/g, (_all, coordination: string) => placed[coordination] ?? '')
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
  const ids = [...stdout.matchAll(/"id":"((ret|whe|whd)_\w+)"/g)].reverse();
  for (const [, id, prefix] of ids) latest[prefix!] = id!;
  if (command.includes('-d @')) {
    const [, id, coordination] = /"id":"(ord_\w+)".*"coordination":"(\w)/.exec(stdout)!;
    orderId = placed[coordination!] = id!;
  }
}

/** What was ordered a moment ago may not be there yet. */
const isLook = (command: string) => !/ -d | -X | signal | cancel |^kill/.test(command);

async function obey(command: string): Promise<void> {
  const [rule, ...others] = rules.filter((candidate) => candidate.command.test(plain(command)));
  if (rule === undefined || others.length > 0) throw new Error(`Not one rule for: ${command}`);
  if ('check' in rule) return rule.check(command);
  await rule.before?.();
  pidsBefore = running.stack.pids;
  const once = () => runAndRead(command, rule.prints);
  const repeats = isLook(command) || rule.untilTaken === true;
  await (repeats ? vi.waitFor(once, { timeout: 45_000, interval: 300 }) : once());
  await rule.effect?.();
}

const plain = (command: string) => command.replace(/^curl -s /, 'curl ');

function comesBack(role: RoleName): () => Promise<void> {
  return async () => {
    await vi.waitFor(
      () => {
        expect(running.stack.pids[role]).not.toBe(pidsBefore[role]);
      },
      { timeout: 20_000, interval: 100 },
    );
    await running.stack.waitUntilReady(role);
  };
}

const choreographedId = () => placed['c']!;

async function anOrderIsDelivered(): Promise<void> {
  orderId = await deliveredOrder(running);
}

async function anUndoIsStuck(): Promise<void> {
  ({ orderId, attentionId } = await stuckUndo(running));
}

/** On a new stack there was no run yet. */
function startReconciliation(): Promise<void> {
  const trigger = 'temporal schedule trigger --address 127.0.0.1:7233';
  return runAndRead(`${trigger} --schedule-id reconciliation`, /sent/);
}

/** One authorization, and one end of it. */
async function booksAgree(id: string): Promise<void> {
  const { status } = await running.order(id);
  if (status !== 'cancelled') await running.waitForStatus(id, 'delivered');
  const { payments } = await running.ledger(id);
  expect(kinds(payments)).toEqual(['authorize', status === 'cancelled' ? 'void' : 'capture']);
}

/** Pages that say when to take a provider down; the others are about an order that waits. */
const tellsItsFaults = ['README.md', 'docs/choreography.md'];
const carrierDown = { service: 'carrier', operation: '*', kind: 'down', for_ms: 600_000 };
const shellPages = pages.filter((page) => fencesOf(page).some(({ language }) => language === 'sh'));

describe.each(shellPages)('the commands of %s', (page) => {
  beforeAll(async () => {
    await running.noFaults();
    if (!tellsItsFaults.includes(page)) await running.fault(carrierDown);
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
