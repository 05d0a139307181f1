import type { Environment } from '../config.js';
import type { Launch } from './child-process.js';
import type { Part, RoleName } from './part.js';
import type { Ports } from './ports.js';
import { builtScript } from './folders.js';
import type { Secrets } from './secrets.js';

/** Where the parts find each other. */
export interface StackAddresses {
  readonly ports: Ports;
  readonly secrets: Secrets;
  readonly databaseUrl: string;
  readonly sandboxDatabaseUrl: string;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  readonly temporalUiUrl: string | undefined;
}

const scripts: Readonly<Record<RoleName, string>> = {
  sandbox: 'workers/sandbox-main.js',
  worker: 'workers/worker-main.js',
  services: 'workers/services-main.js',
  relay: 'workers/relay-main.js',
  api: 'api/main.js',
};

export const roleScript = (role: RoleName): string => builtScript(scripts[role]);

/** The variables that the supervisor sets for a role, in addition to those it inherits. */
export function roleEnvironment(role: RoleName, addresses: StackAddresses): Environment {
  const { ports, secrets, databaseUrl, temporalUiUrl } = addresses;
  const stores = {
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: addresses.temporalAddress,
    TEMPORAL_NAMESPACE: addresses.temporalNamespace,
  };
  const incomingWebhooks = {
    STRIPE_WEBHOOK_SECRET: secrets.stripeWebhookSecret,
    EASYPOST_WEBHOOK_SECRET: secrets.easypostWebhookSecret,
  };
  const outgoingWebhooks = {
    WEBHOOK_SECRET_KEY: secrets.webhookSecretKey,
    WEBHOOK_ALLOW_INTERNAL: 'true',
  };
  const environments: Readonly<Record<RoleName, Environment>> = {
    sandbox: {
      ...incomingWebhooks,
      SANDBOX_DATABASE_URL: addresses.sandboxDatabaseUrl,
      SANDBOX_HOST: '127.0.0.1',
      SANDBOX_PORT: String(ports.sandbox),
      SANDBOX_SMTP_PORT: String(ports.smtp),
      SANDBOX_WEBHOOK_URL: apiUrl(addresses),
    },
    worker: {
      ...stores,
      ...providersEnvironment(addresses),
      WORKER_METRICS_ADDRESS: `127.0.0.1:${ports.workerMetrics}`,
    },
    services: { DATABASE_URL: databaseUrl, ...providersEnvironment(addresses) },
    relay: {
      ...stores,
      ...outgoingWebhooks,
      // Short, so that one can watch a webhook fail for good within a minute.
      WEBHOOK_RETRY_SCHEDULE_MS: '1000,2000,4000,8000,15000',
    },
    api: {
      ...stores,
      ...incomingWebhooks,
      ...outgoingWebhooks,
      ORDER_CODE_SECRET: secrets.orderCodeSecret,
      API_HOST: '127.0.0.1',
      API_PORT: String(ports.api),
      ...(temporalUiUrl === undefined ? {} : { TEMPORAL_UI_URL: temporalUiUrl }),
    },
  };
  return environments[role];
}

const providersEnvironment = (addresses: StackAddresses): Environment => ({
  ORDER_CODE_SECRET: addresses.secrets.orderCodeSecret,
  STRIPE_API_KEY: addresses.secrets.stripeApiKey,
  STRIPE_API_URL: sandboxUrl(addresses),
  EASYPOST_API_KEY: addresses.secrets.easypostApiKey,
  EASYPOST_API_URL: `${sandboxUrl(addresses)}/easypost/v2/`,
  SMTP_URL: `smtp://127.0.0.1:${addresses.ports.smtp}`,
  ORDER_PAGE_URL: `${apiUrl(addresses)}/v1/orders/{order_id}`,
  TWILIO_ACCOUNT_SID: 'ACsandbox',
  TWILIO_AUTH_TOKEN: 'sandbox',
  TWILIO_FROM: '+4915155500000',
  TWILIO_API_URL: sandboxUrl(addresses),
});

export const apiUrl = ({ ports }: Pick<StackAddresses, 'ports'>): string => loopback(ports.api);
export const sandboxUrl = ({ ports }: Pick<StackAddresses, 'ports'>): string =>
  loopback(ports.sandbox);

const loopback = (port: number): string => `http://127.0.0.1:${port}`;

export interface RoleOptions extends Pick<Launch, 'environment' | 'logFile'> {
  readonly role: RoleName;
  readonly script: string;
  readonly args?: readonly string[];
}

/** A role as a part: a Node process that says by message when it is ready. */
export function rolePart({ role, script, args = [], environment, logFile }: RoleOptions): Part {
  return {
    name: role,
    // The sandbox starts before those that talk to it and ends after them.
    order: role === 'sandbox' ? 2 : 3,
    readyLimitMs: 30_000,
    stopSignal: 'SIGTERM',
    graceMs: 20_000,
    launch: () =>
      Promise.resolve({
        command: [process.execPath, script, ...args],
        environment,
        logFile,
        channel: true,
      }),
    ready: (child) =>
      new Promise((resolve) => {
        child.onMessage((message) => {
          if ((message as { type?: unknown } | null)?.type === 'ready') resolve();
        });
      }),
  };
}
