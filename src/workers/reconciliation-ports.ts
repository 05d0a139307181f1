import type { Client } from '@temporalio/client';
import type { Ports } from '../activities/ports.js';
import type { ReconciliationPorts } from '../activities/reconciliation-ports.js';
import { easypostLedger } from '../adapters/easypost-ledger.js';
import { postgresLedgers } from '../adapters/postgres-ledgers.js';
import { stripeLedger } from '../adapters/stripe-ledger.js';
import { providerCallMs } from '../adapters/time-limits.js';
import type { WorkerConfig } from '../config.js';
import type { Database } from '../db/database.js';
import { temporalOpenWorkflows } from '../temporal/open-workflows.js';

/** Our books and everybody else's. @param ports what a difference is mended through */
export const createReconciliationPorts = (
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
