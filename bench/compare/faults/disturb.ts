import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Arm } from '../arms.js';
import type { Crew } from '../crew.js';
import type { Ground } from '../ground.js';
import type { DisturbanceKind } from '../schedule/plans.js';

export interface Victims {
  readonly arm: Arm;
  readonly ground: Ground;
  readonly crew: Crew;
  readonly pool: pg.Pool;
}

const pauseMs = 2_000;
/** So far back every group reads again. */
const backEvents = 40;

/** Lets something happen to all orders under way. Resolves when it is over. */
export const disturb = (kind: DisturbanceKind, victims: Victims): Promise<void> =>
  doers[kind](victims);

/** An arm without the victim is left alone: what has to have one is not applicable there. */
const doers: Readonly<Record<DisturbanceKind, (victims: Victims) => Promise<void>>> = {
  restart_broker: async ({ arm, crew }) => {
    if (arm.broker !== undefined) await crew.process(arm.broker).kill(0);
  },
  restart_engine: ({ ground }) => ground.temporal.restart('crash'),
  restart_database: ({ ground }) => ground.postgres.restart('crash'),
  new_version: ({ arm, crew }) => crew.process(arm.doer).renew(),
  pause_broker: async ({ arm, crew }) => {
    if (arm.broker !== undefined) await crew.process(arm.broker).pause(pauseMs);
  },
  redeliver: async ({ arm, pool }) => {
    if (arm.hasLog) await moveGroupsBack(pool);
  },
  mute_notifications: async ({ arm, pool }) => {
    if (arm.hasLog) await muteNotifications(pool);
  },
};

async function moveGroupsBack(pool: pg.Pool): Promise<void> {
  await pool.query('update events.groups set position = greatest(0, position - $1)', [backEvents]);
}

const breakMs = 200;
const breaks = 10;

/** The publisher is not woken any more, and who listens for events loses the connection again and again. */
async function muteNotifications(pool: pg.Pool): Promise<void> {
  await pool.query('alter table orders.outbox disable trigger outbox_notifies');
  for (let number = 0; number < breaks; number += 1) {
    await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like 'LISTEN%'`);
    await sleep(breakMs);
  }
}
