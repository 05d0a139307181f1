import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/database.js';
import { progressOf, resetTeam } from '../events/teams.js';
import { poll } from '../runtime/deadline.js';
import type { Team } from '../events/team.js';

export interface Rebuilding {
  readonly database: Database;
  readonly team: Team;
  readonly print: (line: string) => void;
  readonly pauseMs?: number;
  /** How long the team may stand still, in milliseconds, until this gives up watching. */
  readonly stillLimitMs?: number;
}

/** So few events are the ordinary lag of a consumer while orders come in. */
const nearLag = 20;
const turnLimitMs = 60_000;

/**
 * Has a team begin anew, and watches the relay catch up while orders go on.
 * @returns the exit code: 1 when it did not get its turn, or nobody catches up
 */
export async function rebuildTeam(rebuilding: Rebuilding): Promise<number> {
  const { team, print } = rebuilding;
  if (!(await reset(rebuilding))) {
    print(`${team.name} is at work without a pause. Try again.`);
    return 1;
  }
  print(`${team.name} has forgotten everything and begins before the first event.`);
  return watch(rebuilding);
}

async function reset({ database, team, pauseMs = 250 }: Rebuilding): Promise<boolean> {
  const limits = { limitMs: turnLimitMs, intervalMs: pauseMs / 10 };
  return (await poll(() => resetTeam(database, team), limits)) ?? false;
}

async function watch({
  database,
  team,
  print,
  pauseMs = 250,
  stillLimitMs = 30_000,
}: Rebuilding): Promise<number> {
  let last = -1;
  let movedAt = Date.now();
  for (;;) {
    const { position, head } = await progressOf(database, team);
    if (position !== last) {
      print(`  ${position} of ${head} events`);
      movedAt = Date.now();
      last = position;
    }
    if (head - position <= nearLag) {
      print(`${team.name} is up to date.`);
      return 0;
    }
    if (Date.now() - movedAt > stillLimitMs) {
      print('Nobody catches up. Does a relay run? It goes on by itself when one does.');
      return 1;
    }
    await sleep(pauseMs);
  }
}
