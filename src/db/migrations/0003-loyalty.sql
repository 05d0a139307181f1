-- Reward points: a ledger of awards and revocations, and a balance for each member.

create schema loyalty;

-- `spend`: reserved for members who pay with points.
create table loyalty.ledger (
  order_id text not null,
  kind text not null check (kind in ('award', 'revoke', 'spend')),
  key text not null default '',
  sequence bigint generated always as identity,
  member_id text not null,
  points integer not null,
  at timestamptz not null default clock_timestamp(),
  primary key (order_id, kind, key)
);
create index ledger_by_member on loyalty.ledger (member_id, sequence desc);
create table loyalty.balances (
  member_id text primary key,
  points bigint not null
);

-- The only writer of the ledger and the balances, so that they agree.
create function loyalty.book(
  p_order_id text, p_kind text, p_key text, p_member_id text, p_points integer
) returns void language sql as $$
  insert into loyalty.ledger (order_id, kind, key, member_id, points)
    values (p_order_id, p_kind, p_key, p_member_id, p_points);
  insert into loyalty.balances as balance (member_id, points)
    values (p_member_id, p_points)
    on conflict (member_id) do update set points = balance.points + excluded.points;
$$;

-- Once for each order; never after a revocation.
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

-- Revokes points of an order, once for each key, and never so many that the member's balance falls
-- below p_least. Without p_points: all that is left of the order's, and a late award is barred. Null when
-- none were ever awarded.
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
