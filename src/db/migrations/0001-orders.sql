-- Orders, their timeline and outbox, and what else belongs to an order. Money is in minor units.

create schema orders;

-- TypeID, specification 0.3: a UUID of version 7 in Crockford's base 32.
create function orders.typeid(p_prefix text) returns text language plpgsql volatile as $$
declare
  alphabet constant text := '0123456789abcdefghjkmnpqrstvwxyz';
  milliseconds constant bigint := extract(epoch from clock_timestamp()) * 1000;
  random_part constant text := replace(gen_random_uuid()::text, '-', '');
  digits text := lpad(to_hex(milliseconds), 12, '0') || '7' || substr(random_part, 14);
  bits bit(130) := ('00' || ('x' || digits)::bit(128)::text)::bit(130);
  suffix text := '';
begin
  for place in 0..25 loop
    suffix := suffix || substr(alphabet, substring(bits from place * 5 + 1 for 5)::integer + 1, 1);
  end loop;
  return p_prefix || '_' || suffix;
end $$;

-- Catalogue and charges

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
create table orders.shipping_rates (
  country text not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor >= 0),
  primary key (country, currency)
);
create table orders.tax_rates (
  country text primary key,
  basis_points integer not null check (basis_points between 0 and 10000)
);
create table orders.discounts (
  code text primary key,
  basis_points integer not null check (basis_points between 0 and 10000)
);

-- Orders

-- The tax is the part of the gross total that the rate makes, rounded half up.
-- started_at: since when the order's workflow is known to run, at the latest from its first change on.
-- tracking_overdue_at: when a person has to ask why the carrier is silent about a parcel of a choreographed
-- order, for which no workflow counts the days. Null where no scan is expected.
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
  coordination text not null check (coordination in ('orchestrated', 'choreographed')),
  currency text not null,
  total_minor bigint not null check (total_minor >= 0),
  metadata jsonb not null default '{}',
  created_at timestamptz not null,
  started_at timestamptz,
  policy jsonb not null default '{"shortage": "cancel", "shipmentFailure": "refund_shipment",
    "lostParcel": "refund", "pointsAt": "confirmed"}',
  service_level text not null default 'standard',
  verification jsonb not null default '{"approval": [], "code": []}',
  code_channel text not null default 'email' check (code_channel in ('email', 'sms')),
  shipping_minor bigint not null default 0 check (shipping_minor >= 0),
  discount_minor bigint not null default 0 check (discount_minor >= 0),
  discount_code text,
  tax_basis_points integer not null default 0,
  tax_minor bigint not null generated always as
    (round(total_minor::numeric * tax_basis_points / (10000 + tax_basis_points))) stored,
  trace_id text,
  tracking_overdue_at timestamptz
);
create index orders_by_creation on orders.orders (created_at desc, id desc);
create index orders_by_customer on orders.orders (customer_id, created_at desc, id desc);
create index orders_by_status on orders.orders (status, created_at desc, id desc);
create index orders_needing_attention on orders.orders (created_at desc, id desc)
  where needs_attention;
create index orders_not_started on orders.orders (created_at) where started_at is null;
create index orders_open on orders.orders (id)
  where status not in ('delivered', 'cancelled', 'rejected', 'failed');
create index orders_with_overdue_tracking on orders.orders (tracking_overdue_at)
  where tracking_overdue_at is not null;

-- No order leaves its end state. A workflow task that timed out on a living worker may still write
-- what it computed from the state before the end, and nobody would correct that.
create function orders.keep_end() returns trigger language plpgsql as $$
begin
  new.status := old.status;
  new.stage := old.stage;
  new.payment_status := old.payment_status;
  new.fulfillment_status := old.fulfillment_status;
  new.status_since := old.status_since;
  return new;
end $$;
create trigger ended_orders_stay before update of status on orders.orders
  for each row when (
    old.status in ('delivered', 'cancelled', 'rejected', 'failed')
    and new.status not in ('delivered', 'cancelled', 'rejected', 'failed')
  ) execute function orders.keep_end();

-- amount_minor: what the line costs after the discount.
create table orders.lines (
  order_id text not null references orders.orders,
  line_number integer not null,
  sku text not null,
  title text not null,
  quantity integer not null check (quantity > 0),
  unit_price_minor bigint not null check (unit_price_minor >= 0),
  weight_grams integer not null,
  seller_id text not null references orders.sellers,
  amount_minor bigint not null check (amount_minor >= 0),
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
  payment_method text not null,
  created_at timestamptz not null default now()
);
create index contacts_by_payment_method on orders.contacts (payment_method, created_at);

