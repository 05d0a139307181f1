import { sql } from 'kysely';

/** Goods that came into a warehouse, for the first time or back. */
const book = `
  create function inventory.book(
    p_kind text, p_sku text, p_warehouse_id text, p_quantity integer, p_hold_id text
  ) returns void language sql as $$
    insert into inventory.items as item (sku, warehouse_id, on_hand)
      values (p_sku, p_warehouse_id, p_quantity)
      on conflict (sku, warehouse_id) do update set on_hand = item.on_hand + excluded.on_hand;
    insert into inventory.movements (sku, warehouse_id, kind, quantity, hold_id)
      values (p_sku, p_warehouse_id, p_kind, p_quantity, p_hold_id);
  $$;
`;

/**
 * Books a receipt once for its key, and serves the orders that waited for these goods. Without a
 * warehouse it is the first that has had the SKU, or the first of all. Says whether the key was new.
 */
const receive = `
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
`;

/**
 * Puts goods that came back into the books, once for the key, into the warehouse that sent them where
 * that is known. The parts of a key name what the goods were held for: an order, a shipment.
 */
const restock = `
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
`;

/** The functions that bring goods into the books. */
export const receipts = sql.raw([book, receive, restock].join('\n'));
