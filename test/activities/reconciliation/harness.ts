import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import type { OpenWorkflows, Period } from '../../../src/activities/reconciliation-ports.js';
import { reconciliationActivities } from '../../../src/activities/reconciliation.js';
import { easypostLedger } from '../../../src/adapters/easypost-ledger.js';
import { postgresLedgers } from '../../../src/adapters/postgres-ledgers.js';
import { postgresInventory } from '../../../src/adapters/postgres-inventory.js';
import { postgresJournal } from '../../../src/adapters/postgres-journal.js';
import { stripeLedger } from '../../../src/adapters/stripe-ledger.js';
import type { Findings } from '../../../src/domain/ledgers.js';
import type { Fact } from '../../../src/domain/facts.js';
import type { OrderId } from '../../../src/domain/ids.js';
import { startHarness, type Harness } from '../../adapters/harness.js';

type Activities = ReturnType<typeof reconciliationActivities>;
type Comparison =
  'comparePayments' | 'comparePaymentList' | 'compareShipments' | 'compareLabelList';

type ComparePeriod = (period: Period) => Promise<Findings>;

export interface Reconciliation extends Harness {
  readonly inventory: ReturnType<typeof postgresInventory>;
  readonly activities: Activities;
  /** Orders that were touched at any time up to now, or since the given time. */
  period(since?: Date): Period;
  run(comparison: Comparison | 'compareStock', period: Period): Promise<Findings>;
  /** An order of ours in this status, with these facts. */
  orderWith(status: string, facts: readonly Fact[]): Promise<OrderId>;
  tell(orderId: OrderId, key: string, facts: readonly Fact[]): Promise<void>;
  facts(orderId: OrderId): Promise<string[]>;
  openItems(orderId: OrderId): Promise<readonly OpenItem[]>;
}

interface OpenItem {
  readonly reason: string;
  readonly subject: string;
  readonly owner: string;
  readonly exposure: number | null;
  readonly choices: readonly string[];
}

const noWorkflows: OpenWorkflows = {
  between: () => Promise.resolve([]),
  statusOf: () => Promise.resolve('missing'),
};

/** The reconciliation's activities in front of a real Postgres and the sandbox. */
export async function startReconciliation(
  openWorkflows: OpenWorkflows = noWorkflows,
  settledMs = -1_000,
): Promise<Reconciliation> {
  const harness = await startHarness();
  const { database, urls, payments, carrier } = harness;
  const journal = postgresJournal(database);
  const inventory = postgresInventory(database);
  const provider = { timeoutMs: 3_000 };
  const activities = reconciliationActivities({
    journal,
    payments,
    carrier,
    inventory,
    ledgers: postgresLedgers(database, { settledMs }),
    paymentLedgers: stripeLedger({ ...provider, apiKey: 'sk_test_books', apiUrl: urls.stripe }),
    labelLedgers: easypostLedger({ ...provider, apiKey: 'EZTK_books', apiUrl: urls.easypost }),
    openWorkflows,
  });
  const tell = async (orderId: OrderId, key: string, facts: readonly Fact[]) => {
    await journal.append({ orderId, key, facts });
  };
  return {
    ...harness,
    inventory,
    activities,
    tell,
    period: (since = new Date(0)) => ({
      since: since.toISOString(),
      until: new Date(Date.now() - settledMs).toISOString(),
    }),
    run: (comparison, period) =>
      new MockActivityEnvironment().run<[Period], Findings, ComparePeriod>(
        activities[comparison],
        period,
      ),
    orderWith: async (status, facts) => {
      const orderId = await harness.newOrder();
      await sql`update orders.orders set status = ${status} where id = ${orderId}`.execute(
        database,
      );
      await tell(orderId, 'told', facts);
      return orderId;
    },
    facts: async (orderId) => {
      const { rows } = await sql<{ type: string }>`
        select type from orders.timeline where order_id = ${orderId} order by sequence`.execute(
        database,
      );
      return rows.map(({ type }) => type);
    },
    openItems: async (orderId) => {
      const { rows } = await sql<OpenItem>`
        select reason, subject, owner, exposure_minor as exposure, choices from orders.attention
        where order_id = ${orderId} and resolved_at is null order by subject`.execute(database);
      return rows;
    },
  };
}

/** What came of the given order's differences. */
export const outcomesOf = ({ differences }: Findings, orderId: OrderId): string[] =>
  differences
    .filter((difference) => difference.orderId === orderId)
    .map(({ kind, outcome }) => `${kind} ${outcome}`);

/** Postgres counts microseconds: what it wrote in this millisecond is before this time. */
export const afterNow = (): Date => new Date(Date.now() + 1);