create table orders.idempotency (
  key text primary key,
  fingerprint text not null,
  order_id text not null references orders.orders,
  response jsonb not null,
  created_at timestamptz not null default now()
);
create index idempotency_by_age on orders.idempotency (created_at);

-- What came from outside for a workflow. It is sent at once, and sent again by the relay until it is over:
-- the workflow has taken it or refused it, or its time has passed. A `notice` is for nobody. `content` is what must not enter the
-- history of a workflow. The id of a report is its provider's, so that each is stored once.
create table orders.messages (
  id text primary key,
  kind text not null,
  order_id text,
  -- The workflow's id. Null while nobody is known who waits for it.
  recipient text,
  body jsonb not null,
  content jsonb,
  fingerprint text,
  state text not null default 'waiting' check (state in ('waiting', 'taken', 'refused', 'expired')),
  answer jsonb,
  reason text,
  -- The one who stores a message sends it too: that is the first attempt.
  attempts integer not null default 1,
  next_attempt_at timestamptz not null default clock_timestamp() + interval '5 seconds',
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  applied_at timestamptz,
  overdue_since timestamptz,
  closed_at timestamptz,
  check ((state = 'waiting') = (closed_at is null))
);
create index messages_waiting on orders.messages (next_attempt_at) where state = 'waiting';
create index messages_closed on orders.messages (closed_at) where state <> 'waiting';
create index messages_overdue on orders.messages (overdue_since) where overdue_since is not null;

-- One-time codes: their digests alone. `verdicts` has the answer to each try that was counted.
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
);

-- Timeline, outbox, attention items, compensations: written by orders.append alone

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
create index timeline_by_time on orders.timeline using brin (at);
-- A dispute names its payment alone.
create index timeline_by_payment on orders.timeline ((data ->> 'paymentId'))
  where type in ('payment.authorized', 'payment.action_required', 'payment.late');

-- Facts move to the archive long after their order has ended. All readers read the history, so that a
-- late dispute, return or repeated entry finds what it needs; `orders.append` writes the timeline.
create table orders.timeline_archive (like orders.timeline including all);
create view orders.history as
  select * from orders.timeline union all select * from orders.timeline_archive;

create table orders.outbox (
  id bigint generated always as identity primary key,
  order_id text not null,
  sequence integer not null,
  type text not null,
  data jsonb not null,
  at timestamptz not null
);

-- Wakes the publisher. A notification makes commits wait for each other, so one transaction at a time
-- sends it; the publisher finds the others while it is awake, or with its next poll.
create function orders.notify_outbox() returns trigger language plpgsql as $$
begin
  if pg_try_advisory_xact_lock(hashtextextended('orders.outbox', 0)) then
    perform pg_notify('orders_outbox', '');
  end if;
  return null;
end $$;
create trigger outbox_notifies after insert on orders.outbox
  for each statement execute function orders.notify_outbox();

create table orders.attention (
  id text primary key default orders.typeid('att'),
  order_id text not null references orders.orders,
  reason text not null,
  subject text not null,
  raised_at timestamptz not null,
  resolved_at timestamptz,
  owner text not null,
  exposure_minor bigint,
  currency text,
  choices jsonb not null,
  error text,
  resolved_by text,
  choice text,
  note text
);
create unique index attention_open on orders.attention (order_id, reason, subject)
  where resolved_at is null;
create index attention_by_age on orders.attention (raised_at, id);
create index attention_open_by_age on orders.attention (raised_at, id) where resolved_at is null;
create index attention_still_open on orders.attention (reason, raised_at)
  where resolved_at is null;

create table orders.compensations (
  order_id text not null references orders.orders,
  key text not null,
  undo text not null,
  subject text,
  started_at timestamptz not null,
  done_at timestamptz,
  failed_at timestamptz,
  primary key (order_id, key)
);
create index compensations_open on orders.compensations (undo, started_at) where done_at is null;
create index compensations_by_start on orders.compensations (started_at);

create function orders.keep_attention(p_order_id text, p_facts jsonb, p_at timestamptz)
returns void language plpgsql as $$
begin
  insert into orders.attention
    (id, order_id, reason, subject, raised_at, owner, exposure_minor, currency, choices, error)
    select coalesce(value ->> 'id', orders.typeid('att')), p_order_id,
      value ->> 'reason', value ->> 'subject', p_at, value ->> 'owner',
      (value -> 'exposure' ->> 'amountMinor')::bigint, value -> 'exposure' ->> 'currency',
      value -> 'choices', value ->> 'error'
    from jsonb_array_elements(p_facts) where value ->> 'type' = 'attention.raised'
    on conflict do nothing;
  update orders.attention item set resolved_at = p_at, resolved_by = value ->> 'by',
    choice = value ->> 'choice', note = value ->> 'note'
    from jsonb_array_elements(p_facts)
    where value ->> 'type' = 'attention.resolved' and item.order_id = p_order_id
      and item.reason = value ->> 'reason' and item.subject = value ->> 'subject'
      and item.resolved_at is null;
  update orders.orders set needs_attention = exists (
    select from orders.attention where order_id = p_order_id and resolved_at is null
  ) where id = p_order_id;
