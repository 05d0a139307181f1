import { sql, type Kysely, type Migration } from 'kysely';

/**
 * Orders whose next fact cannot be published: it waits in the outbox, and so do the later facts of
 * the order, while those of other orders go on.
 */
export const relay: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table events.unpublished (
        order_id text primary key,
        outbox_id bigint not null,
        sequence integer not null,
        type text not null,
        error text not null,
        attempts integer not null default 1,
        since timestamptz not null default clock_timestamp(),
        retry_at timestamptz not null
      )
    `.execute(db);
  },
};
