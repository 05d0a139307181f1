import { sql, type Kysely, type Migration } from 'kysely';

/** What `order.placed` tells other teams, also of orders that were accepted without telling it. */
export const placedFacts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await trace.execute(db);
    await details.execute(db);
    await fillIn.execute(db);
    await fillInLate.execute(db);
  },
};

const trace = sql`alter table orders.orders add column trace_id text`;

const details = sql`
  create function orders.placed_details(p_order_id text) returns jsonb language sql stable as $$
    select jsonb_build_object(
      'customerId', o.customer_id,
      'isMember', c.member,
      'lines', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'lineNumber', l.line_number, 'sku', l.sku, 'quantity', l.quantity,
            'sellerId', l.seller_id,
            'amount', jsonb_build_object('amountMinor', l.amount_minor, 'currency', o.currency))
          order by l.line_number), '[]')
        from orders.lines l where l.order_id = o.id))
    from orders.orders o join orders.contacts c on c.order_id = o.id where o.id = p_order_id
  $$;
`;

/** Only what waits to be published: a timeline stays what it was. */
const fillIn = sql`
  update orders.outbox set data = data || coalesce(orders.placed_details(order_id), '{}')
    where type = 'order.placed' and not data ? 'lines';
`;

/** An API of the version before may accept orders while others have been renewed already. */
const fillInLate = sql`
  create function orders.complete_placed() returns trigger language plpgsql as $$
  begin
    update orders.outbox set data = data || coalesce(orders.placed_details(order_id), '{}')
      where id = new.id;
    return null;
  end $$;
  create constraint trigger placed_completed after insert on orders.outbox
    deferrable initially deferred for each row
    when (new.type = 'order.placed' and not new.data ? 'lines')
    execute function orders.complete_placed();
`;
