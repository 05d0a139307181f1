import { sql, type Kysely, type Migration } from 'kysely';

/**
 * What the whole life of an order needs beside its thin line: attention items that a person can
 * resolve, the record of every compensation, changes that wait to be put into force.
 */
export const life: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await typeId.execute(db);
    await tables.execute(db);
    await keepAttention.execute(db);
    await keepCompensations.execute(db);
    await append.execute(db);
    await write.execute(db);
  },
};

/** TypeID, specification 0.3: a UUID of version 7 in Crockford's base 32. */
const typeId = sql`
  create function orders.typeid(p_prefix text) returns text language plpgsql volatile as $$
  declare
    alphabet constant text := '0123456789abcdefghjkmnpqrstvwxyz';
    milliseconds constant bigint := extract(epoch from clock_timestamp()) * 1000;
    random_part constant text := replace(gen_random_uuid()::text, '-', '');
    digits text := lpad(to_hex(milliseconds), 12, '0') || '7' || substr(random_part, 14);
    bits bit(130) := ('00' || ('x' || digits)::bit(128)::text)::bit(130);
    suffix text := '';
  begin
    for place in 0..25 loop
      suffix := suffix || substr(alphabet, substring(bits from place * 5 + 1 for 5)::integer + 1, 1);
    end loop;
    return p_prefix || '_' || suffix;
  end $$;
`;

const tables = sql`
  alter table orders.attention
    add column id text not null default orders.typeid('att') primary key,
    add column owner text not null,
    add column exposure_minor bigint,
    add column currency text,
    add column choices jsonb not null,
    add column resolved_by text,
    add column choice text,
    add column note text;
  create index attention_by_age on orders.attention (raised_at, id);

  create table orders.compensations (
    order_id text not null references orders.orders,
    key text not null,
    undo text not null,
    subject text,
    started_at timestamptz not null,
    done_at timestamptz,
    failed_at timestamptz,
    primary key (order_id, key)
  );
  create index compensations_open on orders.compensations (undo, started_at)
    where done_at is null;

  create table orders.staged_changes (
    id text primary key,
    order_id text not null references orders.orders,
    kind text not null check (kind in ('address', 'payment_method')),
    data jsonb not null,
    created_at timestamptz not null default now(),
    applied_at timestamptz
  );
  create index staged_changes_by_order on orders.staged_changes (order_id);
`;

/** Keeps the table of open items in step with the facts that raise and resolve them. */
const keepAttention = sql`
  create function orders.keep_attention(p_order_id text, p_facts jsonb, p_at timestamptz)
  returns void language plpgsql as $$
  begin
    insert into orders.attention
      (id, order_id, reason, subject, raised_at, owner, exposure_minor, currency, choices)
      select coalesce(value ->> 'id', orders.typeid('att')), p_order_id,
        value ->> 'reason', value ->> 'subject', p_at, value ->> 'owner',
        (value -> 'exposure' ->> 'amountMinor')::bigint, value -> 'exposure' ->> 'currency',
        value -> 'choices'
      from jsonb_array_elements(p_facts) where value ->> 'type' = 'attention.raised'
      on conflict do nothing;
    update orders.attention item set resolved_at = p_at, resolved_by = value ->> 'by',
      choice = value ->> 'choice', note = value ->> 'note'
      from jsonb_array_elements(p_facts)
      where value ->> 'type' = 'attention.resolved' and item.order_id = p_order_id
        and item.reason = value ->> 'reason' and item.subject = value ->> 'subject'
        and item.resolved_at is null;
    update orders.orders set needs_attention = exists (
      select from orders.attention where order_id = p_order_id and resolved_at is null
    ) where id = p_order_id;
  end $$;
`;

/**
 * Each undo that is due when a compensation starts is open until its own entry is written, or until
 * a person has settled it. An undo that a person was called for has failed, until it is done after all.
 */
