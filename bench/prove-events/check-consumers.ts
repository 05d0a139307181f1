import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import type { Database } from '../../src/db/database.js';
import { runGroup } from '../../src/events/consumer-runner.js';
import { resetTeam } from '../../src/events/teams.js';
import type { Team } from '../../src/events/team.js';
import { webhookFanOut } from '../../src/events/webhooks/index.js';
import { verdict, type Verdict } from '../harness/proof.js';
import type { Subscriber } from './subscribers.js';

/** Each consumer has every event in its inbox, once, and has read to the end. */
export async function checkInboxes(database: Database, teams: readonly Team[]) {
  const verdicts: Verdict[] = [];
  for (const { name } of [webhookFanOut, ...teams]) {
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
    const count = await sql<{ n: number }>`
      select count(*) as n from events.inbox where group_name = ${name}`.execute(database);
    verdicts.push(verdict(`${name} took each event once`, count.rows[0]?.n ?? 0, rows));
  }
  return verdicts;
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

/** As the subscriber writes it down. */
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
