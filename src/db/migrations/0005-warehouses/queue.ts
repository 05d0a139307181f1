import { sql } from 'kysely';

const locks = `
  create function inventory.lock_queue() returns void language plpgsql as $$
  begin
    perform pg_advisory_xact_lock(hashtextextended('inventory.waiting', 0));
  end $$;
`;

/** What was set aside for the order stays set aside. */
const leave = `
  create function inventory.leave(p_order_id text) returns void language plpgsql as $$
  begin
    delete from inventory.claims where place = (
      select place from inventory.waiting where order_id = p_order_id and state = 'waiting'
    );
    update inventory.waiting set state = 'left' where order_id = p_order_id and state <> 'left';
  end $$;

  create function inventory.dequeue(p_order_id text) returns void language plpgsql as $$
  begin
    perform pg_advisory_xact_lock(inventory.hold_lock(p_order_id));
    perform inventory.leave(p_order_id);
  end $$;
`;

/** Goods may have come since the order was told that there are none: it is served at once then. */
const enqueue = `
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
`;

/**
 * The places that could be served whole from these SKUs: what is free covers their claims and all
 * claims before theirs, so that nobody takes what an earlier one waits for.
 */
const servable = `
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
`;

/**
 * Serves who can be served from these SKUs, in their order. The caller has locked the queue and the
 * items. An order that is busy with its own hold at this moment is left for the next round.
 */
const serve = `
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
`;

/** The functions around the queue of orders that wait for goods. */
export const queue = sql.raw([locks, leave, enqueue, servable, serve].join('\n'));
