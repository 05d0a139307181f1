import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import type { Database } from '../../src/db/database.js';
import { runGroup } from '../../src/events/consumer-runner.js';
import { resetTeam } from '../../src/events/teams.js';
import type { Team } from '../../src/events/team.js';
import { webhookFanOut } from '../../src/events/webhooks/index.js';
import { verdict, type Verdict } from '../harness/proof.js';
import type { Subscriber } from './subscribers.js';

/** Each consumer has every event in its inbox, once, and has read to the end. */
export async function checkInboxes(
  database: Database,
  teams: readonly Team[],
): Promise<readonly Verdict[]> {
  const names = [webhookFanOut, ...teams].map(({ name }) => name);
  const verdicts: Verdict[] = [];
  for (const name of names) {
    const { rows } = await sql`
      select coalesce(h.event_id, i.event_id) as event_id, h.position as published,
        i.position as taken
      from events.history h
      full join (select * from events.inbox where group_name = ${name}) i using (event_id)
      where h.position is distinct from i.position
      union all
      select 'the group stands at ' || coalesce((
        select position::text from events.groups where name = ${name}), 'nothing'), position, null
      from events.head where position is distinct from (
        select position from events.groups where name = ${name})
      order by 2`.execute(database);
    verdicts.push(verdict(`${name} took each event once`, await count(database, name), rows));
  }
  return verdicts;
}

async function count(database: Database, name: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from events.inbox where group_name = ${name}`.execute(database);
  return rows[0]?.n ?? 0;
}

/** What each team has made of the events is what it makes of them when nothing goes wrong. */
export async function checkModels(
  database: Database,
  teams: readonly Team[],
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const team of teams) {
    const before = await modelOf(database, team);
    if (!(await resetTeam(database, team))) throw new Error(`${team.name} is still at work`);
    while ((await runGroup(database, team)) > 0);
    const after = await modelOf(database, team);
    const what = `${team.name} equals a rebuilt one`;
    verdicts.push(verdict(what, after.size, [...difference(before, after)]));
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

function* difference(before: ReadonlySet<string>, after: ReadonlySet<string>): Generator<string> {
  for (const row of before) if (!after.has(row)) yield `only at the end of the run: ${row}`;
  for (const row of after) if (!before.has(row)) yield `only when rebuilt: ${row}`;
}

interface Receipt {
  readonly id: string;
  readonly orderId: string;
  readonly sequence: number;
  readonly type: string;
  readonly status: number;
  readonly isValid: boolean;
}

export interface Receipts {
  readonly verdicts: readonly Verdict[];
  readonly received: number;
  readonly duplicates: number;
}

const isTaken = ({ status }: Receipt): boolean => status < 300;

/** The subscriber has got what it asked for, signed, and no event before the earlier one was taken. */
export async function checkSubscriber(
  database: Database,
  subscriber: Subscriber,
): Promise<Receipts> {
  const { name } = subscriber;
  const wanted = await wantedBy(database, subscriber);
  const receipts = await receiptsIn(subscriber.file);
  const taken = new Set(receipts.filter(isTaken).map(({ id }) => id));
  const missing = [...wanted.keys()].filter((id) => !taken.has(id));
  const strange = receipts.filter(({ id, type }) => wanted.get(id)?.type !== type);
  const unsigned = receipts.filter(({ isValid }) => !isValid);
  return {
    verdicts: [
      verdict(`${name} subscriber got its events`, wanted.size, [...missing, ...strange]),
      verdict(`${name} subscriber: signatures`, receipts.length, unsigned),
      verdict(`${name} subscriber: in order`, taken.size, early(receipts, wanted)),
    ],
    received: receipts.length,
    duplicates: receipts.filter(isTaken).length - taken.size,
  };
}

interface Wanted {
  readonly type: string;
  /** The event of the same order that comes before it for this subscriber. */
  readonly earlier: string | null;
}

async function wantedBy(
  database: Database,
  { types }: Subscriber,
): Promise<ReadonlyMap<string, Wanted>> {
  const { rows } = await sql<Wanted & { readonly id: string }>`
    select event_id as id, type,
      lag(event_id) over (partition by order_id order by sequence) as earlier
    from events.history where cardinality(${[...types]}::text[]) = 0
      or split_part(type, '.', 1) || '.*' = any(${[...types]}::text[])`.execute(database);
  return new Map(rows.map(({ id, ...wanted }) => [id, wanted]));
}

/** Receipts that came before the event before them was taken. */
function early(receipts: readonly Receipt[], wanted: ReadonlyMap<string, Wanted>): Receipt[] {
  const taken = new Set<string>();
  const found: Receipt[] = [];
  for (const receipt of receipts) {
    const earlier = wanted.get(receipt.id)?.earlier ?? undefined;
    if (earlier !== undefined && !taken.has(earlier)) found.push(receipt);
    if (isTaken(receipt)) taken.add(receipt.id);
  }
  return found;
}

async function receiptsIn(file: string): Promise<readonly Receipt[]> {
  const receipts: Receipt[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const receipt = receiptOf(line);
    if (receipt !== undefined) receipts.push(receipt);
  }
  return receipts;
}

/** A kill may have torn off the line that was being written; nobody was told that it had arrived. */
function receiptOf(line: string): Receipt | undefined {
  try {
    return JSON.parse(line) as Receipt;
  } catch {
    return undefined;
  }
}
