import { readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { sql, type Kysely, type Transaction } from 'kysely';
import { execute, type Database } from '../db/database.js';
import type { Team } from './team.js';
import { lockGroup } from './batch.js';
import { createGroup } from './page.js';

const teamsFolder = new URL('../teams/', import.meta.url);
const moduleName = import.meta.url.endsWith('.ts') ? 'team.ts' : 'team.js';

/**
 * The teams whose folders are there, by the names of these. Nothing else of ours knows them, so a
 * folder that is deleted is a team that is not there.
 * @throws Error when a folder has a `team` module without a team
 */
export async function findTeams(folder: URL = teamsFolder): Promise<readonly Team[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  const modules = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => new URL(`${name}/${moduleName}`, folder))
    .filter((file) => existsSync(file));
  return Promise.all(modules.sort(byPath).map(teamIn));
}

const byPath = (one: URL, other: URL): number => (one.pathname < other.pathname ? -1 : 1);

async function teamIn(file: URL): Promise<Team> {
  const { team } = (await import(file.href)) as { readonly team?: Team };
  if (team === undefined) throw new Error(`${file.pathname} has no team`);
  return team;
}

/** Makes what is missing of the teams' schemas. Safe to call from several processes at once. */
export async function createTeams(database: Database, teams: readonly Team[]): Promise<void> {
  for (const team of teams) {
    await database.transaction().execute((transaction) => createTeam(transaction, team));
  }
}

/** As {@link createTeams}, for one; the lock lasts as long as the caller's transaction. */
async function createTeam(transaction: Kysely<unknown>, team: Team): Promise<void> {
  await execute(
    transaction,
  )`select pg_advisory_xact_lock(hashtextextended(${`team ${team.name}`}, 0))`;
  await team.create(transaction);
}

export interface RebuildProgress {
  readonly position: number;
  /** Of the event that was published last. */
  readonly head: number;
}

const statementLimitMs = 5_000;
const batchSize = 20_000;

/**
 * Deletes a team's tables and moves it back before the first event, in one transaction: the running
 * relay catches up from the history. Discarded events stay discarded.
 * @returns false when a copy of the team is running now; try again
 */
export const resetTeam = (database: Database, team: Team): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    await createGroup(transaction, team.name);
    const group = await lockGroup(transaction, team.name, statementLimitMs);
    if (group === undefined) return false;
    await execute(transaction)`drop schema if exists ${sql.id(team.schema)} cascade`;
    await createTeam(transaction, team);
    while ((await forgetQuarantined(transaction, team.name)) === batchSize);
    await execute(transaction)`update events.groups set position = 0, moved_at = clock_timestamp()
      where name = ${team.name}`;
    return true;
  });

/** In batches, so that no statement reaches its time limit. */
async function forgetQuarantined(transaction: Transaction<unknown>, name: string): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from events.quarantined where ctid = any (array(
      select ctid from events.quarantined where group_name = ${name} limit ${batchSize}))
  `.execute(transaction);
  return Number(numAffectedRows ?? 0n);
}

export async function progressOf(database: Database, team: Team): Promise<RebuildProgress> {
  const { rows } = await sql<RebuildProgress>`
    select (select position from events.head) as head,
      coalesce((select position from events.groups where name = ${team.name}), 0) as position
  `.execute(database);
  return rows[0] ?? { position: 0, head: 0 };
}
