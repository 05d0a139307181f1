import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from '../../src/db/database.js';
import { pick } from '../harness/random.js';
import type { SupervisedProcess } from '../harness/supervised-process.js';
import type { Fault } from './plan.js';

export interface Victims {
  readonly database: Database;
  readonly postgres: SupervisedProcess;
  readonly relays: readonly SupervisedProcess[];
  readonly subscriber: SupervisedProcess;
}

export interface Damage {
  relayKills: number;
  subscriberKills: number;
  pauses: number;
  cutConnections: number;
  postgresEnds: number;
}

/** Carries out one fault after the other, each when its share of the orders is written. */
export async function injectFaults(
  victims: Victims,
  faults: readonly Fault[],
  pace: Pace,
): Promise<Damage> {
  const damage = {
    relayKills: 0,
    subscriberKills: 0,
    pauses: 0,
    cutConnections: 0,
    postgresEnds: 0,
  };
  for (const fault of faults) {
    pace.faultsDone = fault.at;
    await pace.waitFor(() => pace.ordersDone >= fault.at);
    await inject(victims, fault, damage);
  }
  pace.faultsDone = 1;
  return damage;
}

async function inject(victims: Victims, fault: Fault, damage: Damage): Promise<void> {
  const { database, postgres, relays, subscriber } = victims;
  switch (fault.kind) {
    case 'kill_relay':
      damage.relayKills += 1;
      return pick(relays, fault.which).kill(fault.restMs);
    case 'kill_all_relays':
      damage.relayKills += relays.length;
      await Promise.all(relays.map((relay) => relay.kill(fault.restMs)));
      return;
    case 'pause_relay':
      damage.pauses += 1;
      return pick(relays, fault.which).pause(fault.pauseMs);
    case 'kill_subscriber':
      damage.subscriberKills += 1;
      return subscriber.kill(fault.restMs);
    case 'cut_connections':
      damage.cutConnections += await cut(database, fault.which);
      return;
    case 'restart_postgres':
      damage.postgresEnds += 1;
      return postgres.renew();
    case 'crash_postgres':
      damage.postgresEnds += 1;
      return postgres.kill(0);
  }
}

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

const lookMs = 20;
/** How much of the orders may begin while a fault is being carried out. */
const ahead = 0.03;

/**
 * Keeps orders and faults in step, so that faults meet orders under way: a fault waits for its share of
 * the orders, and orders wait for a fault that takes long. Shares are from 0 to 1.
 */
export class Pace {
  ordersDone = 0;
  faultsDone = 0;
  readonly #failed = new AbortController();

  /** One side cannot go on, so the other one stops waiting. */
  fail(error: unknown): void {
    this.#failed.abort(error);
  }

  waitForFaults(share: number): Promise<void> {
    return this.waitFor(() => this.faultsDone + ahead >= share);
  }

  async waitFor(holds: () => boolean): Promise<void> {
    while (!holds()) {
      this.#failed.signal.throwIfAborted();
      await sleep(lookMs);
    }
  }
}
