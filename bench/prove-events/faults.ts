import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from '../../src/db/database.js';
import { between, oneOf, pick, randomOf, type Random } from '../harness/random.js';
import type { SupervisedProcess } from '../harness/supervised-process.js';

/** `which` is taken modulo how many there are at that moment. */
type FaultKinds =
  | { readonly kind: 'kill_relay'; readonly which: number; readonly restMs: number }
  | { readonly kind: 'kill_all_relays'; readonly restMs: number }
  | { readonly kind: 'pause_relay'; readonly which: number; readonly pauseMs: number }
  | { readonly kind: 'kill_subscriber'; readonly restMs: number }
  | { readonly kind: 'cut_connections'; readonly which: readonly number[] }
  | { readonly kind: 'restart_postgres' | 'crash_postgres' };

type Fault = FaultKinds & { readonly at: number };

/** Long enough that another relay takes over a claim that the paused one still believes to have. */
const longestPauseMs = 6_000;
const bigChoice = 1_000;

export function planFaults(
  seed: number,
  plan: { readonly relayKills: number; readonly others: number; readonly postgres: boolean },
): readonly Fault[] {
  const random = randomOf(seed);
  const faults = [
    ...times(plan.relayKills, () => killOf(random)),
    ...times(plan.others, (index) => otherOf(random, index)),
    ...(plan.postgres
      ? [at(0.35, { kind: 'crash_postgres' }), at(0.7, { kind: 'restart_postgres' })]
      : []),
  ];
  return faults.sort((one, other) => one.at - other.at);
}

function killOf(random: Random): Fault {
  const restMs = between(random, 0, 1_500);
  const isEachOne = random() < 0.2;
  return at(
    random(),
    isEachOne
      ? { kind: 'kill_all_relays', restMs }
      : { kind: 'kill_relay', which: between(random, 0, bigChoice), restMs },
  );
}

/** One after the other, so that a short run has each of them as well. */
function otherOf(random: Random, index: number): Fault {
  const which = between(random, 0, bigChoice);
  const restMs = between(random, 200, 2_000);
  const pauseMs = between(random, 500, longestPauseMs);
  const cut = times(oneOf(random, [1, 2, 3]), () => between(random, 0, bigChoice));
  const kinds: readonly FaultKinds[] = [
    { kind: 'cut_connections', which: cut },
    { kind: 'kill_subscriber', restMs },
    { kind: 'pause_relay', which, pauseMs },
  ];
  return at(random(), pick(kinds, index));
}

const at = (share: number, rest: FaultKinds): Fault => ({ at: share, ...rest });

const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));

interface Victims {
  readonly database: Database;
  readonly postgres: SupervisedProcess;
  readonly relays: readonly SupervisedProcess[];
  readonly subscriber: SupervisedProcess;
}

const none = { relayKills: 0, subscriberKills: 0, pauses: 0, cutConnections: 0, postgresEnds: 0 };
type Damage = typeof none;

export async function injectFaults(
  victims: Victims,
  faults: readonly Fault[],
  pace: Pace,
): Promise<Damage> {
  const damage = { ...none };
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
    case 'crash_postgres':
      damage.postgresEnds += 1;
      return fault.kind === 'crash_postgres' ? postgres.kill(0) : postgres.renew();
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

const ahead = 0.03;

/**
 * Keeps orders and faults in step, so that faults meet orders under way: a fault waits for its share of
 * the orders, and orders wait for a fault that takes long. Shares are from 0 to 1.
 */
export class Pace {
  ordersDone = 0;
  faultsDone = 0;
  readonly #failed = new AbortController();

  /** One side cannot continue, so the other one stops waiting. */
  fail(error: unknown): void {
    this.#failed.abort(error);
  }

  waitForFaults(share: number): Promise<void> {
    return this.waitFor(() => this.faultsDone + ahead >= share);
  }

  async waitFor(holds: () => boolean): Promise<void> {
    while (!holds()) {
      this.#failed.signal.throwIfAborted();
      await sleep(20);
    }
  }
}
