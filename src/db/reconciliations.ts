import { sql } from 'kysely';
import type { Difference, ReconciliationKind } from '../domain/ledgers.js';
import { allRows, execute, firstValue, type Database } from './database.js';

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

type NewReconciliation = Omit<ReconciliationRow, 'id' | 'startedAt' | 'finishedAt' | 'failure'> & {
  readonly startedAt: string;
  readonly coveredUntil?: string;
  readonly failure?: string;
};

/** Keeps a part of a run, once: a second try of the same run changes nothing. */
export const keepReconciliation = (database: Database, record: NewReconciliation) => execute(
  database,
)`
    insert into orders.reconciliations (run_id, kind, started_at, finished_at, covered_until,
      looked_at, agreed, mended, differed, differing, failure)
    values (${record.runId}, ${record.kind}, ${record.startedAt}, clock_timestamp(),
      ${record.coveredUntil ?? null}, ${record.lookedAt}, ${record.agreed}, ${record.mended},
      ${record.differed}, ${JSON.stringify(record.differing)}::jsonb, ${record.failure ?? null})
    on conflict (run_id, kind) do nothing`;

/** Newest first. @param after rows older than this one; `limit` counts rows. */
export async function listReconciliations(
  database: Database,
  page: { readonly limit: number; readonly after?: number | undefined },
): Promise<readonly ReconciliationRow[]> {
  const older = page.after === undefined ? sql`true` : sql`id < ${page.after}`;
  return allRows<ReconciliationRow>(database)`
    select id, run_id as "runId", kind, started_at as "startedAt", finished_at as "finishedAt",
      looked_at as "lookedAt", agreed, mended, differed, differing, failure
    from orders.reconciliations where ${older} order by id desc limit ${page.limit}`;
}

/** Until when every kind that goes by the time has been compared; undefined before the first run. */
export const coveredUntil = async (database: Database) =>
  (await firstValue<Date | null>(database)`
    select min(latest.covered_until)
    from unnest(array['payments', 'shipments']) as compared (kind)
    cross join lateral (
      select covered_until from orders.reconciliations row
      where row.kind = compared.kind order by row.id desc limit 1
    ) latest`) ?? undefined;
