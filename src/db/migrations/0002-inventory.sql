-- Stock in several warehouses as an append-only ledger of movements, with checked counts beside it;
-- holds made of parts; a queue of orders that wait for goods.
--
-- Everybody takes locks in one order: an order's row, a receipt's key, a hold, the queue, items by SKU and
-- warehouse. A holder of item locks that wants a hold only tries, and never waits; it wants no order's row.
-- So nobody waits for a busy order while many wait for its goods.

create schema inventory;

create table inventory.warehouses (
  id text primary key,
  name text not null,
  line1 text not null,
  city text not null,
  postal_code text not null,
  country text not null,
  priority integer not null unique
);
insert into inventory.warehouses (id, name, line1, city, postal_code, country, priority)
  values ('wh_hamburg', 'Warehouse', '5 Dock Street', 'Hamburg', '20457', 'DE', 1);

create table inventory.items (
  sku text not null,
  warehouse_id text not null references inventory.warehouses,
  on_hand integer not null default 0 check (on_hand >= 0),
  held integer not null default 0 check (held >= 0),
  primary key (sku, warehouse_id),
  check (on_hand >= held)
);
create table inventory.movements (
  id bigint generated always as identity primary key,
  sku text not null,
  warehouse_id text not null,
  kind text not null check (kind in ('receipt', 'restock', 'hold', 'release', 'issue')),
  quantity integer not null check (quantity > 0),
  hold_id text,
  at timestamptz not null default clock_timestamp(),
  foreign key (sku, warehouse_id) references inventory.items
);
create index movements_by_hold on inventory.movements (hold_id);

-- A hold has ended when none of its lines is held; a released one bars a late reserve.
create table inventory.holds (
  hold_id text primary key,
  state text not null check (state in ('held', 'released', 'issued')),
  dropped jsonb not null default '[]',
  expires_at timestamptz not null
);
create index holds_by_expiry on inventory.holds (expires_at) where state = 'held';
create table inventory.hold_lines (
  hold_id text not null references inventory.holds,
  warehouse_id text not null,
  sku text not null,
  quantity integer not null check (quantity > 0),
  state text not null check (state in ('held', 'released', 'issued')),
  primary key (hold_id, warehouse_id, sku),
  foreign key (sku, warehouse_id) references inventory.items
);
create index hold_lines_held on inventory.hold_lines (sku, warehouse_id) where state = 'held';

-- An order that waits claims goods in its place of the queue; those behind it get what is left. Once
-- served, its goods are held until it asks for them again; then it has left.
create table inventory.waiting (
  place bigint generated always as identity primary key,
  order_id text not null unique,
  state text not null check (state in ('waiting', 'served', 'left')),
  since timestamptz not null default clock_timestamp()
);
create index waiting_served on inventory.waiting (place) where state = 'served';
create table inventory.claims (
  sku text not null,
  place bigint not null references inventory.waiting on delete cascade,
  quantity integer not null check (quantity > 0),
  primary key (sku, place)
);
create index claims_by_place on inventory.claims (place);

create table inventory.receipts (
  key text primary key,
  fingerprint text not null,
  sku text not null,
  warehouse_id text not null,
  quantity integer not null,
  served text[] not null,
  at timestamptz not null default clock_timestamp()
);
create table inventory.restocks (
  key text primary key,
  lines jsonb not null,
  at timestamptz not null default clock_timestamp()
);

-- Locks

-- One caller at a time for each hold, also for one that does not exist yet.
create function inventory.hold_lock(p_hold_id text) returns bigint language sql immutable as $$
  select hashtextextended('hold:' || p_hold_id, 0);
$$;

create function inventory.lock_queue() returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('inventory.waiting', 0));
end $$;

create function inventory.lock_items(p_skus text[]) returns void language plpgsql as $$
begin
  perform from inventory.items where sku = any(p_skus) order by sku, warehouse_id for update;
end $$;

-- Holds

-- Lines of one SKU count together.
create function inventory.asked(p_lines jsonb) returns table (sku text, quantity integer)
language sql immutable as $$
  select line.sku, sum(line.quantity)::integer
  from jsonb_to_recordset(p_lines) as line (sku text, quantity integer)
  group by line.sku order by line.sku;
$$;

-- What is available to an order: all that is free, less what the orders before it wait for. An order
-- that is not in the queue comes last.
create function inventory.offer(p_hold_id text, p_lines jsonb)
returns table (sku text, asked integer, available bigint) language sql stable as $$
  select line.sku, line.quantity, greatest(0,
    coalesce((select sum(item.on_hand - item.held) from inventory.items item
      where item.sku = line.sku), 0)
    - coalesce((select sum(claim.quantity) from inventory.claims claim
      where claim.sku = line.sku and claim.place < coalesce(
        (select place from inventory.waiting where order_id = p_hold_id and state = 'waiting'),
        9223372036854775807)), 0))
  from inventory.asked(p_lines) line;
