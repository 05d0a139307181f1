import { sql, type Kysely, type Migration } from 'kysely';

/**
 * The published events of all orders, in one order that all readers share.
 *
 * The outbox has the facts as they were committed; a number that a row got before its commit says
 * nothing about who is visible first. So the position is given by one publisher at a time, which
 * holds the head's row until its commit: positions become visible in their order, without a gap,
 * and whoever has read up to one has missed nothing. A fact that commits late is published late.
 */
export const eventLog: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await log.execute(db);
    await archive.execute(db);
    await notice.execute(db);
  },
};

const log = sql`
  create schema events;

  create table events.log (
    position bigint primary key,
    event_id text not null unique,
    order_id text not null,
    sequence integer not null,
    type text not null,
    version integer not null,
    event jsonb not null,
    at timestamptz not null,
    published_at timestamptz not null default clock_timestamp(),
    unique (order_id, sequence)
  );

  create table events.head (
    single boolean primary key default true check (single),
    position bigint not null
  );
  insert into events.head (position) values (0);
`;

/** Readers that begin at the beginning read the history; all others find what they need in the log. */
const archive = sql`
  create table events.archive (like events.log including all);
  create view events.history as
    select * from events.log union all select * from events.archive;
`;

/**
 * Wakes the publisher. A notification makes commits wait for each other, so one transaction at a time
 * sends it: the others are found by the publisher that is awake by then, or by its next poll.
 */
const notice = sql`
  create function orders.tell_outbox() returns trigger language plpgsql as $$
  begin
    if pg_try_advisory_xact_lock(hashtextextended('orders.outbox', 0)) then
      perform pg_notify('orders_outbox', '');
    end if;
    return null;
  end $$;
  create trigger outbox_told after insert on orders.outbox
    for each statement execute function orders.tell_outbox();
`;