end $$;

-- An undo stays open from the start of the compensation until its own entry is written or a person
-- has resolved it. One that a person was called for has failed, until it is done after all.
create function orders.keep_compensations(
  p_order_id text, p_key text, p_facts jsonb, p_at timestamptz
) returns void language plpgsql as $$
begin
  insert into orders.compensations (order_id, key, undo, subject, started_at)
    select p_order_id, due.key, split_part(due.key, ':', 1),
      nullif(split_part(due.key, ':', 2), ''), p_at
    from jsonb_array_elements(p_facts) fact,
      jsonb_array_elements_text(fact.value -> 'undos') due (key)
    where fact.value ->> 'type' = 'compensation.started'
    on conflict do nothing;
  update orders.compensations set failed_at = p_at
    from jsonb_array_elements(p_facts) fact
    where order_id = p_order_id and fact.value ->> 'type' = 'attention.raised'
      and fact.value ->> 'reason' = 'undo_stuck' and compensations.key = fact.value ->> 'subject'
      and done_at is null;
  update orders.compensations set done_at = p_at
    where order_id = p_order_id and done_at is null and (key = p_key or key in (
      select fact.value ->> 'undo' || coalesce(':' || (fact.value ->> 'subject'), '')
      from jsonb_array_elements(p_facts) fact where fact.value ->> 'type' = 'undo.settled'
    ));
end $$;

-- The only writer of a timeline, the order's row and its outbox. The order's row is locked first, so that
-- the sequence has no gaps and is committed in its own order. A key that was written before returns what
-- it wrote then. The lock is the weaker one: rows that only refer to the order, such as its shipments, do
-- not wait for it. Two services that each made such a row and then wrote would otherwise wait for each
-- other.
--
-- A revision counts the changes within a phase, and the phases by its thousands. A change of an earlier
-- phase is refused. Within a phase, parallel steps may be written in another order than their
-- revisions: the facts of the late one are kept, its state is not. `row_revision` is what the row shows
-- then; nobody can write in between.
create function orders.write(
  p_order_id text, p_key text, p_facts jsonb, p_revision integer, p_state jsonb,
  out facts jsonb, out row_revision integer
) language plpgsql as $$
declare
  last integer;
  has_ended boolean;
  state jsonb := p_state;
  written_at timestamptz;
begin
  select revision, last_sequence, status in ('delivered', 'cancelled', 'rejected', 'failed')
    into row_revision, last, has_ended
    from orders.orders where id = p_order_id for no key update;
  if not found then
    raise exception 'unknown order %', p_order_id using errcode = 'OR404';
  end if;

  facts := orders.entry(p_order_id, p_key, has_ended);
  if facts is not null then
    return;
  end if;
  if p_revision / 1000 < row_revision / 1000 then
    raise exception 'revision % of % is past', p_revision, p_order_id using errcode = 'OR409';
  end if;
  if p_revision < row_revision then
    state := null;
  end if;

  written_at := clock_timestamp();
  with entry as (
    insert into orders.timeline (order_id, sequence, entry_key, type, data, at)
    select p_order_id, last + fact.n, p_key, fact.value ->> 'type', fact.value - 'type', written_at
    from jsonb_array_elements(p_facts) with ordinality as fact (value, n)
    returning *
  ), event as (
    insert into orders.outbox (order_id, sequence, type, data, at)
    select order_id, sequence, type, data, at from entry order by sequence
  )
  select coalesce(jsonb_agg(to_jsonb(entry) order by sequence), '[]') into facts from entry;

  if p_facts @? '$[*] ? (@.type starts with "attention.")' then
    perform orders.keep_attention(p_order_id, p_facts, written_at);
  end if;
  if p_facts @? '$[*] ? (@.type == "compensation.started")' or exists (
    select from orders.compensations where order_id = p_order_id and done_at is null
  ) then
    perform orders.keep_compensations(p_order_id, p_key, p_facts, written_at);
  end if;

  row_revision := greatest(p_revision, row_revision);
  if state is null then
    update orders.orders set last_sequence = last + jsonb_array_length(p_facts),
      revision = row_revision
      where id = p_order_id;
  else
    update orders.orders set last_sequence = last + jsonb_array_length(p_facts),
      revision = row_revision, status = coalesce(state ->> 'status', status),
      stage = coalesce(state ->> 'stage', stage),
      payment_status = coalesce(state ->> 'paymentStatus', payment_status),
      fulfillment_status = coalesce(state ->> 'fulfillmentStatus', fulfillment_status),
      status_since = case when state ->> 'status' <> status then written_at else status_since end,
      started_at = coalesce(started_at, written_at)
      where id = p_order_id;
  end if;
  if p_facts @? '$[*] ? (@.type == "order.reduced" || @.type == "order.repriced")' then
    update orders.orders set total_minor = (
      select (fact.value -> 'total' ->> 'amountMinor')::bigint
      from jsonb_array_elements(p_facts) with ordinality as fact (value, n)
      where fact.value ->> 'type' in ('order.reduced', 'order.repriced') order by n desc limit 1
    ) where id = p_order_id;
  end if;