$$;

-- Sets goods aside that are known to be available: one warehouse that has them all, or line by line.
create function inventory.take(
  p_hold_id text, p_lines jsonb, p_dropped jsonb, p_expires_at timestamptz
) returns void language plpgsql as $$
declare
  sole text := (
    select warehouse.id from inventory.warehouses warehouse
    where not exists (
      select from inventory.asked(p_lines) line
      left join inventory.items item
        on item.sku = line.sku and item.warehouse_id = warehouse.id
      where coalesce(item.on_hand - item.held, 0) < line.quantity
    )
    order by warehouse.priority limit 1
  );
begin
  insert into inventory.holds (hold_id, state, dropped, expires_at)
    values (p_hold_id, 'held', p_dropped, p_expires_at);
  with shelves as (
    select item.sku, item.warehouse_id, line.quantity as wanted, item.on_hand - item.held as free,
      coalesce(sum(item.on_hand - item.held) over (partition by item.sku
        order by warehouse.priority rows between unbounded preceding and 1 preceding), 0) as before
    from inventory.asked(p_lines) line
    join inventory.items item on item.sku = line.sku
    join inventory.warehouses warehouse on warehouse.id = item.warehouse_id
    where sole is null or item.warehouse_id = sole
  ), part as (
    insert into inventory.hold_lines (hold_id, warehouse_id, sku, quantity, state)
    select p_hold_id, warehouse_id, sku, least(free, wanted - before), 'held'
    from shelves where free > 0 and wanted > before
    returning sku, warehouse_id, quantity
  ), counted as (
    update inventory.items item set held = item.held + part.quantity
    from part where item.sku = part.sku and item.warehouse_id = part.warehouse_id
  )
  insert into inventory.movements (sku, warehouse_id, kind, quantity, hold_id)
    select sku, warehouse_id, 'hold', quantity, p_hold_id from part;
end $$;

-- A hold as its caller is answered.
create function inventory.reservation(p_hold_id text) returns jsonb language sql stable as $$
  select jsonb_build_object('kind', 'reserved', 'dropped', hold.dropped, 'allotments', coalesce((
    select jsonb_agg(
      jsonb_build_object('warehouseId', part.warehouse_id, 'lines', part.lines)
      order by part.priority)
    from (
      select line.warehouse_id, warehouse.priority, jsonb_agg(
        jsonb_build_object('sku', line.sku, 'quantity', line.quantity) order by line.sku) as lines
      from inventory.hold_lines line
      join inventory.warehouses warehouse on warehouse.id = line.warehouse_id
      where line.hold_id = p_hold_id group by line.warehouse_id, warehouse.priority
    ) part
  ), '[]'))
  from inventory.holds hold where hold.hold_id = p_hold_id;
$$;

-- All lines or none; with p_partial, what is available of them. Reserving removes the order from the
-- queue.
create function inventory.reserve(
  p_hold_id text, p_lines jsonb, p_partial boolean, p_expires_at timestamptz
) returns jsonb language plpgsql as $$
declare
  existing text;
  short jsonb;
  there jsonb;
  dropped jsonb;
begin
  perform pg_advisory_xact_lock(inventory.hold_lock(p_hold_id));
  select state into existing from inventory.holds where hold_id = p_hold_id;
  if existing = 'released' then
    raise exception 'the hold of % was released', p_hold_id using errcode = 'IN409';
  end if;
  if existing is null then
    perform inventory.lock_items(array(select line.sku from inventory.asked(p_lines) line));
    select
      jsonb_agg(to_jsonb(line)) filter (where available < asked),
      jsonb_agg(jsonb_build_object('sku', sku, 'quantity', least(asked, available)))
        filter (where available > 0),
      jsonb_agg(jsonb_build_object('sku', sku, 'quantity', asked - available))
        filter (where available < asked)
      into short, there, dropped
      from inventory.offer(p_hold_id, p_lines) line;
    if short is not null and (not p_partial or there is null) then
      return jsonb_build_object('kind', 'short', 'lines', short);
    end if;
    perform inventory.take(
      p_hold_id, coalesce(there, '[]'), coalesce(dropped, '[]'), p_expires_at);
  end if;
  perform inventory.leave(p_hold_id);
  return inventory.reservation(p_hold_id);
end $$;

