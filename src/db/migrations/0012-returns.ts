import { sql, type Kysely, type Migration } from 'kysely';

/** Returns of delivered orders, and what the warehouse found. Money is in minor units. */
export const returns: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await tables.execute(db);
  },
};

/**
 * What is refunded, from which payment, is null until the warehouse has looked at the goods; then it
 * is decided for good.
 */
const tables = sql`
  create table orders.returns (
    id text primary key,
    order_id text not null references orders.orders,
    kind text not null check (kind in ('refund', 'exchange')),
    status text not null,
    status_since timestamptz not null,
    requested_by text not null,
    approval jsonb not null default '[]',
    reason text,
    amount_minor bigint not null check (amount_minor >= 0),
    currency text not null,
    refunds jsonb,
    refund_minor bigint check (refund_minor >= 0),
    points integer,
    everything_back boolean,
    carrier text,
    tracking_number text,
    exchange_order_id text references orders.orders,
    created_at timestamptz not null,
    started_at timestamptz
  );
  create index returns_by_order on orders.returns (order_id, created_at, id);
  create index returns_not_started on orders.returns (created_at) where started_at is null;

  create table orders.return_lines (
    return_id text not null references orders.returns,
    line_number integer not null,
    sku text not null,
    quantity integer not null check (quantity > 0),
    amount_minor bigint not null check (amount_minor >= 0),
    reason text not null,
    restocked integer not null default 0 check (restocked >= 0),
    scrapped integer not null default 0 check (scrapped >= 0),
    refused integer not null default 0 check (refused >= 0),
    primary key (return_id, line_number),
    unique (return_id, sku),
    check (restocked + scrapped + refused <= quantity)
  );
`;
