import { sql } from 'kysely';
import type { Difference, ReconciliationKind } from '../domain/ledgers.js';
import type { Database } from './database.js';

/** One part of a run: what was compared, and what came of it. */
export interface ReconciliationRow {
  readonly id: number;
  readonly runId: string;
  readonly kind: ReconciliationKind;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly lookedAt: number;
  readonly agreed: number;
  readonly mended: number;
  /** How many differences were not mended, also those that are too many to be listed. */
  readonly differed: number;
  readonly differing: readonly Difference[];
  readonly failure: string | null;
}

export interface NewReconciliation {
  readonly runId: string;
  readonly kind: ReconciliationKind;
  readonly startedAt: string;
  readonly coveredUntil?: string;
  readonly lookedAt: number;
  readonly agreed: number;
  readonly mended: number;
  readonly differed: number;
  readonly differing: readonly Difference[];
  readonly failure?: string;
}

/** Keeps a part of a run, once: a second try of the same run changes nothing. */
export async function keepReconciliation(
  database: Database,
  record: NewReconciliation,
): Promise<void> {
  await database
    .insertInto('orders.reconciliations')
    .values({
      run_id: record.runId,
      kind: record.kind,
      started_at: record.startedAt,
      finished_at: sql`clock_timestamp()`,
      covered_until: record.coveredUntil ?? null,
      looked_at: record.lookedAt,
      agreed: record.agreed,
      mended: record.mended,
      differed: record.differed,
      differing: JSON.stringify(record.differing),
      failure: record.failure ?? null,
    })
    .onConflict((conflict) => conflict.columns(['run_id', 'kind']).doNothing())
    .execute();
}

/** Newest first. @param after rows older than this one; `limit` counts rows. */
export async function listReconciliations(
  database: Database,
  page: { readonly limit: number; readonly after?: number | undefined },
): Promise<readonly ReconciliationRow[]> {
  const older = page.after === undefined ? sql`true` : sql`id < ${page.after}`;
  const { rows } = await sql<ReconciliationRow>`
    select id, run_id as "runId", kind, started_at as "startedAt", finished_at as "finishedAt",
      looked_at as "lookedAt", agreed, mended, differed, differing, failure
    from orders.reconciliations where ${older} order by id desc limit ${page.limit}
  `.execute(database);
  return rows;
}

/** Until when every kind that goes by the time has been compared; undefined before the first run. */
export async function coveredUntil(database: Database): Promise<Date | undefined> {
  const { rows } = await sql<{ until: Date | null }>`
    select min(latest.covered_until) as until
    from unnest(array['payments', 'shipments']) as compared (kind)
    cross join lateral (
      select covered_until from orders.reconciliations row
      where row.kind = compared.kind order by row.id desc limit 1
    ) latest
  `.execute(database);
  return rows[0]?.until ?? undefined;
}
