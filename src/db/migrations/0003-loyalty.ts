import { sql, type Kysely, type Migration } from 'kysely';

/** Reward points: one award and one revocation at most for each order. */
export const loyalty: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create schema loyalty;
      create table loyalty.ledger (
        order_id text not null,
        kind text not null check (kind in ('award', 'revoke')),
        member_id text not null,
        points integer not null,
        at timestamptz not null default clock_timestamp(),
        primary key (order_id, kind)
      );
      create index ledger_by_member on loyalty.ledger (member_id);
    `.execute(db);
  },
};
