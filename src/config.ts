import { z } from 'zod';
import type { ShopPolicy } from './domain/policy.js';
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
const text = z.string().min(1);
const secret = z.string().min(16);
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });

/** A name that Temporal takes in a deployment's version, whose parts it joins by a point or colon. */
const versionPart = (pattern: RegExp) =>
  z.string().regex(pattern, 'must be 1 to 100 letters, digits and signs that Temporal takes here');

/**
 * An activity holds a connection for some milliseconds at its begin and its end, and waits on a
 * provider in between. So several share one; more of them would wait for it so long that they fail.
 */
const activitiesPerConnection = 5;

const levels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
const LOG_LEVEL = z.enum(levels).default('info');

const providerSecrets = { STRIPE_WEBHOOK_SECRET: secret, EASYPOST_WEBHOOK_SECRET: secret };

const database = z.object({
  LOG_LEVEL,
  DATABASE_URL: postgresUrl,
  DATABASE_POOL_SIZE: count(10),
});

const temporal = z.object({
  TEMPORAL_ADDRESS: text.default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: text.default('default'),
  TEMPORAL_TASK_QUEUE: text.default('orders'),
  TEMPORAL_API_KEY: text.optional(),
  TEMPORAL_TLS: z.enum(['true', 'false']).optional(),
  TEMPORAL_TLS_CLIENT_CERT_PATH: text.optional(),
  TEMPORAL_TLS_CLIENT_CERT_DATA: text.optional(),
  TEMPORAL_TLS_CLIENT_KEY_PATH: text.optional(),
  TEMPORAL_TLS_CLIENT_KEY_DATA: text.optional(),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: text.optional(),
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: text.optional(),
  TEMPORAL_TLS_SERVER_NAME: text.optional(),
});

/** For webhooks to others. */
const webhooksOut = z.object({
  /** Seals the secrets of endpoints in the database. */
  WEBHOOK_SECRET_KEY: secret,
  /** For development: http, loopback and private networks. */
  WEBHOOK_ALLOW_INTERNAL: z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(false),
});

/** 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. */
const retrySchedule = '5000,300000,1800000,7200000,18000000,36000000,50400000,72000000,86400000';

const apiVariables = z.object({
  ...database.shape,
  ...temporal.shape,
  /** When a member gets his points. */
  ORDER_POINTS_AT: z.enum(['confirmed', 'delivered']).default('confirmed'),
  ORDER_CODE_SECRET: secret,
  RISK_APPROVAL_AMOUNT_MINOR: count(100_000),
  RISK_ORDERS_PER_CUSTOMER_PER_HOUR: count(200),
  RISK_ORDERS_PER_CARD_PER_HOUR: count(200),
  RETURN_APPROVAL_AMOUNT_MINOR: count(20_000),
  ...webhooksOut.shape,
  API_HOST: text.default('127.0.0.1'),
  API_PORT: port(3000),
  TEMPORAL_UI_URL: z.url().optional(),
  ...providerSecrets,
});

/** What the activities' ports need. */
const portsFields = z.object({
  ...database.shape,
  STRIPE_API_KEY: text,
  STRIPE_API_URL: z.url().default('https://api.stripe.com'),
  EASYPOST_API_KEY: text,
  EASYPOST_API_URL: z.url().default('https://api.easypost.com/v2/'),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }),
  MAIL_FROM: z.string().min(3).default('Durable Orders <orders@shop.example>'),
  MAIL_STAFF_TO: z.email().optional(),
  ORDER_PAGE_URL: z
    .url({ protocol: /^https?$/ })
    .includes('{order_id}', { error: 'must have {order_id} in it' })
    .optional(),
  ORDER_CODE_SECRET: secret,
  /** All of these three, or no text messages. */
  TWILIO_ACCOUNT_SID: text.optional(),
  TWILIO_AUTH_TOKEN: text.optional(),
  TWILIO_FROM: text.optional(),
  TWILIO_API_URL: z.url().default('https://api.twilio.com'),
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
  ...database.shape,
  ...temporal.shape,
  ...webhooksOut.shape,
  /** The waits between the tries of a webhook. */
  WEBHOOK_RETRY_SCHEDULE_MS: z
    .string()
    .regex(/^\d{1,10}(,\d{1,10}){0,29}$/, 'must be 1 to 30 whole numbers with commas between them')
    .transform((text) => text.split(',').map(Number))
    .prefault(retrySchedule),
  RELAY_INTERVAL_MS: z.coerce.number().int().min(50).default(1_000),
  /** After so many days old rows move to an archive or go: see src/db/retention.ts. */
  EVENT_LOG_RETENTION_DAYS: count(30),
  IDEMPOTENCY_KEY_RETENTION_DAYS: z.coerce.number().int().min(3).default(30),
  MESSAGE_RETENTION_DAYS: count(30),
  RECONCILIATION_RETENTION_DAYS: count(90),
  TIMELINE_RETENTION_DAYS: count(365),
  /** With it, every event goes to NATS JetStream as well. */
  NATS_URL: z.url({ protocol: /^(nats|tls)$/ }).optional(),
});

