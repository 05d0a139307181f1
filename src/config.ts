import { z } from 'zod';
import { serviceNames } from './domain/services.js';

/** The environment as the process received it. Nothing but this file reads `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Thrown at start: every bad variable is named at once, no value is shown. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const milliseconds = (fallback: number) => z.coerce.number().int().min(0).default(fallback);
const count = (fallback: number) => z.coerce.number().int().min(1).default(fallback);
const host = z.string().min(1).default('127.0.0.1');

/** A name that Temporal takes in a deployment's version, whose parts it joins by a point or colon. */
const versionPart = (pattern: RegExp) =>
  z.string().regex(pattern, 'must be 1 to 100 letters, digits and signs that Temporal takes here');

const defaultPoolSize = 10;

/**
 * An activity holds a connection for some milliseconds at its begin and its end, and waits on a
 * provider in between. So several share one; more of them would wait for it so long that they fail.
 */
const activitiesPerConnection = 5;

const common = z.object({
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
});

const database = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_POOL_SIZE: count(defaultPoolSize),
});

const temporal = z.object({
  TEMPORAL_ADDRESS: z.string().min(1).default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  TEMPORAL_TASK_QUEUE: z.string().min(1).default('orders'),
  TEMPORAL_API_KEY: z.string().min(1).optional(),
  TEMPORAL_TLS: z.enum(['true', 'false']).optional(),
  TEMPORAL_TLS_CLIENT_CERT_PATH: z.string().min(1).optional(),
  TEMPORAL_TLS_CLIENT_CERT_DATA: z.string().min(1).optional(),
  TEMPORAL_TLS_CLIENT_KEY_PATH: z.string().min(1).optional(),
  TEMPORAL_TLS_CLIENT_KEY_DATA: z.string().min(1).optional(),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: z.string().min(1).optional(),
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: z.string().min(1).optional(),
  TEMPORAL_TLS_SERVER_NAME: z.string().min(1).optional(),
});

const ordering = z.object({
  /** When a member gets his points; frozen in each order. */
  ORDER_POINTS_AT: z.enum(['confirmed', 'delivered']).default('confirmed'),
  ORDER_CODE_SECRET: z.string().min(16),
  RISK_APPROVAL_AMOUNT_MINOR: count(100_000),
  RISK_ORDERS_PER_CUSTOMER_PER_HOUR: count(200),
  RISK_ORDERS_PER_CARD_PER_HOUR: count(200),
  RETURN_APPROVAL_AMOUNT_MINOR: count(20_000),
});

/** For webhooks to others. */
const webhooksOut = z.object({
  /** Seals the secrets of endpoints in the database. */
  WEBHOOK_SECRET_KEY: z.string().min(16),
  /** For development: http, loopback and private networks. */
  WEBHOOK_ALLOW_INTERNAL: z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(false),
});

/** Whole numbers with commas between them. */
const waits = z
  .string()
  .regex(/^\d{1,10}(,\d{1,10}){0,29}$/, 'must be 1 to 30 whole numbers with commas between them')
  .transform((text) => text.split(',').map(Number));

/** 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. */
const retrySchedule = '5000,300000,1800000,7200000,18000000,36000000,50400000,72000000,86400000';

const apiVariables = z.object({
  ...common.shape,
  ...database.shape,
  ...temporal.shape,
  ...ordering.shape,
  ...webhooksOut.shape,
  API_HOST: host,
  API_PORT: port(3000),
  TEMPORAL_UI_URL: z.url().optional(),
  STRIPE_WEBHOOK_SECRET: z.string().min(16),
  EASYPOST_WEBHOOK_SECRET: z.string().min(16),
});

/** All of the first three, or no text messages. */
const texts = z.object({
  TWILIO_ACCOUNT_SID: z.string().min(1).optional(),
  TWILIO_AUTH_TOKEN: z.string().min(1).optional(),
  TWILIO_FROM: z.string().min(1).optional(),
  TWILIO_API_URL: z.url().default('https://api.twilio.com'),
});

