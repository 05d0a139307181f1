import { sql, type Kysely, type Migration } from 'kysely';

/** How far each consumer has read, what it has put into effect, and what it could not. */
export const consumers: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await tables.execute(db);
    await record.execute(db);
  },
};

/**
 * `parked` has, for each consumer and order, at most one event that is tried (`retrying`), was given
 * up (`dead`) or is to be left out (`discarded`); the later events of that order are `held` behind it.
 */
const tables = sql`
  create table events.groups (
    name text primary key,
    position bigint not null default 0,
    created_at timestamptz not null default clock_timestamp(),
    moved_at timestamptz not null default clock_timestamp()
  );

  create table events.inbox (
    group_name text not null references events.groups,
    event_id text not null,
    position bigint not null,
    at timestamptz not null default clock_timestamp(),
    primary key (group_name, event_id)
  );
  create index inbox_by_age on events.inbox using brin (at);

  create table events.parked (
    id text primary key default orders.typeid('dlt'),
    group_name text not null references events.groups,
    event_id text not null,
    order_id text not null,
    position bigint not null,
    state text not null check (state in ('retrying', 'held', 'dead', 'discarded')),
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default clock_timestamp(),
    error text,
    parked_at timestamptz not null default clock_timestamp(),
    first_failed_at timestamptz,
    died_at timestamptz,
    unique (group_name, event_id)
  );
  create unique index parked_head on events.parked (group_name, order_id) where state <> 'held';
  create index parked_by_order on events.parked (group_name, order_id, position);
  create index parked_due on events.parked (group_name, next_attempt_at)
    where state in ('retrying', 'discarded');
  create index parked_dead on events.parked (id) where state = 'dead';
`;

/** Who decided what about a dead letter; nothing here is ever changed. */
const record = sql`
  create table events.letter_decisions (
    id bigint generated always as identity primary key,
    letter_id text not null,
    group_name text not null,
    event_id text not null,
    order_id text not null,
    kind text not null check (kind in ('replayed', 'discarded')),
    by text not null,
    reason text,
    at timestamptz not null default clock_timestamp(),
    check (kind = 'replayed' or reason is not null)
  );
  create index letter_decisions_by_letter on events.letter_decisions (letter_id, id);
  create index letter_decisions_by_group on events.letter_decisions (group_name)
    where kind = 'discarded';
  create function events.keep_decisions() returns trigger language plpgsql as $$
  begin
    raise exception 'A decision about a dead letter stays as it is';
  end $$;
  create trigger decisions_kept before update or delete or truncate on events.letter_decisions
    for each statement execute function events.keep_decisions();
`;
