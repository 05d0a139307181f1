import { Client, Connection } from '@temporalio/client';
import type pg from 'pg';
import type { Pace } from '../../src/sandbox/carrier/journey.js';
import { apiUrl, roleScript, sandboxUrl } from '../../src/up/roles.js';
import { arms, type Arm } from '../compare/arms.js';
import { Crew } from '../compare/crew.js';
import { writePoints } from '../compare/failpoints/points.js';
import { openPool, type Ground } from '../compare/ground.js';
import { Observer } from '../compare/observer.js';
import { Shop } from '../compare/shop.js';
import type { KeptProcess } from '../prove-events/kept-process.js';

/** The whole service as it is built, and what looks at it from outside. */
export interface Stack {
  readonly worker: KeptProcess;
  readonly shop: Shop;
  readonly observer: Observer;
  readonly client: Client;
  /** Of the service's database. */
  readonly pool: pg.Pool;
  /** Of the sandbox's. */
  readonly sandboxPool: pg.Pool;
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  stop(): Promise<void>;
}

/** Slow enough that a cancel can be in time after a stall; the way itself is short. */
const pace: Pace = { pickUpMs: 6_000, stepMs: 500 };

/** No failpoints here: the worker is the role itself. */
const arm: Arm = {
  ...arms.mix,
  members: [
    {
      role: 'worker',
      script: roleScript('worker'),
      environment: { RECONCILE_INTERVAL_MS: '0' },
    },
    { role: 'relay', script: roleScript('relay') },
  ],
};

/** Starts everything anew. */
export async function openStack(ground: Ground, latencyMs: number): Promise<Stack> {
  const pointsFolder = await ground.begin(arm);
  writePoints(pointsFolder, []);
  const { wiring, logFolder } = ground;
  const environment = { SANDBOX_LATENCY_MS: String(latencyMs) };
  const crew = await Crew.start({ arm, wiring, pointsFolder, logFolder, pace, environment });
  const pool = openPool(wiring.databaseUrl);
  const sandboxPool = openPool(wiring.sandboxDatabaseUrl);
  const connection = Connection.lazy({ address: wiring.temporalAddress });
  const observer = new Observer(pool);
  return {
    worker: crew.process('worker'),
    // The demo's deadlines are shorter than the stalls.
    shop: new Shop(apiUrl(wiring), arm.coordination, 'standard'),
    observer,
    client: new Client({ connection, namespace: wiring.temporalNamespace }),
    pool,
    sandboxPool,
    apiUrl: apiUrl(wiring),
    sandboxUrl: sandboxUrl(wiring),
    stop: async () => {
      await observer.stop();
      await Promise.all([connection.close(), crew.stop()]);
      await Promise.all([pool.end(), sandboxPool.end()]);
    },
  };
}
