import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { NativeConnection, Worker, type WorkerDeploymentOptions } from '@temporalio/worker';
import { createActivities } from '../activities/index.js';
import { reconciliationActivities } from '../activities/reconciliation.js';
import { easypostLedger } from '../adapters/easypost-ledger.js';
import { postgresLedgers } from '../adapters/postgres-ledgers.js';
import { stripeLedger } from '../adapters/stripe-ledger.js';
import { attemptStatementMs, providerCallMs } from '../adapters/time-limits.js';
import type { Ports } from '../activities/ports.js';
import type { ReconciliationPorts } from '../activities/reconciliation-ports.js';
import { maxActivities, type WorkerConfig } from '../config.js';
import { openDatabase, type Database } from '../db/database.js';
import type { Logger } from '../logger.js';
import { createPorts } from './ports.js';
import { temporalClient, temporalConnection } from '../temporal/client.js';
import { temporalOpenWorkflows } from '../temporal/open-workflows.js';
import { workflowBundlePath } from './workflow-bundle.js';

/**
 * After a worker was killed, a task that was meant for its cache waits this long before any other
 * worker may take it.
 */
const stickyWaitMs = 3_000;

/** What a worker carries out: a bundle of workflows, and the activities that they call. */
export interface Saga {
  readonly workflowBundlePath: string;
  readonly activitiesOf: (ports: Ports) => object;
}

const orderSaga: Saga = { workflowBundlePath, activitiesOf: createActivities };

/** @param saga default: the order's own; the benchmark runs others under the same settings */
export async function startWorker(config: WorkerConfig, log: Logger, saga: Saga = orderSaga) {
  const database = openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    statementMs: attemptStatementMs,
    onIdleError: (error) => {
      log.warn({ err: error }, 'a database connection was lost');
    },
  });
  const outside = createPorts(config, database);
  const temporal = temporalClient(config);
  const { connectionOptions } = temporalConnection(config);
  const connection = await NativeConnection.connect(connectionOptions);
  const worker = await Worker.create({
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: config.TEMPORAL_TASK_QUEUE,
    workflowBundle: { codePath: saga.workflowBundlePath },
    activities: {
      ...saga.activitiesOf(outside.ports),
      ...reconciliationActivities(
        reconciliationPorts(config, database, temporal.client, outside.ports),
      ),
    },
    maxCachedWorkflows: config.WORKER_MAX_CACHED_WORKFLOWS,
    stickyQueueScheduleToStartTimeout: stickyWaitMs,
    maxConcurrentWorkflowTaskExecutions: config.WORKER_MAX_WORKFLOW_TASKS,
    maxConcurrentActivityTaskExecutions: maxActivities(config),
    workerDeploymentOptions: await deploymentOf(config, saga),
    shutdownGraceTime: config.WORKER_SHUTDOWN_GRACE_MS,
    shutdownForceTime: config.WORKER_SHUTDOWN_GRACE_MS + 5_000,
    // A poll holds a slot while it waits, so there are far fewer polls than slots.
    workflowTaskPollerBehavior: { type: 'autoscaling', minimum: 2, initial: 4, maximum: 8 },
    activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 3, maximum: 20 },
  });
  const ended = worker.run().finally(async () => {
    outside.close();
    await temporal.close();
    await connection.close();
    await database.destroy();
  });
  return {
    /** Ends when the worker has; rejects when it died. */
    ended,
    /** Takes no new work and finishes what runs within the grace time. */
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}

/** Our ledgers and the providers'. The ports fix what differs. */
const reconciliationPorts = (
  config: WorkerConfig,
  database: Database,
  client: Client,
  { journal, payments, carrier, inventory }: Ports,
): ReconciliationPorts => ({
  journal,
  payments,
  carrier,
  inventory,
  ledgers: postgresLedgers(database, { settledMs: config.RECONCILE_SETTLED_MS }),
  paymentLedgers: stripeLedger({
    apiKey: config.STRIPE_API_KEY,
    apiUrl: config.STRIPE_API_URL,
    timeoutMs: providerCallMs,
  }),
  labelLedgers: easypostLedger({
    apiKey: config.EASYPOST_API_KEY,
    apiUrl: config.EASYPOST_API_URL,
    timeoutMs: providerCallMs,
  }),
  openWorkflows: temporalOpenWorkflows(client, config.TEMPORAL_TASK_QUEUE),
});

/**
 * Histories name the build that carried each task out. Which worker gets a task does not depend on it:
 * that would need a step by hand before the first task of every build.
 */
const deploymentOf = async (
  { WORKER_DEPLOYMENT_NAME: deploymentName, WORKER_BUILD_ID: buildId }: WorkerConfig,
  saga: Saga,
): Promise<WorkerDeploymentOptions> => ({
  version: { deploymentName, buildId: buildId ?? (await buildIdOf(saga.workflowBundlePath)) },
  useWorkerVersioning: false,
});

const manifest = new URL('../../package.json', import.meta.url);
const digestLength = 12;

/** `<version>-<digest of the workflow code>`: two builds that replay alike have the same one. */
async function buildIdOf(bundlePath: string): Promise<string> {
  const [text, bundle] = await Promise.all([readFile(manifest, 'utf8'), readFile(bundlePath)]);
  const { version } = JSON.parse(text) as { readonly version: string };
  const digest = createHash('sha256').update(bundle).digest('hex').slice(0, digestLength);
  return `${version}-${digest}`;
}