end $$;

-- What stands under a key; null when nothing does. Only facts of ended orders are in the archive.
create function orders.entry(p_order_id text, p_key text, p_has_ended boolean) returns jsonb
language plpgsql stable as $$
declare
  facts jsonb;
begin
  select jsonb_agg(to_jsonb(fact) order by sequence) into facts from orders.timeline fact
    where order_id = p_order_id and entry_key = p_key;
  if facts is null and p_has_ended then
    select jsonb_agg(to_jsonb(fact) order by sequence) into facts from orders.timeline_archive fact
      where order_id = p_order_id and entry_key = p_key;
  end if;
  return facts;
end $$;

-- Writes, and returns the entry as rows; for people and for other functions.
create function orders.append(
  p_order_id text, p_key text, p_facts jsonb, p_revision integer, p_state jsonb
) returns setof orders.timeline language plpgsql as $$
begin
  return query select entry.* from orders.write(p_order_id, p_key, p_facts, p_revision, p_state) written,
    jsonb_populate_recordset(null::orders.timeline, written.facts) entry;
end $$;

-- An effect on our books and the entry about it are one statement: `orders.open_entry`, then the effect,
-- then `orders.write_outcome`. Everybody takes locks in one order: the order's row, then what the effect
-- locks (0002-inventory.sql; a delivery's lock and its partners; a member's balance).

-- Locks the order's row before anything that many orders share. Returns the shortage that the order was
-- told under this key: it has gone on since, whatever came in.
create function orders.open_entry(p_order_id text, p_key text) returns jsonb language plpgsql as $$
declare
  short jsonb;
begin
  perform from orders.orders where id = p_order_id for no key update;
  select data into short from orders.timeline
    where order_id = p_order_id and entry_key = p_key and type = 'inventory.short';
  return '{"kind": "short"}' || short;
end $$;

-- Writes the entry for the way in which the effect ended, by the `kind` of its answer, if there is one. In
-- the facts, what only the answer knows is filled in: p_blanks has the answer's member for the fact's.
create function orders.write_outcome(
  p_order_id text, p_key text, p_answer jsonb, p_entries jsonb, p_blanks jsonb,
  out facts jsonb, out row_revision integer
) language plpgsql as $$
declare
  entry constant jsonb := p_entries -> coalesce(p_answer ->> 'kind', 'done');
begin
  if entry is null then
    return;
  end if;
  select written.facts, written.row_revision into facts, row_revision from orders.write(
    p_order_id, p_key, orders.filled(entry -> 'facts', p_answer, p_blanks),
    (entry ->> 'revision')::integer, entry -> 'state') written;
end $$;

create function orders.filled(p_facts jsonb, p_answer jsonb, p_blanks jsonb) returns jsonb
language sql immutable as $$
  select coalesce(jsonb_agg(fact.value || coalesce((
    select jsonb_object_agg(blank.key, p_answer -> blank.value)
    from jsonb_each_text(p_blanks) blank where fact.value ? blank.key
  ), '{}') order by n), '[]')
  from jsonb_array_elements(p_facts) with ordinality as fact (value, n);
$$;

-- Resolves an item for which no workflow waits. The order's row is locked before the item is read, as
-- orders.write does it: of two people one wins, and the other gets the winner's row.
create function orders.resolve_attention(p_id text, p_by text, p_choice text, p_note text)
returns setof orders.attention language plpgsql as $$
declare
  item orders.attention;
