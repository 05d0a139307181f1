import { sql, type Kysely, type Migration } from 'kysely';

/**
 * What an order is accepted with: charges, policies, what it has to be verified for.
 */
export const accepting: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await charges.execute(db);
    await columns.execute(db);
    await lineAmounts.execute(db);
    await indexes.execute(db);
    await applyAddress.execute(db);
    await resolveAttention.execute(db);
  },
};

const charges = sql`
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
`;

/** The tax follows the total: it is the part of the gross amount that the rate makes, half up. */
const columns = sql`
  alter table orders.orders
    add column policy jsonb not null default '{"shortage": "cancel",
      "shipmentFailure": "refund_shipment", "lostParcel": "refund", "pointsAt": "confirmed"}',
    add column service_level text not null default 'standard',
    add column verification jsonb not null default '{"approval": [], "code": []}',
    add column code_channel text not null default 'email'
      check (code_channel in ('email', 'sms')),
    add column shipping_minor bigint not null default 0 check (shipping_minor >= 0),
    add column discount_minor bigint not null default 0 check (discount_minor >= 0),
    add column discount_code text,
    add column tax_basis_points integer not null default 0,
    add column tax_minor bigint not null generated always as
      (round(total_minor::numeric * tax_basis_points / (10000 + tax_basis_points))) stored;
  alter table orders.contacts
    add column created_at timestamptz not null default '-infinity';
  alter table orders.contacts alter column created_at set default now();
`;

/** What a line costs after the discount. */
const lineAmounts = sql`
  alter table orders.lines add column amount_minor bigint not null check (amount_minor >= 0);
`;

const indexes = sql`
  alter table orders.staged_changes add column fingerprint text;
  create index contacts_by_payment_method on orders.contacts (payment_method, created_at);
  create index attention_open_by_age on orders.attention (raised_at, id)
    where resolved_at is null;
  create index staged_changes_pending on orders.staged_changes (created_at)
    where applied_at is null;
`;

/**
 * Puts a staged address into force, once, and prices the order anew; nothing where it may not be
 * priced anew and would have to be. The order's row is locked, so that one change follows another.
 */
const applyAddress = sql`
  create function orders.apply_address(p_order_id text, p_change_id text, p_may_reprice boolean)
  returns table (applied boolean, currency text, shipping_minor bigint, total_minor bigint)
  language plpgsql as $$
  #variable_conflict use_column
  declare
    target orders.orders;
    staged orders.staged_changes;
    fee bigint;
  begin
    select * into target from orders.orders where id = p_order_id for update;
    select * into staged from orders.staged_changes
      where id = p_change_id and order_id = p_order_id and kind = 'address' for update;
    if not found then
      return;
    end if;
    if staged.applied_at is not null then
      return query select true, target.currency, target.shipping_minor, target.total_minor;
      return;
    end if;

    fee := coalesce((select rate.amount_minor from orders.shipping_rates rate
      where rate.country = staged.data ->> 'country' and rate.currency = target.currency), 0);
    if fee <> target.shipping_minor and not p_may_reprice then
      return query select false, target.currency, target.shipping_minor, target.total_minor;
      return;
    end if;

    update orders.contacts set recipient = staged.data ->> 'name',
      line1 = staged.data ->> 'line1', line2 = staged.data ->> 'line2',
      city = staged.data ->> 'city', postal_code = staged.data ->> 'postalCode',
      country = staged.data ->> 'country'
      where order_id = p_order_id;
    update orders.staged_changes set applied_at = clock_timestamp(), data = '{}'
      where id = p_change_id;
    return query update orders.orders o set
      shipping_minor = fee,
      total_minor = o.total_minor - o.shipping_minor + fee,
      tax_basis_points = coalesce((select rate.basis_points from orders.tax_rates rate
        where rate.country = staged.data ->> 'country'), 0)
      where o.id = p_order_id
      returning true, o.currency, o.shipping_minor, o.total_minor;
  end $$;
`;

/**
 * Closes an item for which no workflow waits. The order's row is locked before the item is looked
 * at, as orders.append does it, so that of two people one wins; the other gets the winner's row.
 */
const resolveAttention = sql`
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
      perform from orders.append(item.order_id, 'attention-resolved:' || p_id,
        jsonb_build_array(jsonb_build_object('type', 'attention.resolved',
          'reason', item.reason, 'subject', item.subject,
          'by', p_by, 'choice', p_choice, 'note', p_note)), null, null);
    end if;
    return query select * from orders.attention where id = p_id;
  end $$;
`;
