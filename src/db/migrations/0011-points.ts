import { sql, type Kysely, type Migration } from 'kysely';

/** Points in parts: several entries of a kind for one order, and a balance for each member. */
export const points: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await tables.execute(db);
    await book.execute(db);
    await award.execute(db);
    await revoke.execute(db);
  },
};

/** `spend` is for whoever lets members pay with points. */
const tables = sql`
  alter table loyalty.ledger
    add column key text not null default '',
    add column sequence bigint generated always as identity,
    drop constraint ledger_pkey,
    add primary key (order_id, kind, key),
    drop constraint ledger_kind_check,
    add constraint ledger_kind_check check (kind in ('award', 'revoke', 'spend'));
  drop index loyalty.ledger_by_member;
  create index ledger_by_member on loyalty.ledger (member_id, sequence desc);

  create table loyalty.balances (
    member_id text primary key,
    points bigint not null
  );
  insert into loyalty.balances (member_id, points)
    select member_id, sum(points) from loyalty.ledger where member_id <> '' group by member_id;
`;

/** The only writer of the ledger and the balances, so that they agree. */
const book = sql`
  create function loyalty.book(
    p_order_id text, p_kind text, p_key text, p_member_id text, p_points integer
  ) returns void language sql as $$
    insert into loyalty.ledger (order_id, kind, key, member_id, points)
      values (p_order_id, p_kind, p_key, p_member_id, p_points);
    insert into loyalty.balances as balance (member_id, points)
      values (p_member_id, p_points)
      on conflict (member_id) do update set points = balance.points + excluded.points;
  $$;
`;

/** Once for each order; never after a revocation. */
const award = sql`
  create function loyalty.award(p_order_id text, p_member_id text, p_points integer)
  returns void language plpgsql as $$
  begin
    perform pg_advisory_xact_lock(hashtextextended(p_order_id, 0));
    if not exists (
      select from loyalty.ledger where order_id = p_order_id and kind in ('award', 'revoke')
    ) then
      perform loyalty.book(p_order_id, 'award', '', p_member_id, p_points);
    end if;
  end $$;
`;

/**
 * Takes points of an order back, once for each key, and never so many that the member has less than
 * the least. Without p_points: all that is left of the order's, and a late award is barred.
 * Null when none were ever awarded.
 */
const revoke = sql`
  create function loyalty.revoke(
    p_order_id text, p_key text, p_points integer, p_least integer
  ) returns integer language plpgsql as $$
  declare
    given loyalty.ledger;
    rest integer;
    balance bigint;
    taken integer;
  begin
    perform pg_advisory_xact_lock(hashtextextended(p_order_id, 0));
    select -points into taken from loyalty.ledger
      where order_id = p_order_id and kind = 'revoke' and key = p_key and member_id <> '';
    if found then
      return taken;
    end if;

    select * into given from loyalty.ledger where order_id = p_order_id and kind = 'award';
    if not found then
      if p_points is null then
        insert into loyalty.ledger (order_id, kind, key, member_id, points)
          values (p_order_id, 'revoke', p_key, '', 0) on conflict do nothing;
      end if;
      return null;
    end if;

    select points into balance from loyalty.balances where member_id = given.member_id for update;
    select sum(points) into rest from loyalty.ledger
      where order_id = p_order_id and kind in ('award', 'revoke');
    taken := greatest(0, least(coalesce(p_points, rest), rest, balance - p_least));
    perform loyalty.book(p_order_id, 'revoke', p_key, given.member_id, -taken);
    return taken;
  end $$;
`;