begin
  select * into item from orders.attention where id = p_id;
  if not found then
    return;
  end if;
  perform from orders.orders where id = item.order_id for update;
  perform from orders.attention where id = p_id and resolved_at is null;
  if found then
    perform orders.write(item.order_id, 'attention-resolved:' || p_id,
      jsonb_build_array(jsonb_build_object('type', 'attention.resolved',
        'reason', item.reason, 'subject', item.subject,
        'by', p_by, 'choice', p_choice, 'note', p_note)), null, null);
  end if;
  return query select * from orders.attention where id = p_id;
end $$;

-- Puts a staged address into force, once, and prices the order anew. It does nothing where the price
-- would change and p_may_reprice is false. The lock on the order's row puts changes one after another.
create function orders.apply_address(p_order_id text, p_change_id text, p_may_reprice boolean)
returns table (applied boolean, currency text, shipping_minor bigint, total_minor bigint)
language plpgsql as $$
#variable_conflict use_column
declare
  target orders.orders;
  staged orders.messages;
  fee bigint;
begin
  select * into target from orders.orders where id = p_order_id for update;
  select * into staged from orders.messages
    where id = p_change_id and order_id = p_order_id and kind = 'changeAddress'
      and (content is not null or applied_at is not null) for update;
  if not found then
    return;
  end if;
  if staged.applied_at is not null then
    return query select true, target.currency, target.shipping_minor, target.total_minor;
    return;
  end if;

  fee := coalesce((select rate.amount_minor from orders.shipping_rates rate
    where rate.country = staged.content ->> 'country' and rate.currency = target.currency), 0);
  if fee <> target.shipping_minor and not p_may_reprice then
    return query select false, target.currency, target.shipping_minor, target.total_minor;
    return;
  end if;

  update orders.contacts set recipient = staged.content ->> 'name',
    line1 = staged.content ->> 'line1', line2 = staged.content ->> 'line2',
    city = staged.content ->> 'city', postal_code = staged.content ->> 'postalCode',
    country = staged.content ->> 'country'
    where order_id = p_order_id;
  update orders.messages set applied_at = clock_timestamp(), content = null where id = p_change_id;
  return query update orders.orders o set
    shipping_minor = fee,
    total_minor = o.total_minor - o.shipping_minor + fee,
    tax_basis_points = coalesce((select rate.basis_points from orders.tax_rates rate
      where rate.country = staged.content ->> 'country'), 0)
    where o.id = p_order_id
    returning true, o.currency, o.shipping_minor, o.total_minor;
end $$;

-- Payments

-- What to do about a report that a payment was authorized or failed:
--   'none': the echo of our own call, or about an order that is not ours, or of no consequence now.
--   'signal': the order waits for its customer to confirm exactly this payment.
--   'late': the order has given up on the payment, but money is held or taken.
--   'wait': the order does not know the payment yet, or has not decided about it.
--
-- A payment that the order has as authorized is its own: the order voids or refunds it, so it is never
-- late. An order has given up on a payment when it ended as cancelled, rejected or failed, or was
-- refused after it had asked the customer to confirm this one. What an ended order voided or refunded
-- covers every unknown payment that was made before; the provider's clock counts whole seconds, hence
-- the second that is added.
create function orders.payment_event_meaning(
  p_order_id text, p_payment_id text, p_outcome text, p_happened_at timestamptz,
  p_received_at timestamptz
) returns text language plpgsql stable as $$
declare
  patience constant interval := '15 minutes';
  current record;
  is_own boolean;
  asked_at integer;
  refused_at integer;
  taken_back_at timestamptz;
begin
  select status, stage into current from orders.orders where id = p_order_id;
  if not found then
    return 'none';
  end if;
  select
    bool_or(type in ('payment.authorized', 'payment.late') and data ->> 'paymentId' = p_payment_id),
    max(sequence) filter (
      where type = 'payment.action_required' and data ->> 'paymentId' = p_payment_id),
    max(sequence) filter (where type in ('payment.declined', 'payment.action_failed')),
    max(at) filter (where type in ('payment.voided', 'payment.refunded'))
    into is_own, asked_at, refused_at, taken_back_at
    from orders.history where order_id = p_order_id and type like 'payment.%';

  if is_own then
    return 'none';
  elsif refused_at > asked_at then
    return case when p_outcome = 'authorized' then 'late' else 'none' end;
  elsif current.stage = 'confirm_payment' and asked_at is not null then
    return 'signal';
  elsif current.status in ('cancelled', 'rejected', 'failed') then
    return case when p_outcome = 'authorized'
      and (taken_back_at >= p_happened_at + interval '1 second') is not true
      then 'late' else 'none' end;
  elsif current.status = 'delivered' then
    return 'none';
  elsif p_outcome = 'failed' and (asked_at is not null or p_received_at < now() - patience) then
    return 'none';
  end if;
  return 'wait';
