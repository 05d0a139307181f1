import { Connection } from '@temporalio/client';
import type pg from 'pg';
import type { Pace } from '../../src/sandbox/carrier/journey.js';
import { apiUrl, sandboxUrl } from '../../src/up/roles.js';
import type { Arm } from './arms.js';
import { Crew } from './crew.js';
import type { FaultName } from './data/names.js';
import { writePoints } from './failpoints/points.js';
import { slowTeam } from './faults/slow-team.js';
import { openPool, type Ground } from './ground.js';
import { Observer } from './observer.js';
import type { SeedPlan } from './schedule/plans.js';
import { Shop } from './shop.js';

export interface CellOptions {
  readonly arm: Arm;
  readonly fault: FaultName;
  readonly plans: readonly SeedPlan[];
  readonly pace: Pace;
}

/** One arm under one fault: its processes, and whatever looks at them. */
export interface Cell {
  readonly arm: Arm;
  readonly ground: Ground;
  readonly crew: Crew;
  /** Of the service's database. */
  readonly pool: pg.Pool;
  /** Of the sandbox's. */
  readonly sandboxPool: pg.Pool;
  readonly sandboxUrl: string;
  readonly shop: Shop;
  readonly observer: Observer;
  readonly pointsFolder: string;
  /** Where the arm has an engine. */
  readonly connection: Connection | undefined;
  stop(): Promise<void>;
}

/** Starts everything anew. */
export async function openCell(ground: Ground, options: CellOptions): Promise<Cell> {
  const { arm, fault, plans, pace } = options;
  const pointsFolder = await ground.begin(arm);
  writePoints(pointsFolder, plans);
  const { wiring, logFolder } = ground;
  const crew = await Crew.start({ arm, wiring, pointsFolder, logFolder, pace });
  const pool = openPool(wiring.databaseUrl);
  const sandboxPool = openPool(wiring.sandboxDatabaseUrl);
  const connection = arm.hasEngine
    ? Connection.lazy({ address: wiring.temporalAddress })
    : undefined;
  const observer = new Observer(pool);
  if (fault === 'slow_consumer' && arm.consumers === 'teams') await slowTeam(pool);
  return {
    arm,
    ground,
    crew,
    pool,
    sandboxPool,
    sandboxUrl: sandboxUrl(wiring),
    shop: new Shop(apiUrl(wiring), arm.coordination),
    observer,
    pointsFolder,
    connection,
    stop: async () => {
      await observer.stop();
      await Promise.all([connection?.close(), crew.stop()]);
      await Promise.all([pool.end(), sandboxPool.end()]);
    },
  };
}
