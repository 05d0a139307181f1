import { sql, type Kysely, type Migration } from 'kysely';

/** One-time codes: their digests alone. `verdicts` has the answer to each try that was counted. */
export const codes: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table orders.codes (
        order_id text not null references orders.orders,
        number integer not null,
        digest text not null,
        issued integer not null default 1,
        expires_at timestamptz not null,
        tries_left integer not null check (tries_left >= 0),
        verdicts jsonb not null default '{}',
        verified_at timestamptz,
        primary key (order_id, number)
      )
    `.execute(db);
  },
};