-- Ends a hold, or one warehouse's part of it: 'released' makes the stock free again, 'issued' takes it
-- out of the ledger. Returns whether it did. Releasing what does not exist leaves a tombstone, so that a
-- late reserve is refused.
create function inventory.end_hold(p_hold_id text, p_state text, p_warehouse_id text)
returns boolean language plpgsql as $$
declare
  is_settled boolean;
begin
  perform pg_advisory_xact_lock(inventory.hold_lock(p_hold_id));
  if p_state = 'released' and p_warehouse_id is null then
    perform inventory.leave(p_hold_id);
    insert into inventory.holds (hold_id, state, expires_at)
      values (p_hold_id, 'released', clock_timestamp()) on conflict do nothing;
  end if;

  perform from inventory.items item
    where (item.sku, item.warehouse_id) in (
      select line.sku, line.warehouse_id from inventory.hold_lines line
      where line.hold_id = p_hold_id and line.state = 'held'
        and line.warehouse_id = coalesce(p_warehouse_id, line.warehouse_id)
    )
    order by item.sku, item.warehouse_id for update;
  with ended as (
    update inventory.hold_lines set state = p_state
    where hold_id = p_hold_id and state = 'held'
      and warehouse_id = coalesce(p_warehouse_id, warehouse_id)
    returning sku, warehouse_id, quantity
  ), counted as (
    update inventory.items item set
      held = item.held - ended.quantity,
      on_hand = item.on_hand - case when p_state = 'issued' then ended.quantity else 0 end
    from ended where item.sku = ended.sku and item.warehouse_id = ended.warehouse_id
  )
  insert into inventory.movements (sku, warehouse_id, kind, quantity, hold_id)
    select sku, warehouse_id, case when p_state = 'issued' then 'issue' else 'release' end,
      quantity, p_hold_id
    from ended;
  is_settled := found;

  update inventory.holds set state = p_state
    where hold_id = p_hold_id and state = 'held' and not exists (
      select from inventory.hold_lines where hold_id = p_hold_id and state = 'held'
    );
  if found then
    perform inventory.leave(p_hold_id);
  end if;
  return is_settled;
end $$;

-- Keeps a hold from expiring before p_expires_at. A released hold cannot be kept.
create function inventory.extend(p_hold_id text, p_expires_at timestamptz)
returns timestamptz language plpgsql as $$
declare
  held_until timestamptz;
begin
  update inventory.holds set expires_at = case state
      when 'held' then greatest(expires_at, p_expires_at) else expires_at end
    where hold_id = p_hold_id and state <> 'released'
    returning expires_at into held_until;
  if not found then
    raise exception '% holds nothing', p_hold_id using errcode = 'IN409';
  end if;
  return held_until;
end $$;

-- The queue

-- What was set aside for the order stays set aside.
create function inventory.leave(p_order_id text) returns void language plpgsql as $$
declare
  own_place bigint;
begin
  update inventory.waiting set state = 'left' where order_id = p_order_id and state <> 'left'
    returning place into own_place;
  if found then
    delete from inventory.claims where place = own_place;
  end if;
end $$;

create function inventory.dequeue(p_order_id text) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(inventory.hold_lock(p_order_id));
  perform inventory.leave(p_order_id);
end $$;

-- Goods may have come since the order was refused: then it is served at once.
create function inventory.enqueue(p_order_id text, p_lines jsonb, p_expires_at timestamptz)
returns void language plpgsql as $$
declare
  is_served boolean;
  own_place bigint;
begin
  perform pg_advisory_xact_lock(inventory.hold_lock(p_order_id));
  if exists (
    select from inventory.holds where hold_id = p_order_id and state <> 'released'
  ) then
    return;
  end if;
  perform inventory.lock_queue();
  is_served := inventory.reserve(p_order_id, p_lines, false, p_expires_at) ->> 'kind' = 'reserved';
  delete from inventory.waiting where order_id = p_order_id and state = 'left';
  insert into inventory.waiting (order_id, state)
    values (p_order_id, case when is_served then 'served' else 'waiting' end)
    on conflict do nothing returning place into own_place;
  if not is_served and own_place is not null then
    insert into inventory.claims (sku, place, quantity)
      select line.sku, own_place, line.quantity from inventory.asked(p_lines) line;
  end if;
end $$;

-- The places that can be served whole from these SKUs: what is free covers their claims and all claims
-- before theirs, so that nobody takes what an earlier one waits for.
create function inventory.servable(p_skus text[]) returns setof bigint language sql stable as $$
  with claimed as (
    select place, sku, sum(quantity) over (partition by sku order by place) as needed
    from inventory.claims where sku = any(p_skus)
  ), stock as (
    select sku, sum(on_hand - held) as free from inventory.items where sku = any(p_skus) group by sku
  )
  select claimed.place from claimed left join stock on stock.sku = claimed.sku
  group by claimed.place
  having bool_and(claimed.needed <= coalesce(stock.free, 0)) and not exists (
    select from inventory.claims other
    where other.place = claimed.place and other.sku <> all(p_skus)
  )
  order by claimed.place;