const sandboxVariables = z.object({
  LOG_LEVEL,
  SANDBOX_DATABASE_URL: postgresUrl,
  SANDBOX_HOST: text.default('127.0.0.1'),
  SANDBOX_PORT: port(4000),
  SANDBOX_SMTP_PORT: port(2525),
  SANDBOX_WEBHOOK_URL: z.url(),
  SANDBOX_TRACKING_PACE_MS: milliseconds(1_500),
  /** Without it, a parcel is picked up at the pace at which it moves. */
  SANDBOX_PICK_UP_MS: z.coerce.number().int().min(0).optional(),
  SANDBOX_LATENCY_MS: milliseconds(0),
  ...providerSecrets,
});

const upVariables = z.object({
  DATABASE_URL: postgresUrl.optional(),
  SANDBOX_DATABASE_URL: postgresUrl.optional(),
  TEMPORAL_ADDRESS: text.optional(),
  TEMPORAL_NAMESPACE: text.default('default'),
  TEMPORAL_UI_URL: z.url().optional(),
  TEMPORAL_CLI: text.optional(),
  TEMPORAL_TEST_SERVER: text.optional(),
  NATS_SERVER: text.optional(),
  DURABLE_ORDERS_CACHE: text.optional(),
  XDG_CACHE_HOME: text.optional(),
  ORDERS_STATE_DIR: text.optional(),
  OFFLINE: z.enum(['0', '1']).default('0'),
  PATH: z.string().default(''),
});

export type TemporalConfig = Readonly<z.infer<typeof temporal>>;
export type ApiConfig = Readonly<z.infer<typeof apiVariables>>;
export type WorkerConfig = Readonly<z.infer<typeof workerVariables>>;
export type PortsConfig = Readonly<z.infer<typeof portsFields>>;
export type ServicesConfig = Readonly<z.infer<typeof servicesVariables>>;
export type RelayConfig = Readonly<z.infer<typeof relayVariables>>;
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
const reader =
  <Schema extends z.ZodType>(schema: Schema) =>
  (env: Environment = process.env): Readonly<z.infer<Schema>> => {
    const result = schema.safeParse(withoutEmpty(env));
    if (result.success) return result.data;
    const lines = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`These environment variables are missing or wrong:\n${lines.join('\n')}`);
  };

export const apiConfig = reader(apiVariables);
export const workerConfig = reader(workerVariables);
export const servicesConfig = reader(servicesVariables);
export const relayConfig = reader(relayVariables);
export const rebuildConfig = reader(database.omit({ LOG_LEVEL: true }));
export const sandboxConfig = reader(sandboxVariables);
export const upConfig = reader(upVariables);

/** What the shop chose for all its orders: frozen in each of them when it is placed. */
export const shopPolicyOf = (config: ApiConfig): ShopPolicy => ({
  pointsAt: config.ORDER_POINTS_AT,
});

/** The environment that a child process inherits from the supervisor. */
export const inheritedEnvironment = (): Environment => ({ ...process.env });

/** How many activities a worker runs at once: as many as its connections to the database carry. */
export const maxActivities = ({
  WORKER_MAX_ACTIVITIES: wanted,
  DATABASE_POOL_SIZE: connections,
}: Pick<WorkerConfig, 'WORKER_MAX_ACTIVITIES' | 'DATABASE_POOL_SIZE'>): number =>
  wanted ?? activitiesPerConnection * connections;

function enoughConnections(config: z.infer<typeof workerFields>, context: z.RefinementCtx): void {
  const most = activitiesPerConnection * config.DATABASE_POOL_SIZE;
  if (maxActivities(config) <= most) return;
  const message = `must be at most ${most}, ${activitiesPerConnection} for each connection of DATABASE_POOL_SIZE`;
  context.addIssue({ code: 'custom', path: ['WORKER_MAX_ACTIVITIES'], message });
}

function allTextsOrNone(values: PortsConfig, context: z.RefinementCtx): void {
  const names = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM'] as const;
  const missing = names.filter((name) => values[name] === undefined);
  if (missing.length === names.length) return;
  for (const name of missing) {
    const message = 'is needed by the other TWILIO ones';
    context.addIssue({ code: 'custom', path: [name], message });
  }
}

/** An empty variable, as compose files write it, means "not set". */
const withoutEmpty = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
