import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { sql, type RawBuilder } from 'kysely';
import type { Database } from '../../src/db/database.js';
import { toOrderEvent, type OutboxFact } from '../../src/events/catalogue/to-order-event.js';
import { runGroup } from '../../src/events/consumer-runner.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import type { Team } from '../../src/events/team.js';
import { resetTeam } from '../../src/events/teams.js';
import { webhookFanOut } from '../../src/events/webhooks/fan-out.js';
import { verdict, type Verdict } from '../harness/proof.js';
import type { Subscriber } from './subscribers.js';

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

/**
 * Each consumer has read to the end; what it made of the events is judged by its tables. The webhooks'
 * are the deliveries: one for each endpoint and event that it asked for, and no other.
 */
export async function checkGroups(database: Database, teams: readonly Team[]) {
  const verdicts = [await checkDeliveries(database)];
  for (const { name } of [webhookFanOut, ...teams]) {
    const { rows } = await sql<{ head: number; position: number | null }>`
      select head.position as head, g.position from events.head
      left join events.groups g on g.name = ${name}`.execute(database);
    const behind = rows.filter(({ head, position }) => head !== position);
    verdicts.push(verdict(`${name} has read to the end`, rows[0]?.head ?? 0, behind));
  }
  return verdicts;
}

async function checkDeliveries(database: Database): Promise<Verdict> {
  const wanted = sql`
    select endpoint.id as endpoint_id, h.event_id, h.position
    from events.webhook_endpoints endpoint join events.history h
      on h.position > endpoint.begins_after and (cardinality(endpoint.types) = 0
        or h.type = any(endpoint.types) or split_part(h.type, '.', 1) || '.*' = any(endpoint.types))`;
  const { rows } = await sql`
    select endpoint_id, event_id, w.position as wanted, d.position as delivered
    from (${wanted}) w
    full join events.webhook_deliveries d using (endpoint_id, event_id)
    where w.position is distinct from d.position`.execute(database);
  const count = await sql<{ n: number }>`
    select count(*) as n from events.webhook_deliveries`.execute(database);
  const what = 'one webhook delivery for each event and endpoint';
  return verdict(what, count.rows[0]?.n ?? 0, rows);
}

/** What each team has made of the events is what it makes of them when nothing goes wrong. */
export async function checkModels(database: Database, teams: readonly Team[]) {
  const verdicts: Verdict[] = [];
  for (const team of teams) {
    const before = await modelOf(database, team);
    if (!(await resetTeam(database, team))) throw new Error(`${team.name} is still at work`);
    while ((await runGroup(database, team)) > 0);
    const after = await modelOf(database, team);
    const differing = [
      ...[...before].filter((row) => !after.has(row)).map((row) => `only at the end: ${row}`),
      ...[...after].filter((row) => !before.has(row)).map((row) => `only when rebuilt: ${row}`),
    ];
    verdicts.push(verdict(`${team.name} equals a rebuilt one`, after.size, differing));
  }
  return verdicts;
}

async function modelOf(database: Database, { schema }: Team): Promise<ReadonlySet<string>> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = ${schema}
  `.execute(database);
  const all = new Set<string>();
  for (const { name } of tables) {
    const { rows } = await sql<{ text: string }>`select to_jsonb(t)::text as text
      from ${sql.table(`${schema}.${name}`)} t`.execute(database);
    for (const { text } of rows) all.add(`${name} ${text}`);
  }
  return all;
}

interface Receipt {
  readonly id: string;
  readonly type: string;
  readonly status: number;
  readonly isValid: boolean;
}

const isTaken = ({ status }: Receipt): boolean => status < 300;

/** The subscriber received what it asked for, signed, and no event before the earlier one was taken. */
export async function checkSubscriber(database: Database, { name, types, file }: Subscriber) {
  const { rows } = await sql<{ id: string; type: string; earlier: string | null }>`
    select event_id as id, type,
      lag(event_id) over (partition by order_id order by sequence) as earlier
    from events.history where cardinality(${[...types]}::text[]) = 0
      or split_part(type, '.', 1) || '.*' = any(${[...types]}::text[])`.execute(database);
  const wanted = new Map(rows.map((event) => [event.id, event]));
  const receipts = (await readFile(file, 'utf8')).split('\n').flatMap(receiptIn);
  const early: Receipt[] = [];
  const taken = new Set<string>();
  for (const receipt of receipts) {
    const earlier = wanted.get(receipt.id)?.earlier ?? undefined;
    if (earlier !== undefined && !taken.has(earlier)) early.push(receipt);
    if (isTaken(receipt)) taken.add(receipt.id);
  }
  const missing = [...wanted.keys()].filter((id) => !taken.has(id));
  const strange = receipts.filter(({ id, type }) => wanted.get(id)?.type !== type);
  const unsigned = receipts.filter(({ isValid }) => !isValid);
  return {
    verdicts: [
      verdict(`${name} subscriber got its events`, wanted.size, [...missing, ...strange]),
      verdict(`${name} subscriber: signatures`, receipts.length, unsigned),
      verdict(`${name} subscriber: in order`, taken.size, early),
    ],
    received: receipts.length,
    duplicates: receipts.filter(isTaken).length - taken.size,
  };
}

/** A kill may have torn off the line that was being written; its message was not answered. */
function receiptIn(line: string): readonly Receipt[] {
  try {
    return [JSON.parse(line) as Receipt];
  } catch {
    return [];
  }
}