/** What the activities' ports need, whoever calls the activities. */
const portsFields = z.object({
  ...common.shape,
  ...database.shape,
  STRIPE_API_KEY: z.string().min(1),
  STRIPE_API_URL: z.url().default('https://api.stripe.com'),
  EASYPOST_API_KEY: z.string().min(1),
  EASYPOST_API_URL: z.url().default('https://api.easypost.com/v2/'),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }),
  MAIL_FROM: z.string().min(3).default('Durable Orders <orders@shop.example>'),
  MAIL_STAFF_TO: z.email().optional(),
  ORDER_PAGE_URL: z
    .url({ protocol: /^https?$/ })
    .includes('{order_id}', { error: 'must have {order_id} in it' })
    .optional(),
  ORDER_CODE_SECRET: z.string().min(16),
  ...texts.shape,
});

const workerFields = z.object({
  ...portsFields.shape,
  ...temporal.shape,
  WORKER_METRICS_ADDRESS: z.string().optional(),
  WORKER_SHUTDOWN_GRACE_MS: milliseconds(15_000),
  WORKER_MAX_CACHED_WORKFLOWS: count(1_000),
  /** Few, so that each is done in a fraction of its timeout even when the machine is busy. */
  WORKER_MAX_WORKFLOW_TASKS: count(24),
  /** See {@link maxActivities}. */
  WORKER_MAX_ACTIVITIES: z.coerce.number().int().min(1).optional(),
  /** What histories call this worker's deployment and its build. */
  WORKER_DEPLOYMENT_NAME: versionPart(/^[\w-]{1,100}$/).default('durable-orders'),
  WORKER_BUILD_ID: versionPart(/^[\w.+-]{1,100}$/).optional(),
  /** 0: only when somebody triggers the schedule. */
  RECONCILE_INTERVAL_MS: milliseconds(3_600_000),
  RECONCILE_SETTLED_MS: milliseconds(300_000),
});
const workerVariables = workerFields.superRefine(allTextsOrNone).superRefine(enoughConnections);

const servicesFields = z.object({
  ...portsFields.shape,
  /** Which of the services of choreographed orders this process runs; all without it. */
  SERVICES: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(z.enum(serviceNames)).min(1))
    .default([...serviceNames]),
  /** How often a service tries an event before it becomes a dead letter, and how far apart. */
  SERVICES_MAX_ATTEMPTS: count(40),
  SERVICES_RETRY_CAP_MS: milliseconds(15_000),
});
const servicesVariables = servicesFields.superRefine(allTextsOrNone);

const relayVariables = z.object({
  ...common.shape,
  ...database.shape,
  ...temporal.shape,
  ...webhooksOut.shape,
  /** The waits between the tries of a webhook. */
  WEBHOOK_RETRY_SCHEDULE_MS: waits.prefault(retrySchedule),
  RELAY_INTERVAL_MS: z.coerce.number().int().min(50).default(1_000),
  /** After so many days an event goes from the log to the archive. */
  EVENT_LOG_RETENTION_DAYS: count(30),
  /** With it, every event goes to NATS JetStream as well. */
  NATS_URL: z.url({ protocol: /^(nats|tls)$/ }).optional(),
});

const sandboxVariables = z.object({
  ...common.shape,
  SANDBOX_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  SANDBOX_HOST: host,
  SANDBOX_PORT: port(4000),
  SANDBOX_SMTP_PORT: port(2525),
  SANDBOX_WEBHOOK_URL: z.url(),
  SANDBOX_TRACKING_PACE_MS: milliseconds(1_500),
  /** Without it, a parcel is picked up at the pace at which it moves. */
  SANDBOX_PICK_UP_MS: z.coerce.number().int().min(0).optional(),
  SANDBOX_LATENCY_MS: milliseconds(0),
  STRIPE_WEBHOOK_SECRET: z.string().min(16),
  EASYPOST_WEBHOOK_SECRET: z.string().min(16),
});

const upVariables = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  SANDBOX_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  TEMPORAL_ADDRESS: z.string().min(1).optional(),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  TEMPORAL_UI_URL: z.url().optional(),
  TEMPORAL_CLI: z.string().min(1).optional(),
  TEMPORAL_TEST_SERVER: z.string().min(1).optional(),
  NATS_SERVER: z.string().min(1).optional(),
  DURABLE_ORDERS_CACHE: z.string().min(1).optional(),
  XDG_CACHE_HOME: z.string().min(1).optional(),
  ORDERS_STATE_DIR: z.string().min(1).optional(),
  OFFLINE: z.enum(['0', '1']).default('0'),
  NO_COLOR: z.string().optional(),
  PATH: z.string().default(''),
});

