import { sql } from 'kysely';
import type { Database } from '../../../src/db/database.js';
import { runGroup } from '../../../src/events/consumer-runner.js';
import { resetTeam } from '../../../src/events/rebuild.js';
import type { Team } from '../../../src/events/team.js';
import { webhookFanOut } from '../../../src/events/webhooks/index.js';
import { verdict, type Verdict } from './verdict.js';

/** Each consumer remembers every event, once, and has read to the end. */
export async function judgeInboxes(
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
export async function judgeModels(
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

/** All rows of all tables of the team, as text. */
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
