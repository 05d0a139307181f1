import { sql } from 'kysely';

/** One at a time for each hold, also for one that is not there yet. */
const locks = `
  create function inventory.hold_lock(p_hold_id text) returns bigint language sql immutable as $$
    select hashtextextended('hold:' || p_hold_id, 0);
  $$;

  create function inventory.lock_items(p_skus text[]) returns void language plpgsql as $$
  begin
    perform from inventory.items where sku = any(p_skus) order by sku, warehouse_id for update;
  end $$;
`;

/**
 * What there is for an asker: all that is free, less what those who came before it wait for. An asker
 * that is not in the queue comes last. Lines of one SKU count together.
 */
const offer = `
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
`;

/** Sets goods aside that are known to be there: one warehouse that has them all, or line by line. */
const take = `
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
`;

/** A hold as its asker is told of it. */
const reservation = `
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
`;

/**
 * All lines or none; with p_partial, what there is of them. Whoever asks for a hold knows of it, and
 * needs no place in the queue any more.
 */
const reserve = `
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
`;

/**
 * Ends a hold, or what one warehouse has of it: 'released' gives the stock back, 'issued' takes it out
 * of the books. Says whether it did. Releasing what is not there leaves a tombstone, so that a late
 * reserve is refused.
 */
const settle = `
  create function inventory.settle(p_hold_id text, p_state text, p_warehouse_id text)
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
`;

/** Keeps a hold from expiring before p_expires_at. A hold that is gone cannot be kept. */
const extend = `
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
`;

/** The functions around a hold. */
export const holds = sql.raw([locks, offer, take, reservation, reserve, settle, extend].join('\n'));
