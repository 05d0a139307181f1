import { sql, type Kysely, type Migration } from 'kysely';

/** Delivery partners with an area and a capacity, and the offers that are made to them. */
export const deliveryOffers: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await tables.execute(db);
    await closeOffers.execute(db);
    await makeOffer.execute(db);
    await answerOffer.execute(db);
    await releaseOffers.execute(db);
  },
};

/**
 * No prefix: the whole country. No capacity: as many orders as there are, neither counted nor locked.
 * An offer counts against the capacity until it is closed; one without a partner says that nobody
 * could be asked in that round.
 */
const tables = sql`
  alter table orders.delivery_partners
    add column postal_prefixes text[] not null default '{}',
    add column capacity integer check (capacity >= 0),
    add column answers text not null default 'at_once' check (answers in ('at_once', 'by_hand')),
    add column email text;

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
    told_at timestamptz,
    closed_at timestamptz,
    unique (order_id, round),
    check ((partner_id is null) = (state = 'none'))
  );
  create index delivery_offers_by_partner on orders.delivery_offers (partner_id, id desc);
  create index delivery_offers_open on orders.delivery_offers (partner_id)
    where closed_at is null;
`;

/** Closes what counts against partners although its order has ended, so that a count stays short. */
const closeOffers = sql`
  create function orders.close_ended_offers(p_partner_ids text[]) returns void
  language sql as $$
    update orders.delivery_offers offer set closed_at = clock_timestamp()
    from orders.orders o
    where offer.partner_id = any (p_partner_ids) and offer.closed_at is null
      and o.id = offer.order_id and o.status in ('delivered', 'cancelled', 'rejected', 'failed')
  $$;
`;

/**
 * The offer of a round; the same round has one answer. Who serves the narrowest area is asked first.
 * Partners with a capacity are locked in the order of their ids before their orders are counted.
 * An order that somebody carries, or that was released, is offered to nobody any more.
 */
const makeOffer = sql`
  create function orders.make_delivery_offer(
    p_order_id text, p_round integer, p_country text, p_postal_code text, p_accept_ms bigint
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
        perform orders.close_ended_offers(candidate_ids);
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
        (order_id, partner_id, round, state, answered_at)
        values (p_order_id, chosen.id, p_round, 'accepted', clock_timestamp()) returning *;
    else
      return query insert into orders.delivery_offers (order_id, partner_id, round, state, until)
        values (p_order_id, chosen.id, p_round, 'offered',
          clock_timestamp() + p_accept_ms * interval '1 millisecond') returning *;
    end if;
  end $$;
`;

/** Closes an open offer by its answer; one that is closed stays as it is. Returns how it stands. */
const answerOffer = sql`
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
`;

/**
 * Takes the order back from whoever carries it or was asked to, and bars every later offer. Returns
 * whether there was anybody.
 */
const releaseOffers = sql`
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
`;