end $$;

-- Shipments and delivery partners

create table orders.shipments (
  id text primary key,
  order_id text not null references orders.orders,
  provider_id text,
  carrier text,
  tracking_number text unique,
  state text not null check (state in ('created', 'bought', 'voided')),
  created_at timestamptz not null default now(),
  kind text not null default 'outbound' check (kind in ('outbound', 'return', 'replacement')),
  warehouse_id text,
  return_id text,
  tracking_url text,
  route_digest text
);
create index shipments_by_order on orders.shipments (order_id);

-- 'lost' when the shipment was voided meanwhile, or has another one at the carrier.
create function orders.mark_bought(
  p_shipment_id text, p_provider_id text, p_carrier text, p_tracking_number text, p_tracking_url text
) returns text language plpgsql as $$
begin
  update orders.shipments set state = 'bought', carrier = p_carrier,
    tracking_number = p_tracking_number, tracking_url = p_tracking_url
    where id = p_shipment_id and provider_id = p_provider_id and state <> 'voided';
  return case when found then 'bought' else 'lost' end;
end $$;

-- Whether a timeline shows what a milestone of a shipment leads to. Scans may be lost or come late: a
-- later milestone implies the hand-over, and a delivery implies all. A parcel that moved on after an
-- exception can meet another one.
create function orders.shows_milestone(p_order_id text, p_shipment_id text, p_milestone text)
returns boolean language sql stable as $$
  select exists (
    select from orders.history fact
    where fact.order_id = p_order_id and fact.data ->> 'shipmentId' = p_shipment_id
      and case
        when fact.type = 'shipment.delivered' then true
        when p_milestone = 'handed_over' then fact.type in ('shipment.handed_over',
          'shipment.exception', 'shipment.lost', 'shipment.returned_to_sender')
        when p_milestone = 'exception' and fact.type = 'shipment.exception' then not exists (
          select from orders.history scan
          where scan.order_id = p_order_id and scan.data ->> 'shipmentId' = p_shipment_id
            and scan.type = 'shipment.scanned' and scan.sequence > fact.sequence
            and scan.data ->> 'status' in ('in_transit', 'out_for_delivery')
        )
        else fact.type = 'shipment.' || p_milestone
      end
  )
$$;

-- No prefix: the whole country. No capacity: unlimited, neither counted nor locked.
create table orders.delivery_partners (
  id text primary key,
  name text not null,
  countries text[] not null,
  postal_prefixes text[] not null default '{}',
  capacity integer check (capacity >= 0),
  answers text not null default 'at_once' check (answers in ('at_once', 'by_hand')),
  email text
);
create table orders.delivery_assignments (
  order_id text primary key references orders.orders,
  partner_id text references orders.delivery_partners,
  assigned_at timestamptz not null default now(),
  released_at timestamptz
);
-- An offer counts against the capacity until it is closed. One without a partner says that there was
-- nobody to ask in that round.
create table orders.delivery_offers (
  id text primary key default orders.typeid('off'),
  order_id text not null references orders.orders,
  partner_id text references orders.delivery_partners,
  round integer not null check (round >= 0),
  state text not null
    check (state in ('offered', 'accepted', 'declined', 'silent', 'released', 'none')),
  offered_at timestamptz not null default clock_timestamp(),
  until timestamptz,
  answered_at timestamptz,
  notified_at timestamptz,
  closed_at timestamptz,
  unique (order_id, round),
  check ((partner_id is null) = (state = 'none'))
);
create index delivery_offers_by_partner on orders.delivery_offers (partner_id, id desc);
create index delivery_offers_open on orders.delivery_offers (partner_id) where closed_at is null;
create index delivery_offers_to_notify on orders.delivery_offers (until)
  where notified_at is null and until is not null;

-- The offer of a round; the same round has one answer. The partner with the narrowest area is asked
-- first. Partners with a capacity are locked in the order of their ids before their orders are counted.
-- An order that has a partner, or that was released, is offered to nobody.
create function orders.make_delivery_offer(
  p_order_id text, p_round integer, p_country text, p_postal_code text, p_accept_ms bigint,
  p_at timestamptz
) returns setof orders.delivery_offers language plpgsql as $$
declare
  candidate_ids text[];
  carried orders.delivery_assignments;
  chosen orders.delivery_partners;
