-- The published events of all orders, how far each consumer has read, webhooks to subscribers.

create schema events;

-- The outbox has the facts as they were committed; a number that a row got before its commit does not
-- say which row is visible first. So one publisher at a time assigns positions and holds the head's row
-- until its commit: positions become visible in order and without a gap, and a reader that has read up
-- to one has missed nothing. A fact that commits late is published late. An event's id is made of its
-- order and sequence, so their index finds it too.
create table events.log (
  position bigint primary key,
  event_id text not null,
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

-- Readers that begin with the first event read the history; all others find what they need in the log.
create table events.archive (like events.log including all);
create view events.history as
  select * from events.log union all select * from events.archive;

-- Orders whose next fact cannot be published: it waits in the outbox with all later facts of its order;
-- other orders go on.
create table events.unpublished (
  order_id text primary key,
  outbox_id bigint not null,
  sequence integer not null,
  type text not null,
  error text not null,
  attempts integer not null default 1,
  since timestamptz not null default clock_timestamp(),
  retry_at timestamptz not null
);

-- Consumers

-- `position`: every event up to here is applied, quarantined or discarded. It is committed together with
-- the effects of the events, so it also says which events have had theirs.
create table events.groups (
  name text primary key,
  position bigint not null default 0,
  created_at timestamptz not null default clock_timestamp(),
  moved_at timestamptz not null default clock_timestamp()
);

-- For each consumer and order at most one event that is tried (`retrying`), dead-lettered (`dead`) or to
-- be skipped (`discarded`); the order's later events are `held` behind it.
create table events.quarantined (
  id text primary key default orders.typeid('dlt'),
  group_name text not null references events.groups,
  event_id text not null,
  order_id text not null,
  position bigint not null,
  state text not null check (state in ('retrying', 'held', 'dead', 'discarded')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default clock_timestamp(),
  error text,
  quarantined_at timestamptz not null default clock_timestamp(),
  first_failed_at timestamptz,
  died_at timestamptz,
  unique (group_name, event_id)
);
create unique index quarantined_head on events.quarantined (group_name, order_id) where state <> 'held';
create index quarantined_by_order on events.quarantined (group_name, order_id, position);
create index quarantined_due on events.quarantined (group_name, next_attempt_at)
  where state in ('retrying', 'discarded');
create index quarantined_dead on events.quarantined (id) where state = 'dead';

-- Who decided what about a dead letter. Rows are never changed; a rebuilt consumer leaves out what was
-- discarded.
create table events.dead_letter_decisions (
  id bigint generated always as identity primary key,
  dead_letter_id text not null,
  group_name text not null,
  event_id text not null,
  order_id text not null,
  position bigint not null,
  kind text not null check (kind in ('replayed', 'discarded')),
  by text not null,
  reason text,
  at timestamptz not null default clock_timestamp(),
  check (kind = 'replayed' or reason is not null)
);
create index dead_letter_decisions_by_letter on events.dead_letter_decisions (dead_letter_id, id);
create index dead_letter_decisions_by_group on events.dead_letter_decisions (group_name, position)
  where kind = 'discarded';
create function events.keep_decisions() returns trigger language plpgsql as $$
begin
  raise exception 'A decision about a dead letter stays as it is';
end $$;
create trigger decisions_kept before update or delete or truncate on events.dead_letter_decisions
  for each statement execute function events.keep_decisions();

-- Webhooks to subscribers

-- `begins_after`: the position of the newest event when the endpoint was made; it gets later ones.
-- `failing_since`: the first failure since the last success. While the circuit is open nothing is sent;
-- then one delivery goes through, and its result decides.
create table events.webhook_endpoints (
  id text primary key,
  url text not null,
  description text,
  types text[] not null default '{}',
  state text not null default 'enabled' check (state in ('enabled', 'disabled')),
  state_reason text,
  state_since timestamptz not null default clock_timestamp(),
  created_at timestamptz not null default clock_timestamp(),
  begins_after bigint not null,
  secret text not null,
  previous_secret text,
  previous_secret_until timestamptz,
  consecutive_failures integer not null default 0,
  failing_since timestamptz,
  circuit_open_until timestamptz,
  paused_until timestamptz,
  check ((previous_secret is null) = (previous_secret_until is null))
);

-- A delivery has all that its message needs, so that it can be sent after the event's row is gone.
-- `settled_at`: since when it is in a state other than `waiting`. `decision`: a person's, about a dead
-- one. `step`: the place in the schedule of retries; a replay begins at 0, while `attempts` counts on.
-- The sender holds a claim on it, which expires by itself when the sender dies.
create table events.webhook_deliveries (
  id text primary key default orders.typeid('whd'),
  endpoint_id text not null references events.webhook_endpoints on delete cascade,
  event_id text not null,
  order_id text not null,
  sequence integer not null,
  position bigint not null,
  type text not null,
  version integer not null,
  event_at timestamptz not null,
  traceparent text not null,
  state text not null default 'waiting'
    check (state in ('waiting', 'delivered', 'dead', 'discarded')),
  attempts integer not null default 0,
  step integer not null default 0,
  next_attempt_at timestamptz not null default clock_timestamp(),
  claim text,
  claimed_until timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  decision text check (decision in ('replayed', 'discarded')),
  decided_by text,
  decided_reason text,
  decided_at timestamptz,
  unique (endpoint_id, event_id),
  check ((decision is null) = (decided_at is null))
);
create index webhook_deliveries_due
  on events.webhook_deliveries (endpoint_id, next_attempt_at, position) where state = 'waiting';
create index webhook_deliveries_in_the_way
  on events.webhook_deliveries (endpoint_id, order_id, sequence) where state in ('waiting', 'dead');
create index webhook_deliveries_claimed
  on events.webhook_deliveries (endpoint_id) where claim is not null;
create index webhook_deliveries_dead on events.webhook_deliveries (id) where state = 'dead';
create index webhook_deliveries_settled
  on events.webhook_deliveries (settled_at) where state in ('delivered', 'discarded');
create index webhook_deliveries_of_endpoint on events.webhook_deliveries (endpoint_id, id desc);

create table events.webhook_attempts (
  delivery_id text not null references events.webhook_deliveries on delete cascade,
  number integer not null,
  at timestamptz not null,
  duration_ms integer not null,
  status_code integer,
  error text,
  primary key (delivery_id, number),
  check ((status_code is null) <> (error is null))
);
