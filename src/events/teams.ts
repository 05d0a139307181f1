import { readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { sql, type Kysely } from 'kysely';
import type { Database } from '../db/database.js';
import type { Team } from './team.js';

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
    await database
      .transaction()
      .execute((transaction) => createTeam(transaction as unknown as Kysely<unknown>, team));
  }
}

/** As {@link createTeams}, for one; the lock lasts as long as the caller's transaction. */
export async function createTeam(transaction: Kysely<unknown>, team: Team): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`team ${team.name}`}, 0))
    `.execute(transaction);
  await team.create(transaction);
}
