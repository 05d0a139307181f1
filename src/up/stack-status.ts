import type { RunningChild } from './child-process.js';
import type { PartName, RoleName } from './part.js';
import { apiUrl, sandboxUrl, type StackAddresses } from './roles.js';
import type { PartStatus, Status } from './status-file.js';
import type { Temporal } from './stores.js';

/** What is known of a stack while it runs. */
export interface StackFacts {
  readonly supervisor: Status['supervisor'];
  readonly addresses: StackAddresses;
  readonly temporal: Temporal;
  readonly roles: readonly RoleName[];
  /** What roles named themselves when they became ready. */
  readonly roleUrls: Readonly<Record<string, string>>;
  readonly process: (name: PartName) => RunningChild | undefined;
}

/** The URLs of the stack by name; a role's own word wins over what was planned. */
export function urlsOf(facts: StackFacts): Readonly<Record<string, string>> {
  const { addresses, temporal, roles, roleUrls } = facts;
  const has = (role: RoleName) => roles.includes(role);
  return {
    ...(has('api') ? { api: apiUrl(addresses) } : {}),
    ...(temporal.uiUrl === undefined ? {} : { temporal_ui: temporal.uiUrl }),
    ...(has('sandbox') ? sandboxUrls(addresses) : {}),
    ...(has('worker') ? { worker_metrics: metricsUrl(addresses) } : {}),
    ...roleUrls,
    temporal: temporal.address,
    database: addresses.databaseUrl,
    sandbox_database: addresses.sandboxDatabaseUrl,
  };
}

/** The content of status.json. */
export function statusOf(facts: StackFacts): Status {
  const { supervisor, addresses, roles } = facts;
  const urls = urlsOf(facts);
  const shownUrls: Partial<Record<RoleName, string | undefined>> = {
    api: urls['api'],
    sandbox: urls['sandbox'],
    worker: urls['worker_metrics'],
  };
  const shown = roles.map((role) => [role, partOf(facts, role, shownUrls[role])] as const);
  return {
    postgres: partOf(facts, 'postgres', withoutPassword(addresses.databaseUrl)),
    temporal: partOf(facts, 'temporal', urls['temporal']),
    temporal_ui: partOf(facts, 'temporal', urls['temporal_ui']),
    ...Object.fromEntries(shown),
    ...(roles.includes('sandbox') && { inbox: partOf(facts, 'sandbox', urls['inbox']) }),
    database_url: addresses.databaseUrl,
    sandbox_database_url: addresses.sandboxDatabaseUrl,
    supervisor,
  };
}

/** A URL that may be shown to bystanders. */
function withoutPassword(url: string): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  return shown.href;
}

function sandboxUrls(addresses: StackAddresses): Readonly<Record<string, string>> {
  const sandbox = sandboxUrl(addresses);
  return { sandbox, inbox: `${sandbox}/inbox`, smtp: `smtp://127.0.0.1:${addresses.ports.smtp}` };
}

const metricsUrl = ({ ports }: StackAddresses): string =>
  `http://127.0.0.1:${ports.workerMetrics}/metrics`;

function partOf(facts: StackFacts, name: PartName, url: string | undefined): PartStatus {
  const child = facts.process(name);
  return {
    ...(child === undefined ? {} : { pid: child.pid, command: child.command }),
    ...(url === undefined ? {} : { url }),
  };
}
