import { isDeepStrictEqual } from 'node:util';
import { sql, type RawBuilder } from 'kysely';
import type { Database } from '../../src/db/database.js';
import { toOrderEvent, type OutboxFact } from '../../src/events/catalogue/to-order-event.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import { verdict, type Verdict } from '../harness/proof.js';

/** What each rule is about, and the rows that break it. */
const rules: readonly (readonly [what: string, counted: string, broken: RawBuilder<unknown>])[] = [
  [
    'timelines without a gap',
    'orders.orders',
    sql`select o.id, o.last_sequence, count(t.sequence) as entries, max(t.sequence) as last
      from orders.orders o left join orders.timeline t on t.order_id = o.id
      group by o.id having min(t.sequence) is distinct from 1
        or max(t.sequence) <> count(*) or max(t.sequence) <> o.last_sequence`,
  ],
  [
    'positions without a gap',
    'events.history',
    sql`select position, row_number from (
        select position, row_number() over (order by position) from events.history) numbered
      where position <> row_number
      union all select position, (select count(*) from events.history) from events.head
      where position <> (select count(*) from events.history)`,
  ],
  [
    'orders published in their order',
    'orders.orders',
    sql`select order_id, sequence, position, place from (
        select order_id, sequence, position,
          row_number() over (partition by order_id order by position) as place from events.history
      ) placed where sequence <> place order by position`,
  ],
  [
    'nothing unpublished, parked, dead or waiting',
    'events.groups',
    sql`select 'outbox' as kind, order_id from orders.outbox
      union all select 'unpublished', order_id from events.unpublished
      union all select 'parked ' || state || ' ' || group_name, order_id from events.quarantined
      union all select 'delivery ' || state, order_id from events.webhook_deliveries
        where state <> 'delivered' or claim is not null`,
  ],
];

/** The events are exactly the facts, numbered without a gap, each order in its own order. */
export async function checkHistory(database: Database): Promise<readonly Verdict[]> {
  const verdicts = [await checkEvents(database)];
  for (const [what, counted, broken] of rules) {
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from ${sql.table(counted)}`.execute(database);
    verdicts.push(verdict(what, rows[0]?.n ?? 0, (await broken.execute(database)).rows));
  }
  return verdicts;
}

/** Maps every fact anew: the event that is stored must be the same to the last field. */
async function checkEvents(database: Database): Promise<Verdict> {
  const differing: unknown[] = [];
  let count = 0;
  for (let after: string | undefined = ''; after !== undefined;) {
    const pairs = await pairsAfter(database, after);
    for (const { fact, at, event } of pairs) {
      if (isDeepStrictEqual(madeOf({ ...fact, at }), event)) continue;
      differing.push({ orderId: fact.orderId, fact: `${fact.sequence} ${fact.type}`, event });
    }
    count += pairs.length;
    after = pairs.at(-1)?.fact.orderId;
  }
  const strays = await sql`
    select event_id, position from events.history h where not exists (
      select from orders.timeline t where t.order_id = h.order_id and t.sequence = h.sequence)
  `.execute(database);
  return verdict('every fact is its event', count, [...differing, ...strays.rows]);
}

/** Whole orders, so that no page ends within one. */
async function pairsAfter(database: Database, after: string) {
  const { rows } = await sql<{ at: Date; fact: OutboxFact; event: OrderEvent | null }>`
    with page as (
      select id, trace_id from orders.orders where id > ${after} order by id limit 500)
    select t.at, h.event, jsonb_build_object('orderId', t.order_id,
      'sequence', t.sequence, 'type', t.type, 'data', t.data, 'traceId', page.trace_id) as fact
    from page join orders.timeline t on t.order_id = page.id
    left join events.history h on h.order_id = t.order_id and h.sequence = t.sequence
    order by t.order_id, t.sequence`.execute(database);
  return rows;
}

/** As JSON has it: a field without a value is absent. */
const madeOf = (fact: OutboxFact): unknown => JSON.parse(JSON.stringify(toOrderEvent(fact)));