const keepCompensations = sql`
  create function orders.keep_compensations(
    p_order_id text, p_key text, p_facts jsonb, p_at timestamptz
  ) returns void language plpgsql as $$
  begin
    insert into orders.compensations (order_id, key, undo, subject, started_at)
      select p_order_id, due.key, split_part(due.key, ':', 1),
        nullif(split_part(due.key, ':', 2), ''), p_at
      from jsonb_array_elements(p_facts) fact,
        jsonb_array_elements_text(fact.value -> 'undos') due (key)
      where fact.value ->> 'type' = 'compensation.started'
      on conflict do nothing;
    update orders.compensations set failed_at = p_at
      from jsonb_array_elements(p_facts) fact
      where order_id = p_order_id and fact.value ->> 'type' = 'attention.raised'
        and fact.value ->> 'reason' = 'undo_stuck' and compensations.key = fact.value ->> 'subject'
        and done_at is null;
    update orders.compensations set done_at = p_at
      where order_id = p_order_id and done_at is null and (key = p_key or key in (
        select fact.value ->> 'undo' || coalesce(':' || (fact.value ->> 'subject'), '')
        from jsonb_array_elements(p_facts) fact where fact.value ->> 'type' = 'undo.settled'
      ));
  end $$;
`;

/**
 * As before: the order's row is locked first, so that the sequence is gapless and committed in its
 * own order, and a key that was written before gives back what it wrote then.
 *
 * A revision counts the changes within a phase, and the phases by its thousands. A change of a phase
 * that is over is refused. Within a phase, steps that run side by side may be written in another order
 * than that of their revisions: the facts of the late one stand, its idea of the state does not.
 */
const append = sql`
  create or replace function orders.append(
    p_order_id text, p_key text, p_facts jsonb, p_revision integer, p_state jsonb
  ) returns setof orders.timeline language plpgsql as $$
  declare
    current orders.orders;
    state jsonb := p_state;
    written_at timestamptz;
  begin
    select * into current from orders.orders where id = p_order_id for update;
    if not found then
      raise exception 'unknown order %', p_order_id using errcode = 'OR404';
    end if;

    return query select * from orders.timeline
      where order_id = p_order_id and entry_key = p_key order by sequence;
    if found then
      return;
    end if;
    if p_revision / 1000 < current.revision / 1000 then
      raise exception 'revision % of % is past', p_revision, p_order_id using errcode = 'OR409';
    end if;
    if p_revision < current.revision then
      state := null;
    end if;

    written_at := clock_timestamp();
    insert into orders.timeline (order_id, sequence, entry_key, type, data, at)
      select p_order_id, current.last_sequence + fact.n, p_key,
             fact.value ->> 'type', fact.value - 'type', written_at
      from jsonb_array_elements(p_facts) with ordinality as fact (value, n);
    insert into orders.outbox (order_id, sequence, type, data, at)
      select order_id, sequence, type, data, at from orders.timeline
      where order_id = p_order_id and sequence > current.last_sequence order by sequence;

    if p_facts @? '$[*] ? (@.type starts with "attention.")' then
      perform orders.keep_attention(p_order_id, p_facts, written_at);
    end if;
    if p_facts @? '$[*] ? (@.type == "compensation.started")' or exists (
      select from orders.compensations where order_id = p_order_id and done_at is null
    ) then
      perform orders.keep_compensations(p_order_id, p_key, p_facts, written_at);
    end if;

    update orders.orders set
      last_sequence = current.last_sequence + jsonb_array_length(p_facts),
      revision = greatest(coalesce(p_revision, revision), revision),
      status = coalesce(state ->> 'status', status),
      stage = coalesce(state ->> 'stage', stage),
      payment_status = coalesce(state ->> 'paymentStatus', payment_status),
      fulfillment_status = coalesce(state ->> 'fulfillmentStatus', fulfillment_status),
      total_minor = coalesce((
        select (fact.value -> 'total' ->> 'amountMinor')::bigint
        from jsonb_array_elements(p_facts) with ordinality as fact (value, n)
        where fact.value ->> 'type' in ('order.reduced', 'order.repriced') order by n desc limit 1
      ), total_minor),
      status_since = case when state ->> 'status' <> status then written_at else status_since end
      where id = p_order_id;

    return query select * from orders.timeline
      where order_id = p_order_id and sequence > current.last_sequence order by sequence;
  end $$;
`;

/** Appends, and tells which change the order's row shows then. Nobody else can write in between. */
const write = sql`
  create function orders.write(
    p_order_id text, p_key text, p_facts jsonb, p_revision integer, p_state jsonb,
    out facts jsonb, out row_revision integer
  ) language plpgsql as $$
  begin
    perform from orders.orders where id = p_order_id for update;
    select coalesce(jsonb_agg(entry order by entry.sequence), '[]') into facts
      from orders.append(p_order_id, p_key, p_facts, p_revision, p_state) entry;
    select revision into row_revision from orders.orders where id = p_order_id;
  end $$;
`;
