import { sql, type Kysely, type Migration } from 'kysely';
import { holds } from './0005-warehouses/holds.js';
import { queue } from './0005-warehouses/queue.js';
import { receipts } from './0005-warehouses/receipts.js';

/**
 * Stock in several warehouses, holds that are made of parts, and a queue of orders that wait for goods.
 *
 * Locks are taken in one order by everybody: a receipt's key, a hold, the queue, items by SKU and
 * warehouse. Whoever holds items and wants a hold only tries, and never waits.
 */
export const warehouses: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await places.execute(db);
    await parts.execute(db);
    await waiting.execute(db);
    await holds.execute(db);
    await queue.execute(db);
    await receipts.execute(db);
  },
};

/** What was in the only warehouse of the first version is in the one that this begins with. */
const places = sql`
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

  alter table inventory.movements drop constraint movements_sku_fkey;
  alter table inventory.items
    add column warehouse_id text not null default 'wh_hamburg' references inventory.warehouses,
    drop constraint items_pkey,
    add primary key (sku, warehouse_id);
  alter table inventory.items alter column warehouse_id drop default;
  alter table inventory.movements
    add column warehouse_id text not null default 'wh_hamburg',
    add foreign key (sku, warehouse_id) references inventory.items,
    drop constraint movements_kind_check,
    add constraint movements_kind_check
      check (kind in ('receipt', 'restock', 'hold', 'release', 'issue'));
  alter table inventory.movements alter column warehouse_id drop default;
  alter table inventory.movements rename column order_id to hold_id;
  alter index inventory.movements_by_order rename to movements_by_hold;
`;

/** A hold is over when none of its lines is held; a released one bars a late reserve. */
const parts = sql`
  alter table inventory.holds rename column order_id to hold_id;
  alter table inventory.holds add column dropped jsonb not null default '[]';

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
  insert into inventory.hold_lines (hold_id, warehouse_id, sku, quantity, state)
    select hold.hold_id, 'wh_hamburg', line.sku, line.quantity, hold.state
    from inventory.holds hold, inventory.asked(hold.lines) line;

  alter table inventory.holds drop column lines;
  drop function inventory.reserve(text, jsonb, timestamptz);
  drop function inventory.settle(text, text);
  drop function inventory.receive(text, integer);
`;

/**
 * An order that waits claims goods in its place of the queue; who comes behind it gets what is left.
 * Served, its goods are held until it asks for them again; then it has left.
 */
const waiting = sql`
  create table inventory.waiting (
    place bigint generated always as identity primary key,
    order_id text not null unique,
    state text not null check (state in ('waiting', 'served', 'left')),
    since timestamptz not null default clock_timestamp(),
    woken_at timestamptz,
    tellings integer not null default 0
  );
  create index waiting_to_tell on inventory.waiting (woken_at) where state = 'served';

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
`;