export type TemporalConfig = Readonly<z.infer<typeof temporal>>;
export type ApiConfig = Readonly<z.infer<typeof apiVariables>>;
export type WorkerConfig = Readonly<z.infer<typeof workerVariables>>;
export type PortsConfig = Readonly<z.infer<typeof portsFields>>;
export type ServicesConfig = Readonly<z.infer<typeof servicesVariables>>;
export type RelayConfig = Readonly<z.infer<typeof relayVariables>>;
export type RebuildConfig = Readonly<z.infer<typeof database>>;
export type SandboxConfig = Readonly<z.infer<typeof sandboxVariables>>;
export type UpConfig = Readonly<z.infer<typeof upVariables>>;

/** Every variable that a production role reads, for the check of docker-compose.yml. */
export const knownVariables: ReadonlySet<string> = new Set(
  [apiVariables, workerVariables, servicesVariables, relayVariables, sandboxVariables].flatMap(
    (s) => Object.keys(s.shape),
  ),
);

/** Every variable that `npm start` and `npm test` read, for the check of .env.example. */
export const supervisorVariables: ReadonlySet<string> = new Set(Object.keys(upVariables.shape));

/** @throws ConfigError naming every variable that is missing or wrong. */
export const apiConfig = (env: Environment = process.env): ApiConfig => read(apiVariables, env);

/** @throws ConfigError naming every variable that is missing or wrong. */
export const workerConfig = (env: Environment = process.env): WorkerConfig =>
  read(workerVariables, env);

/** @throws ConfigError naming every variable that is missing or wrong. */
export const servicesConfig = (env: Environment = process.env): ServicesConfig =>
  read(servicesVariables, env);

/** @throws ConfigError naming every variable that is missing or wrong. */
export const relayConfig = (env: Environment = process.env): RelayConfig =>
  read(relayVariables, env);

/** @throws ConfigError naming every variable that is missing or wrong. */
export const rebuildConfig = (env: Environment = process.env): RebuildConfig => read(database, env);

/** @throws ConfigError naming every variable that is missing or wrong. */
export const sandboxConfig = (env: Environment = process.env): SandboxConfig =>
  read(sandboxVariables, env);

/** @throws ConfigError naming every variable that is missing or wrong. */
export const upConfig = (env: Environment = process.env): UpConfig => read(upVariables, env);

/** The environment that a child process inherits from the supervisor. */
export const inheritedEnvironment = (): Environment => ({ ...process.env });

function read<Schema extends z.ZodType>(schema: Schema, env: Environment): z.infer<Schema> {
  const result = schema.safeParse(withoutEmpty(env));
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigError(`These environment variables are missing or wrong:\n${lines.join('\n')}`);
}

/** How many activities a worker runs at once: as many as its connections to the database carry. */
export const maxActivities = ({
  WORKER_MAX_ACTIVITIES: wanted,
  DATABASE_POOL_SIZE: connections,
}: Pick<WorkerConfig, 'WORKER_MAX_ACTIVITIES' | 'DATABASE_POOL_SIZE'>): number =>
  wanted ?? activitiesPerConnection * connections;

function enoughConnections(
  { WORKER_MAX_ACTIVITIES: wanted, DATABASE_POOL_SIZE: connections }: z.infer<typeof workerFields>,
  context: z.RefinementCtx,
): void {
  const most = activitiesPerConnection * connections;
  if (wanted === undefined || wanted <= most) return;
  const message = `must be at most ${most}, ${activitiesPerConnection} for each connection of DATABASE_POOL_SIZE`;
  context.addIssue({ code: 'custom', path: ['WORKER_MAX_ACTIVITIES'], message });
}

function allTextsOrNone(values: z.infer<typeof texts>, context: z.RefinementCtx): void {
  const names = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM'] as const;
  const missing = names.filter((name) => values[name] === undefined);
  if (missing.length === names.length) return;
  for (const name of missing) {
    context.addIssue({
      code: 'custom',
      path: [name],
      message: 'is needed by the other TWILIO ones',
    });
  }
}

/** An empty variable, as compose files write it, means "not set". */
function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}
