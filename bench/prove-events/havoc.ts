import { sql } from 'kysely';
import type { Database } from '../../src/db/database.js';
import type { Fault, FaultKind } from './faults.js';
import type { Ground } from './ground.js';
import type { KeptProcess } from './kept-process.js';
import type { Pace } from './pace.js';

export interface Victims {
  readonly ground: Ground;
  readonly relays: readonly KeptProcess[];
  readonly subscriber: KeptProcess;
}

/** What really happened. */
export interface Damage {
  relayKills: number;
  subscriberKills: number;
  pauses: number;
  cutConnections: number;
  postgresEnds: number;
}

/** Lets the faults happen one after the other, each when its share of the orders is written. */
export async function wreak(
  victims: Victims,
  faults: readonly Fault[],
  pace: Pace,
): Promise<Damage> {
  const damage: Damage = {
    relayKills: 0,
    subscriberKills: 0,
    pauses: 0,
    cutConnections: 0,
    postgresEnds: 0,
  };
  for (const fault of faults) {
    pace.wreaked(fault.at);
    await pace.untilWritten(fault.at);
    await doers[fault.kind](victims, fault as never, damage);
  }
  pace.wreaked(1);
  return damage;
}

type Doers = {
  readonly [Kind in FaultKind]: (
    victims: Victims,
    fault: Extract<Fault, { kind: Kind }>,
    damage: Damage,
  ) => Promise<void>;
};

const doers: Doers = {
  kill_relay: async ({ relays }, { which, restMs }, damage) => {
    damage.relayKills += 1;
    await pick(relays, which).kill(restMs);
  },
  kill_all_relays: async ({ relays }, { restMs }, damage) => {
    damage.relayKills += relays.length;
    await Promise.all(relays.map((relay) => relay.kill(restMs)));
  },
  pause_relay: async ({ relays }, { which, pauseMs }, damage) => {
    damage.pauses += 1;
    await pick(relays, which).pause(pauseMs);
  },
  kill_subscriber: async ({ subscriber }, { restMs }, damage) => {
    damage.subscriberKills += 1;
    await subscriber.kill(restMs);
  },
  cut_connections: async ({ ground }, { which }, damage) => {
    damage.cutConnections += await cut(ground.database, which);
  },
  restart_postgres: async ({ ground }, _fault, damage) => {
    damage.postgresEnds += 1;
    await ground.restart('in_order');
  },
  crash_postgres: async ({ ground }, _fault, damage) => {
    damage.postgresEnds += 1;
    await ground.restart('crash');
  },
};

/** @returns how many connections were ended */
async function cut(database: Database, which: readonly number[]): Promise<number> {
  const { rows } = await sql<{ pid: number }>`
    select pid from pg_stat_activity where datname = current_database()
      and backend_type = 'client backend' and pid <> pg_backend_pid() order by pid
  `.execute(database);
  if (rows.length === 0) return 0;
  const pids = [...new Set(which.map((choice) => pick(rows, choice).pid))];
  await sql`select pg_terminate_backend(pid) from unnest(${pids}::integer[]) as pid`.execute(
    database,
  );
  return pids.length;
}

function pick<Item>(items: readonly Item[], choice: number): Item {
  const item = items[choice % items.length];
  if (item === undefined) throw new Error('There is nothing to choose from');
  return item;
}
