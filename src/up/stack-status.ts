import type { PartName, RoleName } from './part.js';
import type { ProcessRecord } from './process-identity.js';
import { apiUrl, sandboxUrl, type StackAddresses } from './roles.js';
import type { Status } from './status-file.js';

type Roles = readonly RoleName[];

/** The URLs of the stack by name. */
export function urlsOf(addresses: StackAddresses, roles: Roles): Readonly<Record<string, string>> {
  const { ports, temporalUiUrl } = addresses;
  const sandbox = sandboxUrl(addresses);
  return {
    ...(roles.includes('api') && { api: apiUrl(addresses) }),
    ...(temporalUiUrl !== undefined && { temporal_ui: temporalUiUrl }),
    ...(roles.includes('sandbox') && {
      sandbox,
      inbox: `${sandbox}/inbox`,
      smtp: `smtp://127.0.0.1:${ports.smtp}`,
    }),
    ...(roles.includes('worker') && {
      worker_metrics: `http://127.0.0.1:${ports.workerMetrics}/metrics`,
    }),
    temporal: addresses.temporalAddress,
    database: addresses.databaseUrl,
    sandbox_database: addresses.sandboxDatabaseUrl,
  };
}

/** The content of status.json, except for the supervisor. */
export function statusOf(
  addresses: StackAddresses,
  roles: Roles,
  processOf: (name: PartName) => ProcessRecord | undefined,
): Omit<Status, 'supervisor'> {
  const urls = urlsOf(addresses, roles);
  const part = (name: PartName, url: string | undefined) => {
    const process = processOf(name);
    return {
      ...(process !== undefined && { pid: process.pid, command: process.command }),
      ...(url !== undefined && { url }),
    };
  };
  const shown = roles.map(
    (role) => [role, part(role, urls[role === 'worker' ? 'worker_metrics' : role])] as const,
  );
  return {
    postgres: part('postgres', withoutPassword(addresses.databaseUrl)),
    temporal: part('temporal', urls['temporal']),
    temporal_ui: part('temporal', urls['temporal_ui']),
    ...Object.fromEntries(shown),
    ...(roles.includes('sandbox') && { inbox: part('sandbox', urls['inbox']) }),
    database_url: addresses.databaseUrl,
    sandbox_database_url: addresses.sandboxDatabaseUrl,
  };
}

/** A URL that may be shown to bystanders. */
function withoutPassword(url: string): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  return shown.href;
}