begin
  perform pg_advisory_xact_lock(hashtextextended('delivery:' || p_order_id, 0));
  return query select * from orders.delivery_offers
    where order_id = p_order_id and round = p_round;
  if found then
    return;
  end if;

  update orders.delivery_offers set state = 'silent', closed_at = clock_timestamp()
    where order_id = p_order_id and state = 'offered';
  select * into carried from orders.delivery_assignments where order_id = p_order_id;
  if carried.order_id is null then
    select array_agg(id) into candidate_ids from orders.delivery_partners partner
      where p_country = any (countries) and (answers = 'at_once' or p_accept_ms > 0)
        and (postal_prefixes = '{}' or exists (
          select from unnest(postal_prefixes) prefix where starts_with(p_postal_code, prefix)))
        and not exists (select from orders.delivery_offers earlier
          where earlier.order_id = p_order_id and earlier.partner_id = partner.id);
    perform from orders.delivery_partners
      where id = any (candidate_ids) and capacity is not null order by id for no key update;
    if found then
      -- So that the count of a partner's open offers stays short.
      update orders.delivery_offers offer set closed_at = clock_timestamp() from orders.orders o
        where offer.partner_id = any (candidate_ids) and offer.closed_at is null
          and o.id = offer.order_id and o.status in ('delivered', 'cancelled', 'rejected', 'failed');
    end if;
    select partner.* into chosen from orders.delivery_partners partner
      where id = any (candidate_ids) and (capacity is null or capacity > (
        select count(*) from orders.delivery_offers open
        where open.partner_id = partner.id and open.closed_at is null))
      order by (
        select max(length(prefix)) from unnest(postal_prefixes) prefix
        where starts_with(p_postal_code, prefix)
      ) desc nulls last, id limit 1;
  end if;

  if chosen.id is null then
    return query insert into orders.delivery_offers (order_id, round, state, closed_at)
      values (p_order_id, p_round, 'none', clock_timestamp()) returning *;
  elsif chosen.answers = 'at_once' then
    insert into orders.delivery_assignments (order_id, partner_id) values (p_order_id, chosen.id);
    return query insert into orders.delivery_offers
      (order_id, partner_id, round, state, offered_at, answered_at)
      values (p_order_id, chosen.id, p_round, 'accepted', p_at, clock_timestamp()) returning *;
  else
    return query insert into orders.delivery_offers
      (order_id, partner_id, round, state, offered_at, until)
      values (p_order_id, chosen.id, p_round, 'offered', p_at,
        clock_timestamp() + p_accept_ms * interval '1 millisecond') returning *;
  end if;
end $$;

-- Answers an open offer; a closed one stays as it is. Returns the offer's row.
create function orders.answer_delivery_offer(p_offer_id text, p_answer text)
returns setof orders.delivery_offers language plpgsql as $$
declare
  offer orders.delivery_offers;
begin
  select * into offer from orders.delivery_offers where id = p_offer_id;
  if not found then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('delivery:' || offer.order_id, 0));

  update orders.delivery_offers set answered_at = clock_timestamp(),
    state = case p_answer when 'accept' then 'accepted' when 'decline' then 'declined'
      else 'silent' end,
    closed_at = case when p_answer <> 'accept' then clock_timestamp() end
    where id = p_offer_id and state = 'offered';
  if found and p_answer = 'accept' then
    insert into orders.delivery_assignments (order_id, partner_id)
      values (offer.order_id, offer.partner_id);
  end if;
  return query select * from orders.delivery_offers where id = p_offer_id;
end $$;

-- Releases the partner or withdraws the open offer, and bars every later one. Returns whether there
-- was any.
create function orders.release_delivery(p_order_id text) returns boolean
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('delivery:' || p_order_id, 0));
  update orders.delivery_offers set state = 'released', closed_at = clock_timestamp()
    where order_id = p_order_id and state in ('offered', 'accepted');
  insert into orders.delivery_assignments as assignment (order_id, released_at)
    values (p_order_id, clock_timestamp())
    on conflict (order_id) do update
      set released_at = coalesce(assignment.released_at, excluded.released_at);
  return exists (
    select from orders.delivery_assignments where order_id = p_order_id and partner_id is not null
    union all
    select from orders.delivery_offers where order_id = p_order_id and state = 'released'
  );
end $$;

-- Messages to workflows

-- Finds out who waits for a report by now, and closes it once its order shows what it leads to: only the
-- effect proves that a signal was handled. What people ask for is answered by the workflow itself.
create function orders.directed(message orders.messages) returns orders.messages
language plpgsql as $$
declare
  parcel record;
  has_ended boolean := false;
  meaning text;
  is_over boolean := false;