$$;

-- Serves the places that can be served from these SKUs, in their order. The caller has locked the queue
-- and the items. An order whose hold is locked at this moment is left for the next round.
create function inventory.serve(p_skus text[], p_expires_at timestamptz)
returns setof text language plpgsql as $$
declare
  next_place bigint;
  next_order text;
begin
  for next_place in select inventory.servable(p_skus) loop
    select order_id into next_order from inventory.waiting where place = next_place;
    continue when not pg_try_advisory_xact_lock(inventory.hold_lock(next_order));
    continue when not exists (select from inventory.claims where place = next_place);
    perform inventory.take(next_order, (
      select jsonb_agg(jsonb_build_object('sku', sku, 'quantity', quantity))
      from inventory.claims where place = next_place
    ), '[]', p_expires_at);
    delete from inventory.claims where place = next_place;
    update inventory.waiting set state = 'served' where place = next_place;
    return next next_order;
  end loop;
end $$;

create function inventory.serve_waiting(p_expires_at timestamptz)
returns setof text language plpgsql as $$
declare
  all_claimed constant text[] := array(select distinct sku from inventory.claims);
  skus text[];
begin
  if not exists (select inventory.servable(all_claimed)) then
    return;
  end if;
  perform inventory.lock_queue();
  skus := array(
    select distinct sku from inventory.claims
    where place in (select inventory.servable(all_claimed))
  );
  perform inventory.lock_items(skus);
  return query select inventory.serve(skus, p_expires_at);
end $$;

-- Receipts

-- Goods that came into a warehouse, for the first time or back.
create function inventory.book(
  p_kind text, p_sku text, p_warehouse_id text, p_quantity integer, p_hold_id text
) returns void language sql as $$
  insert into inventory.items as item (sku, warehouse_id, on_hand)
    values (p_sku, p_warehouse_id, p_quantity)
    on conflict (sku, warehouse_id) do update set on_hand = item.on_hand + excluded.on_hand;
  insert into inventory.movements (sku, warehouse_id, kind, quantity, hold_id)
    values (p_sku, p_warehouse_id, p_kind, p_quantity, p_hold_id);
$$;

-- Books a receipt once for its key, and serves the orders that waited for these goods. Without a
-- warehouse it is the first that has had the SKU, or the first of all. Returns whether the key was new.
create function inventory.receive(
  p_key text, p_fingerprint text, p_sku text, p_quantity integer, p_warehouse_id text,
  p_expires_at timestamptz
) returns boolean language plpgsql as $$
declare
  destination constant text := coalesce(p_warehouse_id, (
    select warehouse.id from inventory.warehouses warehouse
    left join inventory.items item on item.warehouse_id = warehouse.id and item.sku = p_sku
    order by item.sku is null, warehouse.priority limit 1
  ));
  skus text[];
begin
  insert into inventory.receipts (key, fingerprint, sku, warehouse_id, quantity, served)
    values (p_key, p_fingerprint, p_sku, destination, p_quantity, '{}') on conflict do nothing;
  if not found then
    return false;
  end if;
  perform inventory.lock_queue();
  skus := array(
    select p_sku union select other.sku from inventory.claims claim
    join inventory.claims other on other.place = claim.place where claim.sku = p_sku
  );
  perform inventory.lock_items(skus);
  perform inventory.book('receipt', p_sku, destination, p_quantity, null);
  update inventory.receipts set served = array(select inventory.serve(skus, p_expires_at))
    where key = p_key;
  return true;
end $$;

-- Books returned goods, once for the key, into the warehouse that sent them where that is known. The
-- parts of a key name what the goods were held for: an order, a shipment.
create function inventory.restock(p_key text, p_lines jsonb) returns void language plpgsql as $$
declare
  line record;
  origin record;
begin
  insert into inventory.restocks (key, lines) values (p_key, p_lines) on conflict do nothing;
  if not found then
    return;
  end if;
  for line in select * from inventory.asked(p_lines) loop
    select warehouse.id as warehouse_id, sent.hold_id into origin
      from inventory.warehouses warehouse
      left join inventory.hold_lines sent
        on sent.warehouse_id = warehouse.id and sent.sku = line.sku and sent.state = 'issued'
        and sent.hold_id = any(string_to_array(p_key, ':'))
      order by sent.hold_id is null, warehouse.priority limit 1;
    perform inventory.book(
      'restock', line.sku, origin.warehouse_id, line.quantity, origin.hold_id);
  end loop;
end $$;
