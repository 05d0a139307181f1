import { sql, type Kysely, type Migration } from 'kysely';

/** Stock as an append-only ledger of movements, with the counts kept beside it and checked. */
export const inventory: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await tables.execute(db);
    await reserve.execute(db);
    await settle.execute(db);
  },
};

const tables = sql`
  create schema inventory;

  create table inventory.items (
    sku text primary key,
    on_hand integer not null default 0 check (on_hand >= 0),
    held integer not null default 0 check (held >= 0),
    check (on_hand >= held)
  );
  create table inventory.holds (
    order_id text primary key,
    state text not null check (state in ('held', 'released', 'issued')),
    lines jsonb not null,
    expires_at timestamptz not null
  );
  create index holds_by_expiry on inventory.holds (expires_at) where state = 'held';

  create table inventory.movements (
    id bigint generated always as identity primary key,
    sku text not null references inventory.items,
    kind text not null check (kind in ('receipt', 'hold', 'release', 'issue')),
    quantity integer not null check (quantity > 0),
    order_id text,
    at timestamptz not null default clock_timestamp()
  );
  create index movements_by_order on inventory.movements (order_id);

  create function inventory.receive(p_sku text, p_quantity integer) returns void language sql as $$
    insert into inventory.items (sku, on_hand) values (p_sku, p_quantity)
      on conflict (sku) do update set on_hand = items.on_hand + excluded.on_hand;
    insert into inventory.movements (sku, kind, quantity) values (p_sku, 'receipt', p_quantity);
  $$;
`;

/**
 * All lines or none. Items are locked in the order of their SKU, so that two orders never wait for
 * each other. Lines of one SKU count together. Returns the lines that fall short; none means held.
 */
const reserve = sql`
  create function inventory.reserve(p_order_id text, p_lines jsonb, p_expires_at timestamptz)
  returns table (sku text, asked integer, available integer) language plpgsql as $$
  declare
    existing inventory.holds;
  begin
    insert into inventory.holds (order_id, state, lines, expires_at)
      values (p_order_id, 'held', p_lines, p_expires_at) on conflict do nothing;
    if not found then
      select * into existing from inventory.holds where order_id = p_order_id;
      if existing.state = 'released' then
        raise exception 'the hold of % was released', p_order_id using errcode = 'IN409';
      end if;
      return;
    end if;

    perform from inventory.items item
      where item.sku in (select line.sku from inventory.asked(p_lines) line)
      order by item.sku for update;
    return query
      select line.sku, line.quantity, coalesce(item.on_hand - item.held, 0)
      from inventory.asked(p_lines) line left join inventory.items item on item.sku = line.sku
      where coalesce(item.on_hand - item.held, 0) < line.quantity
      order by line.sku;
    if found then
      delete from inventory.holds where order_id = p_order_id;
      return;
    end if;

    update inventory.items item set held = item.held + line.quantity
      from inventory.asked(p_lines) line where item.sku = line.sku;
    insert into inventory.movements (sku, kind, quantity, order_id)
      select line.sku, 'hold', line.quantity, p_order_id from inventory.asked(p_lines) line;
  end $$;

  create function inventory.asked(p_lines jsonb) returns table (sku text, quantity integer)
  language sql immutable as $$
    select line.sku, sum(line.quantity)::integer
    from jsonb_to_recordset(p_lines) as line (sku text, quantity integer)
    group by line.sku order by line.sku;
  $$;
`;

/**
 * Ends a hold: 'released' gives the stock back, 'issued' takes it out of the books. Says whether it
 * did. A release without a hold leaves a tombstone, so that a late reserve is refused.
 */
const settle = sql`
  create function inventory.settle(p_order_id text, p_state text)
  returns boolean language plpgsql as $$
  declare
    hold inventory.holds;
  begin
    select * into hold from inventory.holds where order_id = p_order_id for update;
    if not found then
      if p_state = 'released' then
        insert into inventory.holds (order_id, state, lines, expires_at)
          values (p_order_id, 'released', '[]', clock_timestamp());
      end if;
      return false;
    end if;
    if hold.state <> 'held' then
      return false;
    end if;

    perform from inventory.items item
      where item.sku in (select line.sku from inventory.asked(hold.lines) line)
      order by item.sku for update;
    update inventory.items item set
      held = item.held - line.quantity,
      on_hand = item.on_hand - case when p_state = 'issued' then line.quantity else 0 end
      from inventory.asked(hold.lines) line where item.sku = line.sku;
    insert into inventory.movements (sku, kind, quantity, order_id)
      select line.sku, case when p_state = 'issued' then 'issue' else 'release' end,
             line.quantity, p_order_id
      from inventory.asked(hold.lines) line;
    update inventory.holds set state = p_state where order_id = p_order_id;
    return true;
  end $$;
`;
