import { isDeepStrictEqual } from 'node:util';
import { sql, type RawBuilder } from 'kysely';
import type { Database } from '../../src/db/database.js';
import { toOrderEvent, type OutboxFact } from '../../src/events/catalogue/to-order-event.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import { verdict, type Verdict } from '../harness/proof.js';

/** The events are exactly the facts, in a row without a gap, each order in its own order. */
export const checkHistory = async (database: Database): Promise<readonly Verdict[]> => [
  await checkEvents(database),
  await checked(database, 'timelines without a gap', sql`orders.orders`, gaps),
  await checked(database, 'positions without a gap', sql`events.history`, holes),
  await checked(database, 'orders published in their order', sql`orders.orders`, disorder),
  await checked(database, 'nothing unpublished, parked, dead or waiting', sql`events.groups`, rest),
];

async function checked(
  database: Database,
  what: string,
  counted: RawBuilder<unknown>,
  differing: RawBuilder<unknown>,
): Promise<Verdict> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${counted}`.execute(database);
  const found = await differing.execute(database);
  return verdict(what, rows[0]?.n ?? 0, found.rows);
}

const gaps = sql`
  select o.id, o.last_sequence, count(t.sequence) as entries, max(t.sequence) as last
  from orders.orders o left join orders.timeline t on t.order_id = o.id
  group by o.id having min(t.sequence) is distinct from 1
    or max(t.sequence) <> count(*) or max(t.sequence) <> o.last_sequence`;

const holes = sql`
  select position, row_number from (
    select position, row_number() over (order by position) from events.history) numbered
  where position <> row_number
  union all select position, (select count(*) from events.history) from events.head
  where position <> (select count(*) from events.history)`;

const disorder = sql`
  select order_id, sequence, position, place from (
    select order_id, sequence, position,
      row_number() over (partition by order_id order by position) as place from events.history
  ) placed where sequence <> place order by position`;

const rest = sql`
  select 'outbox' as kind, order_id from orders.outbox
  union all select 'unpublished', order_id from events.unpublished
  union all select 'parked ' || state || ' ' || group_name, order_id from events.quarantined
  union all select 'delivery ' || state, order_id from events.webhook_deliveries
    where state <> 'delivered' or claim is not null`;

interface Pair {
  readonly orderId: string | null;
  readonly fact: OutboxFact | null;
  readonly event: OrderEvent | null;
}

const pageSize = 5_000;

/** Maps every fact anew: the event that is stored must be the same to the last field. */
async function checkEvents(database: Database): Promise<Verdict> {
  const differing: unknown[] = [];
  let count = 0;
  let after = '';
  for (;;) {
    const pairs = await pairsAfter(database, after);
    for (const { orderId, fact, event } of pairs) {
      if (fact !== null && event !== null && isDeepStrictEqual(madeOf(fact), event)) continue;
      differing.push({ orderId, fact: fact && `${fact.sequence} ${fact.type}`, event });
    }
    count += pairs.length;
    const last = pairs.at(-1)?.orderId;
    if (typeof last !== 'string') break;
    after = last;
  }
  const strays = await sql`
    select event_id, position from events.history h where not exists (
      select from orders.timeline t where t.order_id = h.order_id and t.sequence = h.sequence)
  `.execute(database);
  return verdict('every fact is its event', count, [...differing, ...strays.rows]);
}

/** Whole orders, so that no page ends within one. */
async function pairsAfter(database: Database, after: string): Promise<readonly Pair[]> {
  const { rows } = await sql<Pair & { readonly at: Date }>`
    with page as (
      select id, trace_id from orders.orders where id > ${after} order by id
      limit ${pageSize / 10}
    )
    select t.order_id as "orderId", t.at, h.event, jsonb_build_object('orderId', t.order_id,
      'sequence', t.sequence, 'type', t.type, 'data', t.data, 'traceId', page.trace_id) as fact
    from page join orders.timeline t on t.order_id = page.id
    left join events.history h on h.order_id = t.order_id and h.sequence = t.sequence
    order by t.order_id, t.sequence`.execute(database);
  return rows.map(({ orderId, fact, event, at }) => ({
    orderId,
    event,
    fact: fact && { ...fact, at },
  }));
}

/** As JSON has it: a field without a value is absent. */
const madeOf = (fact: OutboxFact): unknown => JSON.parse(JSON.stringify(toOrderEvent(fact)));
