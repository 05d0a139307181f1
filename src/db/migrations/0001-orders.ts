import { sql, type Kysely, type Migration } from 'kysely';

/** Orders, their timeline and what belongs to them. `orders.append` is the only writer of a timeline. */
export const orders: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await tables.execute(db);
    await append.execute(db);
  },
};

const tables = sql`
  create schema orders;

  create table orders.sellers (
    id text primary key,
    name text not null,
    email text not null
  );
  create table orders.products (
    sku text primary key,
    title text not null,
    weight_grams integer not null check (weight_grams > 0),
    seller_id text not null references orders.sellers
  );
  create table orders.prices (
    sku text not null references orders.products,
    currency text not null,
    unit_price_minor bigint not null check (unit_price_minor >= 0),
    primary key (sku, currency)
  );

  create table orders.orders (
    id text primary key,
    customer_id text not null,
    status text not null,
    stage text not null,
    payment_status text not null,
    fulfillment_status text not null,
    status_since timestamptz not null,
    needs_attention boolean not null default false,
    revision integer not null default 0,
    last_sequence integer not null default 0,
    coordination text not null,
    currency text not null,
    total_minor bigint not null check (total_minor >= 0),
    metadata jsonb not null default '{}',
    created_at timestamptz not null,
    started_at timestamptz
  );
  create index orders_by_creation on orders.orders (created_at desc, id desc);
  create index orders_by_customer on orders.orders (customer_id, created_at desc, id desc);
  create index orders_by_status on orders.orders (status, created_at desc, id desc);
  create index orders_needing_attention on orders.orders (created_at desc, id desc)
    where needs_attention;
  create index orders_not_started on orders.orders (created_at) where started_at is null;

  create table orders.lines (
    order_id text not null references orders.orders,
    line_number integer not null,
    sku text not null,
    title text not null,
    quantity integer not null check (quantity > 0),
    unit_price_minor bigint not null check (unit_price_minor >= 0),
    weight_grams integer not null,
    seller_id text not null references orders.sellers,
    primary key (order_id, line_number)
  );
  create table orders.contacts (
    order_id text primary key references orders.orders,
    customer_name text not null,
    email text not null,
    phone text,
    member boolean not null,
    recipient text not null,
    line1 text not null,
    line2 text,
    city text not null,
    postal_code text not null,
    country text not null,
    payment_method text not null
  );
  create table orders.idempotency (
    key text primary key,
    fingerprint text not null,
    order_id text not null references orders.orders,
    response jsonb not null,
    created_at timestamptz not null default now()
  );

  create table orders.timeline (
    order_id text not null references orders.orders,
    sequence integer not null,
    entry_key text not null,
    type text not null,
    data jsonb not null,
    at timestamptz not null,
    primary key (order_id, sequence)
  );
  create index timeline_by_entry on orders.timeline (order_id, entry_key);

  create table orders.outbox (
    id bigint generated always as identity primary key,
    transaction_id xid8 not null default pg_current_xact_id(),
    order_id text not null,
    sequence integer not null,
    type text not null,
    data jsonb not null,
    at timestamptz not null,
    unique (order_id, sequence)
  );
  create table orders.attention (
    order_id text not null references orders.orders,
    reason text not null,
    subject text not null,
    raised_at timestamptz not null,
    resolved_at timestamptz
  );
  create unique index attention_open on orders.attention (order_id, reason, subject)
    where resolved_at is null;

  create table orders.shipments (
    id text primary key,
    order_id text not null references orders.orders,
    provider_id text,
    carrier text,
    tracking_number text unique,
    state text not null check (state in ('created', 'bought', 'voided')),
    created_at timestamptz not null default now()
  );
  create table orders.delivery_partners (
    id text primary key,
    name text not null,
    countries text[] not null
  );
  create table orders.delivery_assignments (
    order_id text primary key references orders.orders,
    partner_id text references orders.delivery_partners,
    assigned_at timestamptz not null default now(),
    released_at timestamptz
  );

  create table orders.webhooks (
    provider text not null,
    event_id text not null,
    order_id text,
    message jsonb,
    received_at timestamptz not null default now(),
    told_at timestamptz,
    delivered_at timestamptz,
    milestone text,
    attempts integer not null default 0,
    primary key (provider, event_id)
  );
  create index webhooks_undelivered on orders.webhooks (received_at)
    where delivered_at is null and message is not null;
`;

/**
 * The order's row is locked first, so that the sequence is gapless at every moment and is committed
 * in its own order. A key that was written before gives back what it wrote then.
 */
const append = sql`
  create function orders.append(
    p_order_id text, p_key text, p_facts jsonb, p_revision integer, p_state jsonb
  ) returns setof orders.timeline language plpgsql as $$
  declare
    current orders.orders;
    written_at timestamptz;
  begin
    select * into current from orders.orders where id = p_order_id for update;
    if not found then
      raise exception 'unknown order %', p_order_id using errcode = 'OR404';
    end if;

    return query select * from orders.timeline
      where order_id = p_order_id and entry_key = p_key order by sequence;
    if found then
      return;
    end if;
    if p_revision <= current.revision then
      raise exception 'revision % of % is past', p_revision, p_order_id using errcode = 'OR409';
    end if;

    written_at := clock_timestamp();
    insert into orders.timeline (order_id, sequence, entry_key, type, data, at)
      select p_order_id, current.last_sequence + fact.n, p_key,
             fact.value ->> 'type', fact.value - 'type', written_at
      from jsonb_array_elements(p_facts) with ordinality as fact (value, n);
    insert into orders.outbox (order_id, sequence, type, data, at)
      select order_id, sequence, type, data, at from orders.timeline
      where order_id = p_order_id and sequence > current.last_sequence order by sequence;

    if p_facts @? '$[*] ? (@.type starts with "attention.")' then
      insert into orders.attention (order_id, reason, subject, raised_at)
        select p_order_id, value ->> 'reason', value ->> 'subject', written_at
        from jsonb_array_elements(p_facts) where value ->> 'type' = 'attention.raised'
        on conflict do nothing;
      update orders.attention item set resolved_at = written_at
        from jsonb_array_elements(p_facts)
        where value ->> 'type' = 'attention.resolved' and item.order_id = p_order_id
          and item.reason = value ->> 'reason' and item.subject = value ->> 'subject'
          and item.resolved_at is null;
      update orders.orders set needs_attention = exists (
        select from orders.attention where order_id = p_order_id and resolved_at is null
      ) where id = p_order_id;
    end if;

    update orders.orders set
      last_sequence = current.last_sequence + jsonb_array_length(p_facts),
      revision = coalesce(p_revision, revision),
      status = coalesce(p_state ->> 'status', status),
      stage = coalesce(p_state ->> 'stage', stage),
      payment_status = coalesce(p_state ->> 'paymentStatus', payment_status),
      fulfillment_status = coalesce(p_state ->> 'fulfillmentStatus', fulfillment_status),
      status_since = case when p_state ->> 'status' <> status then written_at else status_since end
      where id = p_order_id;

    return query select * from orders.timeline
      where order_id = p_order_id and sequence > current.last_sequence order by sequence;
  end $$;
`;
