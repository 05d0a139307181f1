import { sql, type Kysely, type Migration } from 'kysely';

/** Who gets events over HTTP, what is due to whom, and what came of each try. */
export const webhooksOut: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await endpoints.execute(db);
    await deliveries.execute(db);
  },
};

/**
 * `begins_after` is the position of the newest event when the endpoint was made: it gets later ones.
 * `failing_since` is the first failure since the last success. While the circuit is open nothing is
 * sent; then one delivery goes through, and what becomes of it decides.
 */
const endpoints = sql`
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
`;

/**
 * A delivery has all that its message needs, so that it can be sent whatever became of the event's
 * row. `settled_at` is when it got its state, unless that is `waiting`; the decision is a person's about
 * one that was dead. `step` is the place in the schedule of retries: a replay begins at 0 again, while `attempts`
 * counts on. Whoever sends one holds a claim on it, which ends by itself when its holder dies.
 */
const deliveries = sql`
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
    on events.webhook_deliveries (endpoint_id, order_id, sequence)
    where state in ('waiting', 'dead');
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
`;
