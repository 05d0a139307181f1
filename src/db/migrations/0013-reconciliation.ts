import { sql, type Kysely, type Migration } from 'kysely';

/** What each comparison of our books with the providers' saw, and the indexes that keep it cheap. */
export const reconciliation: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table orders.reconciliations (
        id bigint generated always as identity primary key,
        run_id text not null,
        kind text not null check (kind in ('payments', 'shipments', 'stock', 'orders')),
        started_at timestamptz not null,
        finished_at timestamptz,
        covered_until timestamptz,
        looked_at integer not null default 0,
        agreed integer not null default 0,
        mended integer not null default 0,
        differed integer not null default 0,
        differing jsonb not null default '[]',
        failure text,
        unique (run_id, kind)
      );
      create index reconciliations_by_kind on orders.reconciliations (kind, id desc);

      create index timeline_by_time on orders.timeline (at);
      create index orders_open on orders.orders (id)
        where status not in ('delivered', 'cancelled', 'rejected', 'failed');
      create index compensations_by_start on orders.compensations (started_at);
      create index attention_still_open on orders.attention (reason, raised_at)
        where resolved_at is null;
    `.execute(db);
  },
};