begin
  if message.kind = 'carrierEvent' then
    select shipment.id, shipment.order_id, shipment.kind, target.coordination,
        target.status in ('delivered', 'cancelled', 'rejected', 'failed') as has_ended into parcel
      from orders.shipments shipment join orders.orders target on target.id = shipment.order_id
      where shipment.tracking_number = message.content ->> 'trackingNumber';
    if found and message.order_id is null then
      message.order_id := parcel.order_id;
      message.recipient := parcel.order_id;
      message.body := message.body || jsonb_build_object('shipmentId', parcel.id);
      -- The scans of a return are not for the order's timeline; the return's own facts are.
      if parcel.kind <> 'return' then
        perform orders.write(parcel.order_id, message.id, jsonb_build_array(jsonb_build_object(
          'type', 'shipment.scanned', 'shipmentId', parcel.id,
          'status', message.content ->> 'status')), null, null);
      end if;
    end if;
    -- Other reports may still be waited for after the end: an offer is, and a late payment is given back.
    has_ended := message.order_id is not null and parcel.has_ended;
    is_over := message.order_id is not null and (message.body ->> 'milestone' is null
      or parcel.kind = 'return' or parcel.coordination = 'choreographed' or has_ended
      or orders.shows_milestone(parcel.order_id, parcel.id, message.body ->> 'milestone'));
  elsif message.kind = 'paymentEvent' then
    meaning := orders.payment_event_meaning(message.order_id, message.body ->> 'paymentId',
      message.body ->> 'outcome', (message.content ->> 'happenedAt')::timestamptz,
      message.created_at);
    is_over := meaning = 'none';
    message.recipient := case meaning when 'signal' then message.order_id
      when 'late' then 'late_' || (message.body ->> 'paymentId') end;
  elsif message.kind = 'stockArrived' then
    is_over := not exists (select from inventory.waiting
      where place = (message.content ->> 'place')::bigint and state = 'served');
  elsif message.kind = 'partnerAnswer' then
    is_over := exists (select from orders.history where order_id = message.order_id and (
      type in ('delivery_partner.assigned', 'delivery_partner.released')
      or type = 'delivery_partner.declined' and data ->> 'offerId' = message.body ->> 'offerId'));
  elsif message.kind = 'notice' then
    is_over := true;
  end if;
  if is_over then
    message.state := 'taken';
    message.closed_at := clock_timestamp();
  end if;
  return message;
end $$;

-- Stores a message once; the same id returns the first one as it stands by now. The order's row is locked
-- before the message's, as orders.apply_address does it.
create function orders.store_message(p_message jsonb, out is_new boolean, out stored orders.messages)
language plpgsql as $$
begin
  select * into stored from orders.messages where id = p_message ->> 'id';
  is_new := not found;
  if not is_new then
    return;
  end if;
  stored := jsonb_populate_record(null::orders.messages, p_message);
  stored.state := 'waiting';
  stored.attempts := 1;
  stored.created_at := clock_timestamp();
  stored.next_attempt_at := stored.created_at + interval '5 seconds';
  stored := orders.directed(stored);
  insert into orders.messages select stored.* on conflict do nothing;
  is_new := found;
  if not is_new then
    select * into stored from orders.messages where id = p_message ->> 'id';
  end if;
end $$;

-- A workflow whose tasks fail handles no message: it is sent none until it is mended.
create function orders.is_failing(p_order_id text, p_workflow_id text) returns boolean
language sql stable return exists (
  select from orders.attention where order_id = p_order_id and subject = p_workflow_id
    and reason = 'workflow_task_failing' and resolved_at is null);

-- Takes waiting messages whose next attempt is due. The pauses double from 5 seconds to 10 minutes.
create function orders.take_due_messages(p_limit integer) returns setof orders.messages
language plpgsql as $$
declare
  message orders.messages;
begin
  for message in
    with due as (
      select id from orders.messages m
      -- Not clock_timestamp(), by which no index can be searched.
      where state = 'waiting' and next_attempt_at <= now()
        and not orders.is_failing(m.order_id, m.recipient)
      order by next_attempt_at limit p_limit for update skip locked
    )
    update orders.messages m set attempts = attempts + 1, next_attempt_at = clock_timestamp()
      + least(interval '5 seconds' * 2 ^ least(attempts, 7), interval '10 minutes')
    from due where m.id = due.id returning m.*
  loop
    message := orders.directed(message);
    return query update orders.messages set order_id = message.order_id,
        recipient = message.recipient, body = message.body, state = message.state,
        closed_at = message.closed_at
      where id = message.id returning *;
  end loop;
end $$;

-- Returns

-- What is refunded, and from which payment, is null until the warehouse has inspected the goods; from
-- then on it is final.
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

-- Reconciliation: what each comparison of our ledgers with the providers' found

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
