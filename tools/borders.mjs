/**
 * Who may import whom, the one source: eslint.config.js refuses all else, and docs/architecture.md
 * prints the table. A folder without a line imports nothing and is imported by nobody.
 * `folder/file` opens one file or folder of a folder; `type ` in front: only as a type.
 * @type {Readonly<Record<string, { ours?: string[], packages?: string[], why: string }>>}
 */
export const borders = {
  domain: {
    packages: ['dinero.js'],
    why: 'rules that can be tested without anything',
  },
  workflows: {
    ours: ['domain', 'type activities'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    why: 'the code is replayed: what is not deterministic breaks open orders',
  },
  activities: {
    ours: ['domain', 'runtime'],
    packages: ['@temporalio/activity', '@temporalio/common'],
    why: 'they speak the domain’s words through ports, so that a provider can be exchanged',
  },
  adapters: {
    ours: ['domain', 'db', 'type activities'],
    packages: ['kysely', 'stripe', '@easypost/api', 'nodemailer', 'node:*'],
    why: 'an adapter is the port’s implementation and nothing more',
  },
  choreography: {
    ours: ['domain', 'activities', 'db', 'events'],
    packages: ['kysely'],
    why: 'a service reacts to events by the saga’s own activities; `workers` puts the rest together',
  },
  db: {
    ours: ['domain'],
    packages: ['kysely', 'pg', 'typeid-js', 'node:*'],
    why: 'one owner of the tables, usable by all roles',
  },
  events: {
    ours: ['domain', 'db', 'runtime'],
    packages: [
      'kysely',
      'pg',
      'zod',
      'ipaddr.js',
      'standardwebhooks',
      'typeid-js',
      '@nats-io/jetstream',
      '@nats-io/transport-node',
      'node:*',
    ],
    why: 'other teams read events without a word of Temporal',
  },
  temporal: {
    ours: [
      'domain',
      'db',
      'runtime',
      'workflows/messages',
      'type activities/reconciliation-ports',
      'type config',
    ],
    packages: ['@temporalio/client', '@temporalio/common', '@temporalio/envconfig', 'node:*'],
    why: 'one module talks to Temporal as a client, for the API and the relay',
  },
  api: {
    ours: [
      'domain',
      'db',
      'events',
      'temporal',
      'runtime',
      'workflows/messages',
      'config',
      'logger',
      'role',
    ],
    packages: [
      'express',
      'helmet',
      'better-sse',
      'pino-http',
      'prom-client',
      'kysely',
      'zod',
      'type @temporalio/common',
      'node:*',
    ],
    why: 'the API decides nothing about an order: it asks the workflow',
  },
  relay: {
    ours: ['db', 'events', 'temporal', 'runtime', 'type config', 'type logger'],
    why: 'it repeats what did not get through, by the same functions as the API',
  },
  teams: {
    ours: [
      'events/catalogue',
      'events/projection',
      'type events/order-event',
      'type events/consumer',
      'type events/team',
    ],
    packages: ['kysely', 'zod'],
    why: 'a team knows orders by their events alone; nobody imports it, not even another team',
  },
  sandbox: {
    ours: ['runtime', 'domain/money'],
    packages: ['express', 'pg', 'postal-mime', 'smtp-server', 'zod', 'node:*'],
    why: 'a second opinion that shares our code would share our mistakes',
  },
  workers: {
    ours: [
      'domain',
      'activities',
      'adapters',
      'choreography',
      'db',
      'events',
      'temporal',
      'relay',
      'sandbox',
      'runtime',
      'config',
      'logger',
      'role',
    ],
    packages: [
      '@temporalio/client',
      '@temporalio/common',
      '@temporalio/worker',
      'type kysely',
      'node:*',
    ],
    why: 'the processes, put together',
  },
  up: {
    ours: ['domain', 'db', 'runtime', 'config', 'tools'],
    packages: [
      '@temporalio/client',
      '@temporalio/testing',
      'express',
      'get-port',
      'pg',
      'standardwebhooks',
      'zod',
      'node:*',
    ],
    why: 'it starts the roles as processes, as production does',
  },
  runtime: { packages: ['node:*'], why: 'deadlines and polling loops, usable by every process' },
  config: { ours: ['domain'], packages: ['zod'], why: 'the only reader of the environment' },
  logger: { packages: ['pino'], why: 'one format of log lines' },
  role: { ours: ['config', 'type logger'], why: 'how each process starts and stops' },
  examples: {
    ours: ['domain', 'up', 'runtime'],
    packages: ['zod', 'node:*'],
    why: 'they use the running stack over HTTP',
  },
  bench: {
    ours: [
      'domain',
      'activities',
      'adapters',
      'choreography',
      'db',
      'events',
      'examples',
      'relay',
      'runtime',
      'type sandbox',
      'up',
      'workers',
      'workflows/messages',
      'config',
      'logger',
      'role',
    ],
    packages: [
      '@temporalio/client',
      '@temporalio/worker',
      '@temporalio/workflow',
      'kysely',
      'papaparse',
      'pg',
      'prettier',
      'simple-statistics',
      'typeid-js',
      'typescript',
      'zod',
      'node:*',
    ],
    why: 'measurements build other variants from our parts',
  },
};

/** The table of docs/architecture.md. */
export const bordersTable = () => {
  const list = (names = []) => names.map((name) => `\`${name}\``).join(', ') || '–';
  const rows = Object.entries(borders).map(
    ([folder, { ours, packages, why }]) =>
      `| \`${folder}\` | ${list(ours)} | ${list(packages)} | ${why} |`,
  );
  return ['| folder | of ours | packages | why |', '| --- | --- | --- | --- |', ...rows].join('\n');
};
