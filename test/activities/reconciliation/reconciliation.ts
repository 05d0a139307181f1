import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import type { OpenWorkflows, Period } from '../../../src/activities/reconciliation-ports.js';
import { reconciliationActivities } from '../../../src/activities/reconciliation.js';
import { easypostLedger } from '../../../src/adapters/easypost-ledger.js';
import { postgresInventory } from '../../../src/adapters/postgres-inventory.js';
import { postgresJournal } from '../../../src/adapters/postgres-journal.js';
import { postgresLedgers } from '../../../src/adapters/postgres-ledgers.js';
import { stripeLedger } from '../../../src/adapters/stripe-ledger.js';
import { allRows, allValues } from '../../../src/db/database.js';
import type { Fact } from '../../../src/domain/facts.js';
import type { OrderId } from '../../../src/domain/ids.js';
import type { Findings } from '../../../src/domain/ledgers.js';
import { startProviders } from '../../adapters/providers.js';

type Comparison =
  | 'comparePayments'
  | 'comparePaymentList'
  | 'compareShipments'
  | 'compareLabelList'
  | 'compareStock';

type ComparePeriod = (period: Period) => Promise<Findings>;

const noWorkflows: OpenWorkflows = {
  between: () => Promise.resolve([]),
  statusOf: () => Promise.resolve('missing'),
};

/** The reconciliation's activities in front of a real Postgres and the sandbox. */
export async function startReconciliation(openWorkflows = noWorkflows) {
  const providers = await startProviders();
  const { database, payments, carrier } = providers;
  const journal = postgresJournal(database);
  const inventory = postgresInventory(database);
  const activities = reconciliationActivities({
    journal,
    payments,
    carrier,
    inventory,
    ledgers: postgresLedgers(database, { settledMs: -1_000 }),
    paymentLedgers: stripeLedger(providers.stripe),
    labelLedgers: easypostLedger(providers.easypost),
    openWorkflows,
  });
  const record = async (orderId: OrderId, key: string, ...facts: readonly Fact[]) => {
    await journal.append({ orderId, key, facts });
  };
  /** Orders that were touched at any time up to now, or since the given time. */
  const period = (since = new Date(0)): Period => ({
    since: since.toISOString(),
    until: new Date(Date.now() + 1_000).toISOString(),
  });
  const run = (comparison: Comparison, compared = period()) =>
    new MockActivityEnvironment().run<[Period], Findings, ComparePeriod>(
      activities[comparison],
      compared,
    );
  return {
    ...providers,
    inventory,
    activities,
    record,
    period,
    run,
    /** What a comparison finds about the order: `sums_differ raised`, … */
    outcomes: async (comparison: Comparison, orderId: OrderId, compared?: Period) =>
      outcomesOf(await run(comparison, compared), orderId),
    /** An order of ours in this status, with these facts. */
    orderWith: async (status: string, ...facts: readonly Fact[]) => {
      const orderId = await providers.newOrder();
      await sql`update orders.orders set status = ${status} where id = ${orderId}`.execute(
        database,
      );
      await record(orderId, 'recorded', ...facts);
      return orderId;
    },
    facts: (orderId: OrderId) =>
      allValues<string>(database)`
        select type from orders.timeline where order_id = ${orderId} order by sequence`,
    openItems: (orderId: OrderId) =>
      allRows<{ subject: string }>(database)`
        select reason, subject, owner, exposure_minor as exposure, choices from orders.attention
        where order_id = ${orderId} and resolved_at is null order by subject`,
  };
}

export const outcomesOf = ({ differences }: Findings, orderId: OrderId): string[] =>
  differences
    .filter((difference) => difference.orderId === orderId)
    .map(({ kind, outcome }) => `${kind} ${outcome}`);

/** Postgres counts microseconds: what it wrote in this millisecond is before this time. */
export const afterNow = (): Date => new Date(Date.now() + 1);
